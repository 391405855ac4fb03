package org.bascule.domain.transfer;

import jakarta.json.JsonException;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import jakarta.json.stream.JsonParsingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;
import org.bascule.wire.Json;

/**
 * Reads lines one after the other and strictly: what is not understood is a problem with its place, never left out. Text that is no UTF-8, CSV or
 * JSON ends the reading.
 */
final class LineReader {

    static final String FORMAT = "bascule-directory";
    static final int VERSION = 1;

    /** Lines of one import. */
    static final int MAX_LINES = 300_000;

    /** Characters of one value. */
    static final int MAX_VALUE = 20_000;

    private static final Sentence NOT_UTF_8 = Sentence.of("This is not UTF-8.");

    /** What no text of ours has in it. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\t\\r\\n]]");

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Problems problems;
    private final Consumer<Line> lines;
    private long count;

    private LineReader(Problems problems, Consumer<Line> lines) {
        this.problems = problems;
        this.lines = lines;
    }

    static void read(Format format, InputStream stream, Problems problems, Consumer<Line> lines) throws IOException {
        LineReader reader = new LineReader(problems, lines);
        try {
            Reader text = withoutMark(
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8.newDecoder()), 65_536));
            if (format == Format.CSV) {
                reader.readCsv(text);
            } else {
                reader.readJson(text);
            }
        } catch (CharacterCodingException e) {
            problems.tell(0, "", NOT_UTF_8);
        }
    }

    private static Reader withoutMark(BufferedReader text) throws IOException {
        text.mark(1);
        if (text.read() != BYTE_ORDER_MARK) {
            text.reset();
        }
        return text;
    }

    private boolean isFull(long number) {
        if (++count > MAX_LINES) {
            problems.report(number, "", "An import has at most %,d lines.", MAX_LINES);
            return true;
        }
        return problems.isFull();
    }

    private void add(long number, Map<Column, String> values) {
        Optional<Kind> kind = Kind.ofCode(values.getOrDefault(Column.KIND, ""));
        String action = values.getOrDefault(Column.ACTION, "");
        if (kind.isEmpty()) {
            problems.report(number, Column.KIND.code(), "There is no such kind of thing.");
        } else if (!action.isEmpty() && !action.equals("delete")) {
            problems.report(number, Column.ACTION.code(), "An action is 'delete' or nothing.");
        } else if (!action.isEmpty() && !kind.get().isDeletable()) {
            problems.report(number, Column.ACTION.code(), "An import deletes nothing of this kind.");
        } else if (isOfKind(number, kind.get(), values)) {
            Map<Column, String> own = new EnumMap<>(values);
            own.keySet().retainAll(kind.get().columns());
            lines.accept(new Line(number, kind.get(), !action.isEmpty(), own));
        }
    }

    private boolean isOfKind(long number, Kind kind, Map<Column, String> values) {
        for (Map.Entry<Column, String> value : values.entrySet()) {
            Column column = value.getKey();
            boolean known = column == Column.KIND
                    || column == Column.ACTION
                    || kind.columns().contains(column);
            if (!known && !value.getValue().isEmpty()) {
                problems.report(number, column.code(), "A line of this kind has no such column.");
                return false;
            }
            if (value.getValue().length() > MAX_VALUE) {
                problems.report(number, column.code(), "Longer than %,d characters.", MAX_VALUE);
                return false;
            }
            if (CONTROL.matcher(value.getValue()).find()) {
                problems.report(number, column.code(), "There is a control character in it.");
                return false;
            }
        }
        return true;
    }

    private void readCsv(Reader text) throws IOException {
        CsvReader reader = new CsvReader(text, MAX_VALUE);
        try {
            Optional<CsvReader.Cells> first = reader.read();
            if (first.isEmpty()) {
                problems.report(1, "", "There is no head.");
                return;
            }
            List<Column> head = head(first.get().values());
            Optional<CsvReader.Cells> cells = head.isEmpty() ? Optional.empty() : reader.read();
            while (cells.isPresent() && !isFull(cells.get().line())) {
                addCells(cells.get().line(), head, cells.get().values());
                cells = reader.read();
            }
        } catch (CsvReader.MalformedException e) {
            problems.tell(e.line(), Integer.toString(e.cell()), e.reason());
        }
    }

    /** The columns; empty if one is not known. */
    private List<Column> head(List<String> cells) {
        List<Column> head = new ArrayList<>();
        for (String cell : cells) {
            Optional<Column> column = Column.ofCode(cell.strip());
            if (column.isEmpty() || head.contains(column.get())) {
                problems.report(
                        1, Integer.toString(head.size() + 1), "The head names an unknown column, or one twice.");
                return List.of();
            }
            head.add(column.get());
        }
        if (!head.contains(Column.KIND)) {
            problems.report(1, Column.KIND.code(), "The head has no column 'kind'.");
            return List.of();
        }
        return head;
    }

    private void addCells(long number, List<Column> head, List<String> cells) {
        if (cells.size() == 1 && cells.get(0).isBlank()) {
            return;
        }
        if (cells.size() != head.size()) {
            problems.report(
                    number,
                    Integer.toString(Math.min(cells.size(), head.size()) + 1),
                    "The line has %d cells, the head %d.",
                    cells.size(),
                    head.size());
            return;
        }
        Map<Column, String> values = new EnumMap<>(Column.class);
        for (int i = 0; i < head.size(); i++) {
            values.put(head.get(i), Formulas.undone(cells.get(i)));
        }
        add(number, values);
    }

