package org.bascule.session.transport;

import java.io.IOException;

/** A transport could not be made. */
public final class TransportException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient TransportEnd end;

    public TransportException(TransportEnd end) {
        super(end.kind() + ": " + end.detail());
        this.end = end;
    }

    public TransportEnd end() {
        return end;
    }
}
