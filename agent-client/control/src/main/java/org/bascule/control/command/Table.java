package org.bascule.control.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.control.Printable;

/** Rows in columns. What comes from outside is made inert and shortened to what a terminal can show. */
final class Table {

    private static final int MAX_CELL = 60;

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        rows.add(List.of(header));
    }

    /** Adds a row with as many cells as the header has. */
    void add(String... cells) {
        rows.add(Arrays.stream(cells).map(Table::cell).toList());
    }

    private static String cell(String text) {
        String inert = text.isEmpty() ? "-" : Printable.of(text);
        return width(inert) <= MAX_CELL ? inert : inert.substring(0, inert.offsetByCodePoints(0, MAX_CELL - 1)) + "…";
    }

    List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            int column = i;
            int widest = rows.stream()
                    .mapToInt(each -> width(each.get(column)))
                    .max()
                    .orElse(0);
            line.append(row.get(i));
            if (i < row.size() - 1) {
                line.append(" ".repeat(widest - width(row.get(i)) + 2));
            }
        }
        return line.toString();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
