package org.bascule.domain.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The present row of a result, valid until the next one. Columns are counted from 1, in the order of the statement. */
public final class Row {

    private final ResultSet result;

    Row(ResultSet result) {
        this.result = result;
    }

    public String text(int column) {
        return require(textOrNull(column), column);
    }

    public @Nullable String textOrNull(int column) {
        return read(() -> result.getString(column));
    }

    public long number(int column) {
        return require(read(() -> result.getLong(column)), column);
    }

    public boolean flag(int column) {
        return require(read(() -> result.getBoolean(column)), column);
    }

    public byte[] bytes(int column) {
        return require(read(() -> result.getBytes(column)), column);
    }

    public byte @Nullable [] bytesOrNull(int column) {
        return read(() -> result.getBytes(column));
    }

    public Instant instant(int column) {
        return require(instantOrNull(column), column);
    }

    public @Nullable Instant instantOrNull(int column) {
        LocalDateTime time = read(() -> result.getObject(column, LocalDateTime.class));
        return time == null ? null : time.toInstant(ZoneOffset.UTC);
    }

    private static <T> T require(@Nullable T value, int column) {
        if (value == null) {
            throw new IllegalStateException("column " + column + " is null");
        }
        return value;
    }

    private static <T> @Nullable T read(Getter<T> getter) {
        try {
            return getter.get();
        } catch (SQLException e) {
            throw new DatabaseException("a column could not be read", e);
        }
    }

    @FunctionalInterface
    private interface Getter<T> {
        @Nullable
        T get() throws SQLException;
    }
}
