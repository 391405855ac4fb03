package org.bascule.session.network;

import java.io.IOException;

/** The proxy cannot be used or refuses; the message is a part of a sentence for the user, without secrets and inert. */
public final class ProxyException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean isFinal;

    /** @param isFinal whether another try, or another port, would meet the same answer */
    ProxyException(String message, boolean isFinal) {
        super(message);
        this.isFinal = isFinal;
    }

    boolean isFinal() {
        return isFinal;
    }
}
