package org.bascule.domain.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.bascule.domain.schema.SchemaMigration;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaTest {

    private final TestDatabase database = TestDatabase.get();

    @Test
    void secondMigrationChangesNothing() throws SQLException {
        long before = number(database.migration(), "select count(*) from DATABASECHANGELOG");
        new SchemaMigration(database.migration()).update();
        assertThat(number(database.migration(), "select count(*) from DATABASECHANGELOG"))
                .isEqualTo(before)
                .isPositive();
    }

    @Test
    void everythingCanBeTakenBackAndTwoStartersOnAnEmptySchemaTakeTurns() throws Exception {
        int changesets = (int) number(database.migration(), "select count(*) from DATABASECHANGELOG");
        new SchemaMigration(database.migration()).rollback(changesets);
        assertThat(
                        number(
                                database.migration(),
                                "select count(*) from information_schema.tables where table_schema in ('bascule', 'bascule_audit')"
                                        + " and table_name not in ('DATABASECHANGELOG', 'DATABASECHANGELOGLOCK', 'migration_lease')"))
                .isZero();
        execute(database.migration(), "drop table DATABASECHANGELOG, DATABASECHANGELOGLOCK, migration_lease");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Runnable starter = () -> new SchemaMigration(database.migration()).update();
            Future<?> one = threads.submit(starter);
            Future<?> other = threads.submit(starter);
            one.get(120, TimeUnit.SECONDS);
            other.get(120, TimeUnit.SECONDS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(number(database.migration(), "select count(*) from DATABASECHANGELOG"))
                .isEqualTo(changesets);
    }

    /** Names were kept as they were typed once, and no first sign-in found them. */
    @Test
    void awaitedNamesAreLowered() throws SQLException {
        Sample sample = new Sample(new TestDomain().started());
        int since = (int) number(
                database.migration(),
                "select count(*) from DATABASECHANGELOG where orderexecuted >="
                        + " (select orderexecuted from DATABASECHANGELOG where id = 'transfer-104')");
        new SchemaMigration(database.migration()).rollback(since);
        String id = sample.domain.ids.next();
        execute(
                database.migration(),
                "insert into resource (id, domain_id, parent_id, kind, name, created)"
                        + " values ('%s', '%s', '%s', 'user', 'Carla Ä', utc_timestamp(3))"
                                .formatted(id, sample.id, sample.root));
        execute(
                database.migration(),
                "insert into user_ref (id, domain_id, pending_name) values ('%s', '%s', 'Carla Ä')"
                        .formatted(id, sample.id));
        new SchemaMigration(database.migration()).update();
        assertThat(number(
                        database.migration(),
                        "select count(*) from user_ref where id = '%s' and pending_name = 'carla ä' collate utf8mb4_bin"
                                .formatted(id)))
                .isEqualTo(1);
    }

    /** What an earlier version kept no place of is where the next move, or the removal, says that the device came from. */
    @Test
    void earlierSessionsGetTheirPlaces() throws SQLException {
        Sample sample = new Sample(new TestDomain().started());
        String north = sample.folder(sample.root, "north");
        String plant = sample.folder(north, "plant");
        String south = sample.folder(sample.root, "south");
        String stays = sample.device(plant, "stays");
        String moved = sample.device(south, "moved");
        String gone = sample.domain.ids.next();
        int since = (int) number(
                database.migration(),
                "select count(*) from DATABASECHANGELOG where orderexecuted >="
                        + " (select orderexecuted from DATABASECHANGELOG where id = 'session-places-001')");
        new SchemaMigration(database.migration()).rollback(since);
        String stayed = session(sample, stays, 2);
        String before = session(sample, moved, 3);
        String between = session(sample, moved, 4);
        String after = session(sample, moved, 6);
        String of = session(sample, gone, 2);
        String unknown = session(sample, sample.domain.ids.next(), 2);
        moved(sample, moved, "device.move", 3, plant);
        moved(sample, moved, "device.move", 5, "not an id");
        // as it is recorded now: the path, and the id beside it
        moved(sample, moved, "device.move", 5, "/north\"},\"folderId\":{\"before\":\"" + north);
        moved(sample, gone, "device.remove", 5, plant);
        new SchemaMigration(database.migration()).update();
        assertThat(place(stayed)).isEqualTo(plant + " 2");
        assertThat(place(before)).as("the next move is the one that counts").isEqualTo(plant + " 2");
        assertThat(place(between)).isEqualTo(north + " 1");
        assertThat(place(after)).isEqualTo(south + " 1");
        assertThat(place(of)).isEqualTo(plant + " 2");
        assertThat(place(unknown)).isEqualTo("- 0");
    }

    private String session(Sample sample, String device, int hour) throws SQLException {
        String sid = SessionId.random().hex();
        execute(
                database.migration(),
                "insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations,"
                        + " account, state, created,"
                        + " started, ended, client_address) values ('%s', '%s', '%s', 'd', '%s', 'u', 'terminal', '', 'ended',"
                                .formatted(sid, sample.id, device, sample.root)
                        + " '2026-01-01 0%d:00:00', '2026-01-01 0%d:00:00', '2026-01-01 09:00:00', 'a')"
                                .formatted(hour, hour));
        return sid;
    }

    private void moved(Sample sample, String device, String code, int hour, String from) throws SQLException {
        execute(
                database.migration(),
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, resource_id, changes)"
                        + " values ('%s', '%s', '2026-01-01 0%d:30:00', '%s', 'success', '%s', '{\"folder\":{\"before\":\"%s\"}}')"
                                .formatted(sample.domain.ids.next(), sample.id, hour, code, device, from));
    }

    /** The folder of a session, and in how many it is. */
    private String place(String sid) throws SQLException {
        try (Connection connection = database.migration().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "select concat(coalesce(s.folder_id, '-'), ' ', (select count(*) from session_place p where"
                                + " p.sid = s.sid)) from remote_session s where s.sid = '" + sid + "'")) {
            result.next();
            return result.getString(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table bascule.intruder (id int)",
                "alter table bascule.device add column intruder int",
                "drop table bascule.device",
                "truncate table bascule.device",
                "drop trigger bascule_audit.tr_audit_no_update",
                "alter table bascule_audit.audit_event add column intruder int",
                "truncate table bascule_audit.audit_event",
                "update bascule_audit.audit_event set code = 'x'",
                "delete from bascule_audit.audit_event",
                "create user intruder identified by 'x'",
                "grant all on *.* to current_user()"
            })
    void applicationAccountCannot(String sql) {
        assertThatThrownBy(() -> execute(database.application(), sql))
                .isInstanceOf(SQLException.class)
                .hasMessageMatching("(?is).*(denied|privilege).*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update bascule_audit.audit_event set code = 'x'",
                "delete from bascule_audit.audit_event",
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome)"
                        + " select id, domain_id, occurred, 'x', outcome from bascule_audit.audit_event"
                        + " on duplicate key update code = 'x'",
                "replace into bascule_audit.audit_event (id, domain_id, occurred, code, outcome)"
                        + " select id, domain_id, occurred, 'x', outcome from bascule_audit.audit_event"
            })
    void triggersRefuseEvenTheMigrationAccount(String sql) throws SQLException {
        execute(
                database.application(),
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome)"
                        + " values (uuid(), uuid(), utc_timestamp(6), 'login', 'success')");
        assertThatThrownBy(() -> execute(database.migration(), sql))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("audit rows are never");
    }

    private static void execute(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long number(DataSource dataSource, String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }
}
