package org.bascule.control.command;

import java.util.ArrayList;
import java.util.List;
import org.bascule.control.Printable;

/** Rows in columns. What comes from outside is made inert and shortened to what a terminal can show. */
final class Table {

    private static final int MAX_CELL = 60;
    private static final int MAX_LAST = 1_000;

    private final List<List<String>> rows = new ArrayList<>();
    private final int[] widths;
    private final int maxLast;

    Table(String... header) {
        this(MAX_CELL, header);
    }

    private Table(int maxLast, String... header) {
        this.maxLast = maxLast;
        widths = new int[header.length];
        put(List.of(header));
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
        put(row);
    }

    private void put(List<String> row) {
        rows.add(row);
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], width(row.get(i)));
        }
    }

    private static String cell(String text, int most) {
        String inert = text.isEmpty() ? "-" : Printable.of(text);
        return width(inert) <= most ? inert : inert.substring(0, inert.offsetByCodePoints(0, most - 1)) + "…";
    }

    /** The header and all rows; the next time those that were added since, in columns that are at least as wide. */
    List<String> lines() {
        List<String> lines = rows.stream().map(this::line).toList();
        rows.clear();
        return lines;
    }

    private String line(List<String> row) {
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
