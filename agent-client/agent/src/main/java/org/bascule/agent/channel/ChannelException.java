package org.bascule.agent.channel;

import org.jspecify.annotations.Nullable;

/** This connection cannot go on; another may. */
public final class ChannelException extends Exception {

    /** What went wrong. */
    public enum Reason {
        /** The server closed or could not be reached. */
        UNREACHABLE,
        /** Nothing was heard for 25 s. */
        SILENT,
        /** The server's proof or key set does not verify. */
        NOT_TRUSTED,
        /** The server's message breaks the protocol. */
        PROTOCOL,
        /** The server refused this device and said why. */
        REFUSED,
        /** This device cannot do its part, for instance write its counter. */
        LOCAL
    }

    private final Reason reason;

    public ChannelException(Reason reason, String message) {
        this(reason, message, null);
    }

    public ChannelException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
