package org.bascule.domain.database;

import jakarta.ejb.ApplicationException;

/** A unique constraint refused a row; the transaction must not be continued. */
@ApplicationException(rollback = true)
public final class DuplicateException extends Exception {

    private static final long serialVersionUID = 1;

    public DuplicateException(Throwable cause) {
        super("a row with this key exists", cause);
    }
}
