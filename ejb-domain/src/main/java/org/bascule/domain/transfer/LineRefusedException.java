package org.bascule.domain.transfer;

import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;
import org.jspecify.annotations.Nullable;

/** A line that cannot be done. */
final class LineRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final String column;
    private final transient Sentence reason;

    /** {@code column} null: the line as a whole. */
    LineRefusedException(@Nullable Column column, @Template String template, Object... arguments) {
        this(column == null ? "" : column.code(), Sentence.of(template, arguments));
    }

    private LineRefusedException(String column, Sentence reason) {
        super(reason.toString(), null, false, false);
        this.column = column;
        this.reason = reason;
    }

    /** With what the domain's own check says. */
    static LineRefusedException saying(@Nullable Column column, Sentence reason) {
        return new LineRefusedException(column == null ? "" : column.code(), reason);
    }

    String column() {
        return column;
    }

    Sentence reason() {
        return reason;
    }

    static void require(boolean condition, @Nullable Column column, @Template String template, Object... arguments)
            throws LineRefusedException {
        if (!condition) {
            throw new LineRefusedException(column, template, arguments);
        }
    }
}
