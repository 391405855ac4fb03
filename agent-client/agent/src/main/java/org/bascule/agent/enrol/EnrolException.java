package org.bascule.agent.enrol;

import org.jspecify.annotations.Nullable;

/** This device was not enrolled; the message is one sentence for the person who tried. */
public final class EnrolException extends Exception {

    /** Who can do something about it. */
    public enum Reason {
        /** The token: get another one. */
        TOKEN,
        /** The machine is registered already. */
        BOUND,
        /** Nobody accepted it. */
        REJECTED,
        /** The server or the way to it. */
        SERVER,
        /** The answer does not fit the token: somebody may be in between. */
        NOT_TRUSTED
    }

    private final Reason reason;

    public EnrolException(Reason reason, String message) {
        this(reason, message, null);
    }

    public EnrolException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
