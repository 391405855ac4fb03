package org.bascule.domain.transfer;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bascule.wire.Json;

/** Writes lines one after the other; nothing is kept. Closing it writes the end and leaves the stream open. */
abstract class LineWriter implements AutoCloseable {

    private final Writer out;

    private LineWriter(Writer out) {
        this.out = out;
    }

    static LineWriter of(Format format, String domainName, OutputStream stream) throws IOException {
        Writer out = new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), 65_536);
        return format == Format.CSV ? new Csv(out) : new JsonText(out, domainName);
    }

    abstract void write(Line line) throws IOException;

    abstract void end() throws IOException;

    @Override
    public void close() throws IOException {
        end();
        out.flush();
    }

    private static final class Csv extends LineWriter {
        private final Writer out;

        Csv(Writer out) throws IOException {
            super(out);
            this.out = out;
            write(Arrays.stream(Column.values()).map(Column::code).toList());
        }

        @Override
        void write(Line line) throws IOException {
            List<String> cells = new ArrayList<>();
            for (Column column : Column.values()) {
                String value = column == Column.KIND
                        ? line.kind().code()
                        : line.values().getOrDefault(column, "");
                cells.add(quoted(Formulas.neutralised(value)));
            }
            write(cells);
        }

        private void write(List<String> cells) throws IOException {
            out.write(String.join(",", cells));
            out.write("\r\n");
        }

        private static String quoted(String cell) {
            boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
            return plain && cell.equals(cell.strip()) ? cell : '"' + cell.replace("\"", "\"\"") + '"';
        }

        @Override
        void end() {
            // the last record has its line end
        }
    }

    private static final class JsonText extends LineWriter {
        private final Writer out;
        private String separator = "\n";

        JsonText(Writer out, String domainName) throws IOException {
            super(out);
            this.out = out;
            String head = Json.createObjectBuilder()
                    .add("format", LineReader.FORMAT)
                    .add("version", LineReader.VERSION)
                    .add("domain", domainName)
                    .build()
                    .toString();
            out.write(head.substring(0, head.length() - 1) + ",\"lines\":[");
        }

        @Override
        void write(Line line) throws IOException {
            JsonObjectBuilder json = Json.createObjectBuilder()
                    .add(Column.KIND.code(), line.kind().code());
            line.values().forEach((column, value) -> add(json, column, value));
            out.write(separator + json.build());
            separator = ",\n";
        }

        private static void add(JsonObjectBuilder json, Column column, String value) {
            String name = column.code();
            switch (column.type()) {
                case LIST -> {
                    JsonArrayBuilder array = Json.createArrayBuilder();
                    Lists.split(value).forEach(array::add);
                    json.add(name, array);
                }
                case FLAG, NUMBER, TEXT -> {
                    if (value.isEmpty()) {
                        json.addNull(name);
                    } else if (column.type() == Column.Type.FLAG) {
                        json.add(name, Boolean.parseBoolean(value));
                    } else if (column.type() == Column.Type.NUMBER) {
                        json.add(name, Long.parseLong(value));
                    } else {
                        json.add(name, value);
                    }
                }
            }
        }

        @Override
        void end() throws IOException {
            out.write("\n]}\n");
        }
    }
}
