package org.bascule.wire;

import org.jspecify.annotations.Nullable;

/** The peer or the input is wrong: named by a {@link Reason}, worded for the log. Never carries a secret or the input itself. */
public final class WireException extends Exception {

    /** What was wrong, for front ends that word their own message. */
    public enum Reason {
        /** Not the structure that the specification gives. */
        MALFORMED,
        /** Longer than the specification allows. */
        TOO_LARGE,
        /** A signature or a proof does not verify, or an unknown key signed. */
        BAD_SIGNATURE,
        /** Not yet or no longer valid. */
        EXPIRED,
        /** Valid, but for somebody or something else. */
        FOREIGN,
        /** Seen before. */
        REPLAYED
    }

    private final Reason reason;

    public WireException(Reason reason, String message) {
        this(reason, message, null);
    }

    public WireException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public static WireException malformed(String message) {
        return new WireException(Reason.MALFORMED, message);
    }

    public Reason reason() {
        return reason;
    }
}
