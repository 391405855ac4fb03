package org.bascule.session.network;

import java.io.IOException;

/** There is no connection to the server: nothing was sent to it. */
public final class NoConnectionException extends IOException {

    private static final long serialVersionUID = 1L;

    NoConnectionException(IOException cause) {
        super("no connection: " + Failure.words(cause), cause);
    }
}
