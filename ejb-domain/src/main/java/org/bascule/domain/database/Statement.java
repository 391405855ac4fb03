package org.bascule.domain.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One statement with its values. Instants are bound as UTC date and time, enumerations are for the caller to turn into text. */
public final class Statement {

    /** A statement that takes longer has gone wrong, and must not hold a connection. */
    private static final int TIMEOUT_SECONDS = 30;

    /** Rows that go to the database together. */
    private static final int PACKET = 1_000;

    private static final String DUPLICATE = "23000";
    private static final int DUPLICATE_ENTRY = 1062;

    private final ConnectionSource connections;
    private final NamedParameters parsed;
    private final Map<String, Optional<Object>> values = new HashMap<>();

    Statement(ConnectionSource connections, NamedParameters parsed) {
        this.connections = connections;
        this.parsed = parsed;
    }

    /** Binds a value, or a collection of at least one for {@code in (:name)}; one that the statement does not use is a mistake. */
    public Statement set(String name, @Nullable Object value) {
        if (!parsed.names().contains(name)) {
            throw new IllegalArgumentException("the statement has no parameter :" + name);
        }
        values.put(name, Optional.ofNullable(value));
        return this;
    }

    /** Whether the statement uses a parameter of this name. */
    public boolean has(String name) {
        return parsed.names().contains(name);
    }

    /** Number of rows that an INSERT, UPDATE or DELETE changed. */
    public int update() {
        try {
            return execute();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Inserts, where a unique constraint may refuse the row for a reason that the caller explains. */
    public void insertUnique() throws DuplicateException {
        updateUnique();
    }

    /** The same for any change; returns the number of rows that it changed. */
    public int updateUnique() throws DuplicateException {
        try {
            return execute();
        } catch (SQLException e) {
            if (DUPLICATE.equals(e.getSQLState()) && e.getErrorCode() == DUPLICATE_ENTRY) {
                throw new DuplicateException(e);
            }
            throw failed(e);
        }
    }

    /**
     * Runs the statement once for each row, in few round trips.
     *
     * @param values binds what differs between rows; none of it a collection
     */
    public <T> void updateEach(List<T> rows, BiConsumer<Statement, T> values) {
        if (rows.isEmpty()) {
            return;
        }
        values.accept(this, rows.get(0));
        try (Connection connection = connections.get();
                PreparedStatement statement = prepare(connection)) {
            int waiting = 0;
            for (T row : rows) {
                values.accept(this, row);
                bind(statement);
                statement.addBatch();
                if (++waiting == PACKET) {
                    statement.executeBatch();
                    waiting = 0;
                }
            }
            if (waiting > 0) {
                statement.executeBatch();
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private int execute() throws SQLException {
        try (Connection connection = connections.get();
                PreparedStatement statement = prepare(connection)) {
            return statement.executeUpdate();
        }
    }

    /** All rows. */
    public <T> List<T> list(Function<Row, T> mapper) {
        try (Connection connection = connections.get();
                PreparedStatement statement = prepare(connection);
                ResultSet result = statement.executeQuery()) {
            List<T> rows = new ArrayList<>();
            Row row = new Row(result);
            while (result.next()) {
                rows.add(mapper.apply(row));
            }
            return rows;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** The first row. */
    public <T> Optional<T> first(Function<Row, T> mapper) {
        List<T> rows = list(mapper);
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }

    /** The number in the first column of the only row. */
    public long number() {
        return first(row -> row.number(1)).orElseThrow();
    }

    private PreparedStatement prepare(Connection connection) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(parsed.sql(values));
        try {
            statement.setQueryTimeout(TIMEOUT_SECONDS);
            bind(statement);
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private void bind(PreparedStatement statement) throws SQLException {
        int position = 1;
        for (String name : parsed.names()) {
            @Nullable Object value = values.getOrDefault(name, Optional.empty()).orElse(null);
            if (value instanceof Collection<?> list) {
                for (Object element : list) {
                    bind(statement, position++, element);
                }
            } else {
                bind(statement, position++, value);
            }
        }
    }

    private static void bind(PreparedStatement statement, int position, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(position, Types.VARCHAR);
        } else if (value instanceof Instant instant) {
            statement.setObject(position, LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        } else if (value instanceof byte[] bytes) {
            statement.setBytes(position, bytes);
        } else {
            statement.setObject(position, value);
        }
    }

    private DatabaseException failed(SQLException e) {
        return new DatabaseException("a statement failed (%s/%d)".formatted(e.getSQLState(), e.getErrorCode()), e);
    }
}
