package org.bascule.control.command;

import java.util.ArrayList;
import java.util.List;
import org.bascule.control.Printable;

/** Rows in columns. What comes from outside is made inert and shortened to what a terminal can show. */
final class Table {

    private static final int MAX_CELL = 60;
    private static final int MAX_LAST = 1_000;

    private final List<List<String>> rows = new ArrayList<>();
    private final int maxLast;

    Table(String... header) {
        this(MAX_CELL, header);
    }

    private Table(int maxLast, String... header) {
        this.maxLast = maxLast;
        rows.add(List.of(header));
    }

    /** A table whose last column holds what must not be shortened at once, such as a list of permissions. */
    static Table wide(String... header) {
        return new Table(MAX_LAST, header);
    }

    /** Adds a row with as many cells as the header has. */
    void add(String... cells) {
        List<String> row = new ArrayList<>();
        for (int i = 0; i < cells.length; i++) {
            row.add(cell(cells[i], i == cells.length - 1 ? maxLast : MAX_CELL));
        }
        rows.add(row);
    }

    private static String cell(String text, int most) {
        String inert = text.isEmpty() ? "-" : Printable.of(text);
        return width(inert) <= most ? inert : inert.substring(0, inert.offsetByCodePoints(0, most - 1)) + "…";
    }

    List<String> lines() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(row.get(i));
            if (i < row.size() - 1) {
                line.append(" ".repeat(widths[i] - width(row.get(i)) + 2));
            }
        }
        return line.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
