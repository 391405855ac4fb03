package org.bascule.session.transport;

import java.io.IOException;
import org.bascule.session.network.Failure;
import org.jspecify.annotations.Nullable;

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

    /** Why a transport could not be made, from whatever wraps the reason. */
    public static TransportEnd endOf(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TransportException known && known.end() != null) {
                return known.end();
            }
        }
        return new TransportEnd(TransportEnd.Kind.LOST, failure == null ? "" : Failure.words(failure));
    }
}
