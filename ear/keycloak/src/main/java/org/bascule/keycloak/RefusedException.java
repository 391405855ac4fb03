package org.bascule.keycloak;

import java.time.Duration;

/** The access server does not let somebody try now, or could not be asked. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** Too many failures from the address. */
        BLOCKED,
        /** Too many attempts from the address at the same time. */
        BUSY,
        /** The access server does not answer, or not as it should. */
        UNAVAILABLE
    }

    private final Reason reason;
    private final Duration wait;

    private RefusedException(Reason reason, Duration wait, String message) {
        super(message);
        this.reason = reason;
        this.wait = wait;
    }

    static RefusedException blocked(Duration wait) {
        return new RefusedException(Reason.BLOCKED, wait, "the address is blocked for " + wait);
    }

    static RefusedException busy(Duration wait) {
        return new RefusedException(Reason.BUSY, wait, "too many attempts at once");
    }

    static RefusedException unavailable(String message) {
        return new RefusedException(Reason.UNAVAILABLE, Duration.ofSeconds(10), message);
    }

    public Reason reason() {
        return reason;
    }

    /** After which time it makes sense to try again. */
    public Duration retryAfter() {
        return wait;
    }
}
