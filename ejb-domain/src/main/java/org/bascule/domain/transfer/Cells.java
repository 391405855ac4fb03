package org.bascule.domain.transfer;

import static org.bascule.domain.transfer.LineRefusedException.require;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bascule.domain.directory.Descriptions;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Values of a line in their types. A column that is missing keeps what there is, an empty one clears it. */
final class Cells {

    private Cells() {}

    static boolean flag(Line line, Column column, boolean otherwise) throws LineRefusedException {
        Optional<String> value = line.value(column);
        if (value.isEmpty()) {
            return otherwise;
        }
        String text = value.get().toLowerCase(Locale.ROOT);
        require(text.equals("true") || text.equals("false"), column, "This is neither true nor false.");
        return text.equals("true");
    }

    static @Nullable Integer number(Line line, Column column, @Nullable Integer otherwise) throws LineRefusedException {
        if (!line.has(column)) {
            return otherwise;
        }
        Optional<String> value = line.value(column);
        if (value.isEmpty()) {
            return null;
        }
        require(value.get().matches("[0-9]{1,9}"), column, "This is not a whole number.");
        return Integer.valueOf(value.get());
    }

    static @Nullable Instant time(Line line, Column column, @Nullable Instant otherwise) throws LineRefusedException {
        if (!line.has(column)) {
            return otherwise;
        }
        Optional<String> value = line.value(column);
        if (value.isEmpty()) {
            return null;
        }
        try {
            Instant time = Instant.parse(value.get()).truncatedTo(ChronoUnit.MILLIS);
            require(isStorable(time), column, "This time is not within the years 1000 to 9999.");
            return time;
        } catch (DateTimeException e) {
            throw new LineRefusedException(column, "This is not a time in UTC such as 2026-01-31T12:00:00Z.");
        }
    }

    private static boolean isStorable(Instant time) {
        return !time.isBefore(Instant.parse("1000-01-01T00:00:00Z"))
                && time.isBefore(Instant.parse("9999-12-31T00:00:00Z"));
    }

    /** An empty text is null. */
    static @Nullable String text(Line line, Column column, @Nullable String otherwise) {
        return line.has(column) ? line.value(column).orElse(null) : otherwise;
    }

    static String required(Line line, Column column) throws LineRefusedException {
        return line.value(column).orElseThrow(() -> new LineRefusedException(column, "This must not be empty."));
    }

    static List<String> names(Line line) throws LineRefusedException {
        return names(required(line, Column.PATH), Column.PATH);
    }

    static List<String> names(String path, Column column) throws LineRefusedException {
        return Paths.names(path)
                .orElseThrow(
                        () -> new LineRefusedException(column, "A path is '/' or names, each with a '/' before it."));
    }

    static @Nullable String description(Line line, @Nullable String otherwise) throws LineRefusedException {
        if (!line.has(Column.DESCRIPTION)) {
            return otherwise;
        }
        String typed = line.value(Column.DESCRIPTION).orElse("");
        try {
            return Descriptions.checked(typed);
        } catch (RefusedException e) {
            throw LineRefusedException.saying(Column.DESCRIPTION, e.sentence());
        }
    }

    /** What the domain's own checks say. */
    interface Check<T> {
        T run() throws RefusedException;
    }

    /** Refuses the line with the column for what the domain's own check refuses. */
    static <T> T checked(Column column, Check<T> check) throws LineRefusedException {
        try {
            return check.run();
        } catch (RefusedException e) {
            throw LineRefusedException.saying(column, e.sentence());
        }
    }

    /** The same where the check names the field, which is called like the column. */
    static <T> T checkedFields(Check<T> check) throws LineRefusedException {
        try {
            return check.run();
        } catch (RefusedException e) {
            throw LineRefusedException.saying(
                    Column.ofCode(e.fields().isEmpty() ? "" : e.fields().get(0).field())
                            .orElse(null),
                    e.sentence());
        }
    }
}
