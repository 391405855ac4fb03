package org.bascule.session.network;

import java.io.IOException;

/** The server answered with something else than a WebSocket. */
public final class UpgradeRefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final int status;

    UpgradeRefusedException(int status) {
        super("it answered with " + status);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
