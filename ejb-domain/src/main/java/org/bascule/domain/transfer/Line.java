package org.bascule.domain.transfer;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of an export or import.
 *
 * @param number of the line of the text that it begins in, from 1; 0 for one that is written
 * @param delete whether the thing is not to be
 * @param values by column, as texts; a column that is missing leaves what is there, an empty one clears it
 */
record Line(long number, Kind kind, boolean delete, Map<Column, String> values) {

    Line {
        values = new EnumMap<>(values.isEmpty() ? new EnumMap<>(Column.class) : values);
    }

    /** One to be written, with all columns of its kind empty. */
    static Line of(Kind kind) {
        Map<Column, String> values = new EnumMap<>(Column.class);
        kind.columns().forEach(column -> values.put(column, ""));
        return new Line(0, kind, false, values);
    }

    /** Fills a column of a line that is to be written. */
    Line with(Column column, @Nullable Object value) {
        values.put(column, value == null ? "" : value.toString());
        return this;
    }

    boolean has(Column column) {
        return values.containsKey(column);
    }

    /** The value; empty if the column is missing or empty. */
    Optional<String> value(Column column) {
        return Optional.ofNullable(values.get(column)).filter(value -> !value.isEmpty());
    }
}
