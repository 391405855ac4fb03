package org.bascule.domain.keycloak;

import jakarta.ejb.ApplicationException;

/** Keycloak did not do what it was asked for. The message holds no secret. */
@ApplicationException(rollback = true)
public final class KeycloakException extends Exception {

    private static final long serialVersionUID = 1;

    /** In place of a status where there was no answer. */
    public static final int UNREACHABLE = 0;

    private final int status;

    KeycloakException(int status, String message) {
        super(message);
        this.status = status;
    }

    KeycloakException(String message, Throwable cause) {
        super(message, cause);
        this.status = UNREACHABLE;
    }

    /** The HTTP status, or {@link #UNREACHABLE}. */
    public int status() {
        return status;
    }

    /** What was to be made is there already. */
    public boolean isConflict() {
        return status == 409;
    }

    /** Whether it may go better later, without anybody doing anything about it. */
    public boolean isPassing() {
        return status == UNREACHABLE || status >= 500 || status == 429;
    }
}
