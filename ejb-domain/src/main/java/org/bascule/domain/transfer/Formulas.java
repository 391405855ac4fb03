package org.bascule.domain.transfer;

/**
 * Keeps spreadsheets from running what somebody typed as a name (CWE-1236): a cell that begins with {@code = + - @}, their full-width forms, a tab or
 * a line break gets an apostrophe before it, and loses it when it is read. A text that begins like one of these with an apostrophe already gets one
 * more, so that every text comes back as it was.
 */
final class Formulas {

    private static final String DANGEROUS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private Formulas() {}

    static String neutralised(String cell) {
        return begins(cell, 0) || isQuoted(cell) ? "'" + cell : cell;
    }

    static String undone(String cell) {
        return isQuoted(cell) ? cell.substring(1) : cell;
    }

    /** An apostrophe, behind which there is another one or something dangerous. */
    private static boolean isQuoted(String cell) {
        return cell.startsWith("'") && (begins(cell, 1) || cell.startsWith("'", 1));
    }

    private static boolean begins(String cell, int at) {
        return cell.length() > at && DANGEROUS.indexOf(cell.charAt(at)) >= 0;
    }
}
