package org.bascule.session.client;

import java.io.IOException;

/** The access server says that a session has ended. The message is its sentence, with the reason. */
public final class SessionOverException extends IOException {

    private static final long serialVersionUID = 1L;

    public SessionOverException(String message) {
        super(message);
    }
}
