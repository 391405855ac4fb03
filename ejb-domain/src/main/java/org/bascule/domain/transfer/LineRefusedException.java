package org.bascule.domain.transfer;

import org.jspecify.annotations.Nullable;

/** A line that cannot be done. */
final class LineRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final String column;
    private final String reason;

    /** {@code column} null: the line as a whole. */
    LineRefusedException(@Nullable Column column, String reason) {
        super(reason, null, false, false);
        this.column = column == null ? "" : column.code();
        this.reason = reason;
    }

    String column() {
        return column;
    }

    String reason() {
        return reason;
    }

    static void require(boolean condition, @Nullable Column column, String reason) throws LineRefusedException {
        if (!condition) {
            throw new LineRefusedException(column, reason);
        }
    }
}
