package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.SessionView;
import org.bascule.domain.transfer.Formulas;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is in the files is what the lists show, row for row and field for field. That both read the same rows is {@code LogExportTest}. */
class ExportTest {

    private static final Instant TIME = Instant.parse("2026-01-31T12:00:00.123Z");

    /** More than two internal pages. */
    private static final int ROWS = 2_345;

    private static final int STEP = 1_000;

    private static final List<String> AWKWARD = List.of(
            "=1+1",
            "+SUM(A1)",
            "-2",
            "@cmd",
            "\uFF1Dcmd",
            "'=quoted",
            "a,b;c",
            "x;=cmd|' /C calc'!A0",
            "say \"hello\"",
            "\"",
            "line\nbreak",
            "line\r\n=break",
            "tab\tand\u0007bell",
            "\u00e4\u00f6\u00fc \u00df \u00c4",
            "emoji \uD83D\uDE80",
            "\u202Egnirts",
            "#end",
            " leading and trailing ",
            "<b>bold</b>",
            "null",
            "");

    private static String text(int n, int field) {
        return AWKWARD.get((n + 7 * field) % AWKWARD.size()) + (n % 3 == 0 ? "" : " " + n);
    }

    private static @Nullable String maybe(int n, int field) {
        return (n + field) % 5 == 0 ? null : text(n, field);
    }

    private static AuditEntry entry(int n) {
        return new AuditEntry(
                "id-" + n,
                TIME.minusMillis(n / 2),
                "device.update",
                n % 2 == 0 ? "success" : "denied",
                maybe(n, 1),
                maybe(n, 1),
                maybe(n, 2),
                maybe(n, 2),
                maybe(n, 4),
                maybe(n, 5),
                maybe(n, 6),
                n % 4 == 0
                        ? null
                        : Json.createObjectBuilder()
                                .add(
                                        "name",
                                        Json.createObjectBuilder()
                                                .add("before", text(n, 7))
                                                .add("after", text(n, 8)))
                                .build()
                                .toString(),
                n % 6 == 0 ? null : (long) n);
    }

    private static SessionView session(int n) {
        return new SessionView(
                "sid-" + n,
                "device-" + n,
                text(n, 1),
                "user-" + n,
                text(n, 2),
                n % 2 == 0 ? List.of("terminal") : List.of("terminal", "file-read"),
                text(n, 3),
                maybe(n, 4),
                maybe(n, 5),
                n % 7 == 0 ? null : TIME.minusMillis(n),
                n % 8 == 0 ? null : TIME,
                maybe(n, 6),
                text(n, 7),
                maybe(n, 8),
                n,
                9_007_199_254_740_991L - n,
                maybe(n, 9),
                n % 9 == 0 ? null : (long) n,
                n % 10 == 0 ? null : (long) n,
                n % 11 == 0 ? null : (long) n,
                n % 12 == 0 ? null : (long) n,
                n % 13 == 0 ? null : (long) n,
                n % 2 == 0 ? List.of() : List.of("relay-1", "relay-2"));
    }

    private static <T> Streams.Rows rows(List<T> all, Function<T, JsonObject> form) {
        return new AuditResource.Pages<>(
                after -> {
                    int from = after.isEmpty() ? 0 : Integer.parseInt(after.get(0));
                    int to = Math.min(all.size(), from + STEP);
                    return new Slice<>(
                            all.subList(from, to),
                            to == all.size() ? null : Cursor.encode(List.of(Integer.toString(to), "x")));
                },
                form);
    }

    private static String written(Streams.Body body) throws IOException, RefusedException {
        StringWriter out = new StringWriter();
        body.write(out);
        return out.toString();
    }

