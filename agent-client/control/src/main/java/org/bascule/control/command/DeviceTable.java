package org.bascule.control.command;

import java.util.ArrayList;
import java.util.List;
import org.bascule.control.Printable;
import org.bascule.control.server.DeviceRow;

/** Devices in columns. Names are made inert and shortened to what a terminal can show. */
final class DeviceTable {

    private static final String[] HEADER = {"STATE", "NAME", "FOLDER", "ACCOUNT", "LAST SEEN", "UID"};
    private static final int MAX_CELL = 60;

    private final List<String[]> rows = new ArrayList<>();

    DeviceTable(List<DeviceRow> devices) {
        rows.add(HEADER);
        for (DeviceRow device : devices) {
            rows.add(new String[] {
                cell(device.state()),
                cell(device.name()),
                cell(device.folder()),
                cell(device.account().orElse("-")),
                cell(device.lastSeen().orElse("-")),
                cell(device.uid())
            });
        }
    }

    private static String cell(String text) {
        String inert = Printable.of(text);
        int points = inert.codePointCount(0, inert.length());
        return points <= MAX_CELL ? inert : inert.substring(0, inert.offsetByCodePoints(0, MAX_CELL - 1)) + "…";
    }

    List<String> lines() {
        int[] widths = new int[HEADER.length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], width(row[i]));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }

    private static String line(String[] row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.length; i++) {
            line.append(row[i]);
            if (i < row.length - 1) {
                line.append(" ".repeat(widths[i] - width(row[i]) + 2));
            }
        }
        return line.toString();
    }
}
