package org.bascule.domain.transfer;

import java.util.function.UnaryOperator;

/**
 * Keeps spreadsheets from running what somebody typed as a name (CWE-1236): a cell that begins with {@code = + - @}, their full-width forms, a tab or
 * a line break gets an apostrophe before it, and loses it when it is read. So does what follows a semicolon, which ends a cell where commas are
 * for decimals. A text that begins like one of these with an apostrophe already gets one more, so that every text comes back as it was.
 */
public final class Formulas {

    private static final String DANGEROUS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    private static final char SEPARATOR = ';';

    private Formulas() {}

    public static String neutralised(String cell) {
        return inEachPart(cell, part -> begins(part, 0) || isQuoted(part) ? "'" + part : part);
    }

    static String undone(String cell) {
        return inEachPart(cell, part -> isQuoted(part) ? part.substring(1) : part);
    }

    private static String inEachPart(String cell, UnaryOperator<String> change) {
        int end = cell.indexOf(SEPARATOR);
        if (end < 0) {
            return change.apply(cell);
        }
        StringBuilder changed = new StringBuilder();
        int start = 0;
        for (; end >= 0; end = cell.indexOf(SEPARATOR, start)) {
            changed.append(change.apply(cell.substring(start, end))).append(SEPARATOR);
            start = end + 1;
        }
        return changed.append(change.apply(cell.substring(start))).toString();
    }

    /** An apostrophe, behind which there is another one or something dangerous. */
    private static boolean isQuoted(String part) {
        return part.startsWith("'") && (begins(part, 1) || part.startsWith("'", 1));
    }

    private static boolean begins(String part, int at) {
        return part.length() > at && DANGEROUS.indexOf(part.charAt(at)) >= 0;
    }
}
