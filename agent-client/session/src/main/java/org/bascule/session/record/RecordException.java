package org.bascule.session.record;

import org.jspecify.annotations.Nullable;

/** A record is refused before anything in it was believed: the transport is closed as {@code record-rejected}. */
public final class RecordException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** Longer than 65,560 bytes. */
        TOO_LARGE,
        /** Shorter than a sequence number, a tag and one byte. */
        TOO_SHORT,
        /** A data record that was received before. */
        DUPLICATE,
        /** Data records are missing before this one. */
        GAP,
        /** A control record whose counter is not above the last, or is 2^20 or more. */
        BAD_COUNTER,
        /** The tag does not verify. */
        BAD_TAG,
        /** A data record before {@code RESUME}, a control record after it or on the first transport, or a {@code RESUME} that is not for this transport. */
        OUT_OF_PLACE,
        /** A text message where only binary ones are allowed. */
        TEXT
    }

    private final Reason reason;

    public RecordException(Reason reason) {
        this(reason, null);
    }

    public RecordException(Reason reason, @Nullable Throwable cause) {
        super(reason.name(), cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
