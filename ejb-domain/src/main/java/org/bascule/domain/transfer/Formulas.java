package org.bascule.domain.transfer;

/**
 * Keeps spreadsheets from running what somebody typed as a name (CWE-1236): a cell that begins with {@code = + - @}, their full-width forms, a tab or
 * a line break gets an apostrophe before it, and loses it when it is read. So does what follows a semicolon, which ends a cell where commas are
 * for decimals, or a line break, which ends a row there: the quotes around the whole are none for who does not begin the cell where they do. A text
 * that begins like one of these with an apostrophe already gets one more, so that every text comes back as it was.
 */
public final class Formulas {

    private static final String DANGEROUS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    private static final String LINE_BREAKS = "\r\n";
    private static final char SEPARATOR = ';';

    private Formulas() {}

    public static String neutralised(String cell) {
        StringBuilder changed = new StringBuilder(cell.length());
        for (int i = 0; i < cell.length(); i++) {
            if (isBeginning(cell, i) && (isDangerous(cell, i, i) || isQuoted(cell, i))) {
                changed.append('\'');
            }
            changed.append(cell.charAt(i));
        }
        return changed.toString();
    }

    static String undone(String cell) {
        StringBuilder changed = new StringBuilder(cell.length());
        for (int i = 0; i < cell.length(); i++) {
            if (!isBeginning(cell, i) || !isQuoted(cell, i)) {
                changed.append(cell.charAt(i));
            }
        }
        return changed.toString();
    }

    /** Where a spreadsheet may see the beginning of a cell. */
    private static boolean isBeginning(String cell, int at) {
        return at == 0 || cell.charAt(at - 1) == SEPARATOR || isLineBreak(cell.charAt(at - 1));
    }

    /** An apostrophe, behind which there is another one or something dangerous. */
    private static boolean isQuoted(String cell, int at) {
        return cell.charAt(at) == '\'' && (cell.startsWith("'", at + 1) || isDangerous(cell, at, at + 1));
    }

    /** Of line breaks the first one alone: those that follow begin nothing but the next row. */
    private static boolean isDangerous(String cell, int beginning, int at) {
        if (at >= cell.length() || DANGEROUS.indexOf(cell.charAt(at)) < 0) {
            return false;
        }
        return !isLineBreak(cell.charAt(at)) || beginning == 0 || !isLineBreak(cell.charAt(beginning - 1));
    }

    private static boolean isLineBreak(char c) {
        return LINE_BREAKS.indexOf(c) >= 0;
    }
}
