package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.bascule.launcher.DemoDescription;

/** One record of the audit log in the hands of somebody who holds every right in the database: triggers do not stop him. Closed, the record is as it was. */
final class TamperedLog implements AutoCloseable {

    private static final String CHANGE =
            "update bascule_audit.audit_event set user_name = 'somebody else' where id = '";
    private static final String REMOVAL = "delete from bascule_audit.audit_event where id = '";

    private final DemoDescription.Database database;
    private final Connection connection;
    private final String id;

    private TamperedLog(DemoDescription.Database database, Connection connection, String id) {
        this.database = database;
        this.connection = connection;
        this.id = id;
    }

    private static Connection connection(DemoDescription.Database database) throws SQLException {
        String url = "jdbc:mariadb://" + database.host() + ":" + database.port() + "/bascule"
                // a trigger that is in use is no reason to wait for a day
                + "?sessionVariables=lock_wait_timeout=30";
        return DriverManager.getConnection(url, database.user(), database.password());
    }

    /** The sealed record of an operation on something with this name; empty while there is none. */
    static Optional<TamperedLog> of(DemoDescription.Database database, String code, String resource)
            throws SQLException {
        Connection connection = connection(database);
        try (PreparedStatement find = connection.prepareStatement("select e.id from bascule_audit.audit_event e"
                + " join bascule_audit.audit_leaf l on l.entry_id = e.id where e.code = ? and e.resource_name = ?")) {
            find.setString(1, code);
            find.setString(2, resource);
            try (ResultSet found = find.executeQuery()) {
                if (!found.next()) {
                    connection.close();
                    return Optional.empty();
                }
                TamperedLog log = new TamperedLog(database, connection, found.getString(1));
                log.run("create temporary table kept as select * from bascule_audit.audit_event where id = '" + log.id
                        + "'");
                return Optional.of(log);
            }
        }
    }

    String id() {
        return id;
    }

    void change() throws SQLException {
        assertThat(without("tr_audit_no_update", CHANGE + id + "'")).isEqualTo(1);
    }

    void remove() throws SQLException {
        assertThat(without("tr_audit_no_delete", REMOVAL + id + "'")).isEqualTo(1);
    }

    /** The two change places, and their hashes stay; once more, and all is as it was. */
    void swap(TamperedLog other) throws SQLException {
        String place = "update bascule_audit.audit_leaf set entry_id = '%s' where entry_id = '%s'";
        for (String[] step : new String[][] {{"x", id}, {id, other.id}, {other.id, "x"}}) {
            assertThat(without("tr_leaf_no_update", place.formatted(step[0], step[1])))
                    .isEqualTo(1);
        }
    }

    /** A record like this one that says it is an hour older; nothing is sealed while it is there. */
    Planted plant() throws SQLException {
        long made = Long.parseLong(id.substring(0, 8) + id.substring(9, 13), 16) - 3_600_000;
        String time = "%012x".formatted(made);
        String older = time.substring(0, 8) + "-" + time.substring(8) + id.substring(13);
        Connection sealer = connection(database);
        sealer.setAutoCommit(false);
        // touches no table that a trigger is taken from: that would wait for the end of this transaction
        try (PreparedStatement lock = sealer.prepareStatement("select 1 from audit_sealer where tree = ? for update")) {
            lock.setString(1, tree());
            assertThat(lock.executeQuery().next()).isTrue();
        }
        run("create temporary table planted as select * from kept");
        run("update planted set id = '" + older + "'");
        assertThat(run("insert into bascule_audit.audit_event select * from planted"))
                .isEqualTo(1);
        return new Planted(this, sealer, older);
    }

    private String tree() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select domain_id from kept")) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    /** Closed, it was never there. */
    record Planted(TamperedLog log, Connection sealer, String id) implements AutoCloseable {

        @Override
        public void close() throws SQLException {
            try (sealer) {
                log.without("tr_audit_no_delete", REMOVAL + id + "'");
                assertThat(log.run("delete from audit_unsealed where id = '" + id + "'"))
                        .isEqualTo(1);
                sealer.rollback();
            }
        }
    }

    /** The trigger refuses it while it is there. */
    private int without(String trigger, String tampering) throws SQLException {
        String made;
        try (Statement statement = connection.createStatement();
                ResultSet text = statement.executeQuery("show create trigger bascule_audit." + trigger)) {
            assertThat(text.next()).isTrue();
            made = text.getString(3);
        }
        run("drop trigger bascule_audit." + trigger);
        try {
            return run(tampering);
        } finally {
            run("use bascule_audit");
            run(made);
            run("use bascule");
        }
    }

    private int run(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(text);
        }
    }

    @Override
    public void close() throws SQLException {
        try (connection) {
            without("tr_audit_no_delete", REMOVAL + id + "'");
            connection.setAutoCommit(false);
            assertThat(run("insert into bascule_audit.audit_event select * from kept"))
                    .isEqualTo(1);
            // it is sealed already, and the log does not get it once more
            assertThat(run("delete from audit_unsealed where id = '" + id + "'"))
                    .isEqualTo(1);
            connection.commit();
        }
    }
}