    /** RFC 4180, and nothing else: cells are quoted, rows end with CR LF. */
    private static List<List<String>> parsed(String csv) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        int at = 0;
        while (at < csv.length()) {
            StringBuilder cell = new StringBuilder();
            if (csv.charAt(at) == '"') {
                at++;
                while (csv.charAt(at) != '"' || csv.startsWith("\"\"", at)) {
                    at += csv.charAt(at) == '"' ? 1 : 0;
                    cell.append(csv.charAt(at++));
                }
                at++;
            } else {
                while (csv.charAt(at) != ',' && csv.charAt(at) != '\r') {
                    cell.append(csv.charAt(at++));
                }
            }
            row.add(cell.toString());
            if (csv.charAt(at) == ',') {
                at++;
            } else {
                assertThat(csv.substring(at, at + 2)).isEqualTo("\r\n");
                at += 2;
                rows.add(row);
                row = new ArrayList<>();
            }
        }
        return rows;
    }

    /** What the list says of a row, with the names of the columns. */
    private static Map<String, JsonValue> flattened(JsonObject listed, Map<String, List<String>> nested) {
        Map<String, JsonValue> flat = new LinkedHashMap<>();
        listed.forEach((name, value) -> {
            List<String> columns = nested.get(name);
            if (columns == null) {
                flat.put(name, value);
            } else {
                JsonObject inner = value == JsonValue.NULL ? JsonValue.EMPTY_JSON_OBJECT : value.asJsonObject();
                flat.put(columns.get(0), inner.getOrDefault(columns.get(1), JsonValue.NULL));
                flat.put(columns.get(2), inner.getOrDefault("name", JsonValue.NULL));
            }
        });
        return flat;
    }

    private static String cell(JsonValue value) {
        String text =
                switch (value.getValueType()) {
                    case NULL -> "";
                    case STRING -> Formulas.neutralised(((JsonString) value).getString());
                    case NUMBER -> value.toString();
                    default -> Formulas.neutralised(value.toString());
                };
        return text.replaceAll("[\\x00-\\x1f\\x7f]", " ");
    }

    private static <T> void compare(
            List<T> all, List<String> columns, Function<T, JsonObject> form, Function<T, Map<String, JsonValue>> listed)
            throws Exception {
        List<Map<String, JsonValue>> wanted = all.stream().map(listed).toList();
        JsonObject file;
        try (var reader = Json.createReader(new StringReader(written(Streams.json(rows(all, form)))))) {
            file = reader.readObject();
        }
        List<JsonObject> items = file.getJsonArray("items").getValuesAs(JsonObject.class);
        List<List<String>> lines = parsed(written(Streams.csv(columns, rows(all, form))));
        assertThat(items).hasSize(ROWS);
        assertThat(lines).hasSize(ROWS + 2);
        assertThat(lines.get(0)).isEqualTo(columns);
        assertThat(lines.get(ROWS + 1)).containsExactly("#end");
        for (int i = 0; i < ROWS; i++) {
            Map<String, JsonValue> row = wanted.get(i);
            assertThat(columns).as("nothing that the list shows is missing").containsAll(row.keySet());
            assertThat(lines.get(i + 1)).hasSameSizeAs(columns);
            for (int c = 0; c < columns.size(); c++) {
                String column = columns.get(c);
                JsonValue value = row.getOrDefault(column, JsonValue.NULL);
                assertThat(items.get(i).getOrDefault(column, JsonValue.NULL))
                        .as("%s of row %d", column, i)
                        .isEqualTo(value);
                String cell = lines.get(i + 1).get(c);
                assertThat(cell).as("%s of row %d", column, i).isEqualTo(cell(value));
                if (value.getValueType() == JsonValue.ValueType.STRING) {
                    assertThat(cell).doesNotStartWith("=").doesNotStartWith("+").doesNotStartWith("@");
                }
            }
        }
    }

    @Test
    void operations() throws Exception {
        Map<String, List<String>> nested = Map.of(
                "user", List.of("userId", "id", "userName"), "resource", List.of("resourceId", "id", "resourceName"));
        compare(
                IntStream.range(0, ROWS).mapToObj(ExportTest::entry).toList(),
                AuditResource.COLUMNS,
                AuditResource::flat,
                entry -> flattened(AuditResource.json(entry).build(), nested));
    }

    @Test
    void connections() throws Exception {
        Map<String, List<String>> nested = Map.of(
                "user", List.of("userId", "id", "userName"), "device", List.of("deviceUid", "uid", "deviceName"));
        compare(
                IntStream.range(0, ROWS).mapToObj(ExportTest::session).toList(),
                ConnectionResource.COLUMNS,
                ConnectionResource::flat,
                session -> {
                    Map<String, JsonValue> row =
                            flattened(SessionResource.json(session).build(), nested);
                    row.put("operations", Json.createValue(String.join(" ", session.operations())));
                    row.put("relays", Json.createValue(String.join(" ", session.relays())));
                    return row;
                });
    }
}