    private void readJson(Reader text) throws IOException {
        try (JsonParser parser = Json.createParser(new BoundedJson(text, 6 * MAX_VALUE))) {
            expect(parser, Event.START_OBJECT, "The text is not an object.");
            boolean format = false;
            boolean version = false;
            for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                String member = parser.getString();
                if (member.equals("lines")) {
                    if (!format || !version) {
                        throw new NotOurs(parser, "'format' and 'version' come before 'lines'.");
                    }
                    expect(parser, Event.START_ARRAY, "'lines' is not an array.");
                    if (!readLines(parser)) {
                        return;
                    }
                } else {
                    Event value = parser.next();
                    format |=
                            member.equals("format") && value == Event.VALUE_STRING && FORMAT.equals(parser.getString());
                    version |= member.equals("version")
                            && value == Event.VALUE_NUMBER
                            && parser.isIntegralNumber()
                            && parser.getInt() == VERSION;
                    if (value == Event.START_ARRAY || value == Event.START_OBJECT) {
                        throw new NotOurs(parser, "'%s' is not known here.", shown(member));
                    }
                }
            }
            if (parser.hasNext()) {
                throw new NotOurs(parser, "Something follows the object.");
            }
            if (!format || !version) {
                throw new NotOurs(parser, "'format' is not '%s' or 'version' not %d.", FORMAT, VERSION);
            }
        } catch (NotOurs e) {
            problems.tell(e.line, Long.toString(e.column), e.reason);
        } catch (JsonParsingException e) {
            problems.report(
                    Math.max(1, e.getLocation().getLineNumber()),
                    Long.toString(e.getLocation().getColumnNumber()),
                    "This is not JSON.");
        } catch (JsonException e) {
            if (e.getCause() instanceof BoundedJson.TooLongException cause) {
                problems.tell(cause.line(), Long.toString(cause.column()), cause.reason());
            } else if (e.getCause() instanceof CharacterCodingException) {
                problems.tell(0, "", NOT_UTF_8);
            } else {
                throw new IOException(e);
            }
        } catch (NoSuchElementException e) {
            problems.report(0, "", "The text ends too early.");
        }
    }

    /** The text is JSON, but none of ours. */
    private static final class NotOurs extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final long line;
        private final long column;
        private final transient Sentence reason;

        NotOurs(JsonParser parser, @Template String template, Object... arguments) {
            super(template, null, false, false);
            this.reason = Sentence.of(template, arguments);
            this.line = parser.getLocation().getLineNumber();
            this.column = parser.getLocation().getColumnNumber();
        }
    }

    private static void expect(JsonParser parser, Event event, @Template String otherwise) {
        if (parser.next() != event) {
            throw new NotOurs(parser, otherwise);
        }
    }

    /** False if it was given up. */
    private boolean readLines(JsonParser parser) {
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            if (event != Event.START_OBJECT) {
                throw new NotOurs(parser, "A line is an object.");
            }
            long number = parser.getLocation().getLineNumber();
            if (isFull(number)) {
                return false;
            }
            readLine(parser, number);
        }
        return true;
    }

    private void readLine(JsonParser parser, long number) {
        Map<Column, String> values = new EnumMap<>(Column.class);
        boolean good = true;
        for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
            String member = parser.getString();
            Optional<String> value = value(parser);
            Optional<Column> column = Column.ofCode(member);
            if (column.isEmpty()) {
                problems.report(number, shown(member), "There is no such column.");
                good = false;
            } else if (value.isEmpty()) {
                problems.report(number, member, "A value is a text, a number, true, false, null or a list of texts.");
                good = false;
            } else if (values.put(column.get(), value.get()) != null) {
                problems.report(number, member, "It is there twice.");
                good = false;
            }
        }
        if (good) {
            add(number, values);
        }
    }

    /** The value as CSV would have it; empty for one that no column has. */
    private static Optional<String> value(JsonParser parser) {
        return switch (parser.next()) {
            case VALUE_STRING, VALUE_NUMBER -> Optional.of(parser.getString());
            case VALUE_TRUE -> Optional.of("true");
            case VALUE_FALSE -> Optional.of("false");
            case VALUE_NULL -> Optional.of("");
            case START_ARRAY -> list(parser);
            default -> throw new NotOurs(parser, "A line has no objects in it.");
        };
    }

    private static Optional<String> list(JsonParser parser) {
        List<String> texts = new ArrayList<>();
        boolean good = true;
        int length = 0;
        for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
            if (event == Event.VALUE_STRING) {
                String text = parser.getString();
                length += text.length() + 1;
                if (length > MAX_VALUE + 1) {
                    throw new NotOurs(parser, "Longer than %,d characters.", MAX_VALUE);
                }
                texts.add(text);
            } else if (event == Event.START_ARRAY || event == Event.START_OBJECT) {
                throw new NotOurs(parser, "A list has texts in it.");
            } else {
                good = false;
            }
        }
        return good ? Optional.of(Lists.join(texts)) : Optional.empty();
    }

    /** A member's name is hostile text: no more of it than of a column's. */
    private static String shown(String member) {
        return member.length() <= 40 ? member : member.substring(0, 40);
    }
}
