package org.bascule.web.api;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.transfer.Formulas;

/** Answers that are written while they are read from the database, in bounded memory. One that breaks off is no whole file: JSON does not end, CSV lacks its last line. */
final class Streams {

    private Streams() {}

    /** Writes the body. */
    @FunctionalInterface
    interface Body {
        void write(Writer out) throws IOException, RefusedException;
    }

    /** Rows as JSON objects, in the forms that exports have. */
    interface Rows {

        /** The next ones, or empty behind the last. */
        Optional<List<JsonObject>> next() throws RefusedException;
    }

    /** A file for download. */
    static Response file(String name, String type, Body body) {
        StreamingOutput output = out -> {
            Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), 1 << 16);
            try {
                body.write(writer);
            } catch (RefusedException e) {
                throw new IOException("an export was broken off: " + e.detail(), e);
            }
            writer.flush();
        };
        return Response.ok(output)
                .type(type)
                .header("Content-Disposition", "attachment; filename=\"" + name + "\"")
                .header("Cache-Control", "no-store")
                .build();
    }

    /** {@code {"items":[…]}}, a row in each line. */
    static Response json(String name, Rows rows) {
        return file(name + ".json", "application/json", json(rows));
    }

    static Body json(Rows rows) {
        return out -> {
            out.write("{\"items\":[");
            String separator = "\n";
            for (Optional<List<JsonObject>> page = rows.next(); page.isPresent(); page = rows.next()) {
                for (JsonObject row : page.get()) {
                    out.write(separator);
                    out.write(row.toString());
                    separator = ",\n";
                }
            }
            out.write("\n]}\n");
        };
    }

    /** RFC 4180 with a line of names, and {@code #end} as the last line. */
    static Response csv(String name, List<String> columns, Rows rows) {
        return file(name + ".csv", "text/csv;charset=utf-8;header=present", csv(columns, rows));
    }

    static Body csv(List<String> columns, Rows rows) {
        return out -> {
            out.write(String.join(",", columns) + "\r\n");
            for (Optional<List<JsonObject>> page = rows.next(); page.isPresent(); page = rows.next()) {
                for (JsonObject row : page.get()) {
                    String separator = "";
                    for (String column : columns) {
                        out.write(separator + cell(row.getOrDefault(column, JsonValue.NULL)));
                        separator = ",";
                    }
                    out.write("\r\n");
                }
            }
            out.write("#end\r\n");
        };
    }

    /** A quoted cell that no table calculation takes for a formula, as exports have it; control characters become spaces. */
    static String cell(JsonValue value) {
        String text =
                switch (value.getValueType()) {
                    case NULL -> "";
                    case NUMBER -> value.toString();
                    case STRING -> Formulas.neutralised(((jakarta.json.JsonString) value).getString());
                    default -> Formulas.neutralised(value.toString());
                };
        StringBuilder cell = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"') {
                cell.append("\"\"");
            } else {
                cell.append(c < 0x20 || c == 0x7f ? ' ' : (char) c);
            }
        });
        return cell.append('"').toString();
    }
}
