package org.bascule.system;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a domain is, row by row, as the database's administrator sees it: to tell whether anything has changed. */
final class DatabaseContent {

    /** Refused attempts are recorded and counted, the log is sealed, and machines tell about themselves all the time. */
    private static final Set<String> GROWING = Set.of(
            "audit_unsealed",
            "audit_sealer",
            "login_event",
            "creation_key",
            "device_report",
            "device_continuity",
            "guarded_attempt",
            "guarded_network",
            "realm_state",
            "sign_in");

    /** When something was last seen, and how often the rights were read anew. */
    private static final Set<String> MOVING = Set.of("last_seen", "last_sign_in", "rights_version");

    /** Of every table with rows of domains: its name, the column, and whether that is binary. */
    private static final String COLUMNS =
            """
            select concat(c.table_name, ' ', c.column_name, ' ', c.data_type like '%binary')
            from information_schema.columns c
            join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = database() and t.table_type = 'BASE TABLE' and exists (
              select 1 from information_schema.columns d
              where d.table_schema = c.table_schema and d.table_name = c.table_name and d.column_name = 'domain_id')
            order by c.table_name, c.ordinal_position""";

    private final String url;
    private final TheSystem.User administrator;

    DatabaseContent(org.bascule.launcher.DemoDescription.Database database) {
        this.url = "jdbc:mariadb://" + database.host() + ":" + database.port() + "/bascule";
        this.administrator = new TheSystem.User(database.user(), database.password(), "", Optional.empty());
    }

    Set<String> ofDomain(String name) {
        try (Connection connection = DriverManager.getConnection(url, administrator.name(), administrator.password())) {
            String domain = texts(connection, "select id from domain where name = ?", name)
                    .get(0);
            TreeMap<String, List<String>> columns = new TreeMap<>();
            for (String column : texts(connection, COLUMNS)) {
                String[] parts = column.split(" ");
                if (!GROWING.contains(parts[0]) && !MOVING.contains(parts[1])) {
                    String value = parts[2].equals("1") ? "hex(" + parts[1] + ")" : parts[1];
                    columns.computeIfAbsent(parts[0], table -> new ArrayList<>())
                            .add("concat('" + parts[1] + "=', ifnull(" + value + ", 'null'))");
                }
            }
            Set<String> rows = new TreeSet<>();
            for (var table : columns.entrySet()) {
                String row = "concat_ws('|', '" + table.getKey() + "', " + String.join(", ", table.getValue()) + ")";
                rows.addAll(texts(
                        connection, "select " + row + " from " + table.getKey() + " where domain_id = ?", domain));
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError("the database cannot be read", e);
        }
    }

    /** What no call of the API does. */
    int change(String statement, String... values) {
        try (Connection connection = DriverManager.getConnection(url, administrator.name(), administrator.password());
                PreparedStatement prepared = connection.prepareStatement(statement)) {
            for (int i = 0; i < values.length; i++) {
                prepared.setString(i + 1, values[i]);
            }
            return prepared.executeUpdate();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }
    }
}
