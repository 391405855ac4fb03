package org.bascule.domain.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A row that one server holds while it migrates. It is claimed by one conditional statement that commits at once, which is decided by
 * certification where the database is a cluster; it lapses by itself if its holder dies.
 */
final class MigrationLease {

    private static final Duration VALID = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final String DEADLOCK = "40001";

    private final DataSource dataSource;
    private final String owner = UUID.randomUUID().toString();

    MigrationLease(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Waits until nobody else migrates: at most as long as a lease is valid after the other's death. */
    void acquire() throws SQLException, InterruptedException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists migration_lease"
                    + " (id int not null primary key, owner varchar(64) not null, valid_until datetime(3) not null)");
            statement.execute("insert ignore into migration_lease values (1, '', '2000-01-01')");
        }
        while (!claim()) {
            Thread.sleep(PAUSE.toMillis());
        }
    }

    private boolean claim() throws SQLException {
        String sql = "update migration_lease set owner = ?, valid_until = utc_timestamp(3) + interval ? second"
                + " where id = 1 and valid_until < utc_timestamp(3)";
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, owner);
            statement.setLong(2, VALID.toSeconds());
            return statement.executeUpdate() == 1;
        } catch (SQLException e) {
            if (DEADLOCK.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    void release() throws SQLException {
        String sql = "update migration_lease set valid_until = '2000-01-01' where id = 1 and owner = ?";
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, owner);
            statement.executeUpdate();
        }
    }
}
