package org.bascule.domain.idempotency;

import jakarta.ejb.ApplicationException;

/** Carries whatever ended a creation through the transaction, which it rolls back: the container would commit for some of them. */
@ApplicationException(rollback = true)
final class CreationFailedException extends Exception {

    private static final long serialVersionUID = 1;

    private final Exception reason;

    CreationFailedException(Exception reason) {
        super(reason);
        this.reason = reason;
    }

    Exception reason() {
        return reason;
    }
}
