package org.bascule.agent.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bascule.agent.service.ServiceStream;

/**
 * Tells a table and then what changed, as lines of JSON of at most 256 KiB ({@code docs/protocol/system.md}): {@code {"rows":[[pid,start,parent,user,state,threads,cpu,memory,name,command],…]}},
 * {@code {"figures":[[pid,parent,state,threads,cpu,memory],…]}}, {@code {"gone":[pid,…]}}, and at the end of each sample {@code {"sample":{…}}}.
 */
final class TableWriter {

    private static final int LINE = 48 << 10;

    private final ServiceStream stream;
    private final StringBuilder line = new StringBuilder(LINE + 8_192);
    private String kind = "";
    private Map<Long, ProcessRow> told = Map.of();

    TableWriter(ServiceStream stream) {
        this.stream = stream;
    }

    /** Waits while nobody reads. */
    void write(Map<Long, ProcessRow> rows, String sample) throws IOException {
        for (Long pid : told.keySet()) {
            if (!rows.containsKey(pid)) {
                begin("gone").append(pid);
            }
        }
        flush();
        for (ProcessRow row : rows.values()) {
            ProcessRow before = told.get(row.pid());
            if (before == null || !before.hasSameTexts(row)) {
                whole(row);
            }
        }
        flush();
        for (ProcessRow row : rows.values()) {
            ProcessRow before = told.get(row.pid());
            if (before != null && before.hasSameTexts(row) && !before.hasSameFigures(row)) {
                figures(row);
            }
        }
        flush();
        send(new StringBuilder("{\"sample\":").append(sample).append("}\n"));
        told = rows;
    }

    private void whole(ProcessRow row) throws IOException {
        StringBuilder to =
                begin("rows").append('[').append(row.pid()).append(',').append(row.start());
        to.append(',').append(row.parent()).append(',');
        text(to, row.user());
        numbers(to, row).append(',');
        text(to, row.name());
        to.append(',');
        text(to, row.command());
        to.append(']');
    }

    private void figures(ProcessRow row) throws IOException {
        StringBuilder to =
                begin("figures").append('[').append(row.pid()).append(',').append(row.parent());
        numbers(to, row).append(']');
    }

    private static StringBuilder numbers(StringBuilder to, ProcessRow row) {
        to.append(',');
        text(to, String.valueOf(row.state()));
        return to.append(',')
                .append(row.threads())
                .append(',')
                .append(row.cpu())
                .append(',')
                .append(row.memory());
    }

    private StringBuilder begin(String what) throws IOException {
        if (line.length() > LINE) {
            flush();
        }
        if (line.isEmpty()) {
            kind = what;
            return line.append("{\"").append(kind).append("\":[");
        }
        return line.append(',');
    }

    private void flush() throws IOException {
        if (!line.isEmpty()) {
            send(line.append("]}\n"));
            line.setLength(0);
        }
    }

    private void send(StringBuilder text) throws IOException {
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
    }

    private static void text(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                to.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                to.append("\\u00").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                to.append(c);
            }
        }
        to.append('"');
    }
}
