package org.bascule.domain.database;

/** The database failed or a statement is wrong. Its message never holds values. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }
}
