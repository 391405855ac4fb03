package org.bascule.domain.database;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The database failed or a statement is wrong. Its message never holds values. */
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public DatabaseException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the database ended the transaction because it and another waited for each other: it may be tried again from its beginning. */
    public boolean isDeadlock() {
        return getCause() instanceof SQLException e && e.getErrorCode() == 1213;
    }

    /** The same of whatever a container has made of it. */
    public static boolean isDeadlock(@Nullable Throwable failure) {
        return failure instanceof DatabaseException e && e.isDeadlock()
                || failure != null && isDeadlock(failure.getCause());
    }

    /** Whether the statement waited too long for a lock, or took too long altogether. */
    public boolean isTimeout() {
        return getCause() instanceof SQLException e && (e.getErrorCode() == 1205 || e.getErrorCode() == 1969);
    }

    /** Whether a unique constraint refused a row. */
    public boolean isDuplicate() {
        for (Throwable cause = getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException e && e.getErrorCode() == 1062) {
                return true;
            }
        }
        return false;
    }
}
