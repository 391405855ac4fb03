package org.bascule.wire.relay;

import org.bascule.wire.WireException;

/** Which end of a session somebody is. */
public enum RelayRole {
    CLIENT("client", 1),
    DEVICE("device", 2);

    private final String text;
    private final int code;

    RelayRole(String text, int code) {
        this.text = text;
        this.code = code;
    }

    public String text() {
        return text;
    }

    public int code() {
        return code;
    }

    public RelayRole other() {
        return this == CLIENT ? DEVICE : CLIENT;
    }

    public static RelayRole parse(String text) throws WireException {
        for (RelayRole role : values()) {
            if (role.text.equals(text)) {
                return role;
            }
        }
        throw WireException.malformed("unknown relay role");
    }
}
