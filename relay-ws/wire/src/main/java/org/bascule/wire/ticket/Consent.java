package org.bascule.wire.ticket;

import org.bascule.wire.WireException;

/** Who is asked before a session starts (DEV-6). */
public enum Consent {
    /** The person at the device. */
    DEVICE("device"),
    /** A person with the permission to approve access, in Control Center Web. */
    APPROVER("approver");

    private final String text;

    Consent(String text) {
        this.text = text;
    }

    /** As it is written. */
    public String text() {
        return text;
    }

    public static Consent parse(String text) throws WireException {
        for (Consent consent : values()) {
            if (consent.text.equals(text)) {
                return consent;
            }
        }
        throw WireException.malformed("there is no consent of that kind");
    }
}
