package org.bascule.system;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bascule.launcher.DemoDescription;

/**
 * A large directory in the domain of a running system, always the same: {@value #FOLDERS} folders 8 deep in threes, 5,000 users, 1,000 groups of which four in five are in another, 50,000
 * entries. Written by the administrator of the database, past what checks; a change of rights by the API makes the access server read it.
 */
final class LargeDirectory {

    /** 3 + 9 + … + 3^8. */
    static final int FOLDERS = 9_840;

    private static final int DEPTH = 8;
    private static final int USERS = 5_000;
    private static final int GROUPS = 1_000;

    private static final String FOLDER_ID = "00000001-0000-7000-8000-";
    private static final String DEVICE_ID = "00000002-0000-7000-8000-";
    private static final String USER_ID = "00000003-0000-7000-8000-";
    private static final String GROUP_ID = "00000004-0000-7000-8000-";
    private static final String ENTRY_ID = "00000005-0000-7000-8000-";

    /** Multiplied with the number of a row it scatters what the row names. */
    private static final int SCATTER = 7_919;

    private final DemoDescription.Database database;
    private final String root;

    LargeDirectory(DemoDescription.Database database, String rootFolder) {
        this.database = database;
        this.root = rootFolder;
    }

    /** The folder of a number from 1 on: three of the first level, nine of the second. */
    static String folder(int number) {
        return FOLDER_ID + "%012d".formatted(number);
    }

    /** Folders, people and entries; devices are {@link #devices}. */
    void write() throws SQLException {
        changing(connection -> {
            int first = 1;
            for (int level = 1, count = 3; level <= DEPTH; level++, count *= 3) {
                folders(connection, first, first + count - 1);
                first += count;
            }
            people(connection);
        });
    }

    private void folders(Connection connection, int first, int last) throws SQLException {
        Map<String, Object> values = Map.of("first", first, "last", last);
        run(
                connection,
                """
                insert into resource (id, domain_id, parent_id, kind, name, created)
                select ${folder:seq}, d.domain_id, if(seq <= 3, d.id, ${folder:(seq - 1) div 3}), 'folder', concat('Line ', lpad(seq, 5, '0')), now(3)
                from seq_1_to_9840 join resource d on d.id = ${root} where seq between ${first} and ${last}""",
                values);
        run(
                connection,
                """
                insert into folder (id, domain_id)
                select ${folder:seq}, d.domain_id from seq_1_to_9840 join resource d on d.id = ${root} where seq between ${first} and ${last}""",
                values);
        run(
                connection,
                """
                insert into folder_closure (domain_id, ancestor_id, descendant_id, depth)
                select r.domain_id, c.ancestor_id, r.id, c.depth + 1 from resource r join folder_closure c on c.descendant_id = r.parent_id
                where r.id between ${folder:${first}} and ${folder:${last}}
                union all select r.domain_id, r.id, r.id, 0 from resource r where r.id between ${folder:${first}} and ${folder:${last}}""",
                values);
    }

    private void people(Connection connection) throws SQLException {
        for (String[] kind : new String[][] {{"user", "" + USERS}, {"group", "" + GROUPS}}) {
            run(
                    connection,
                    """
                    insert into resource (id, domain_id, parent_id, kind, name, created)
                    select ${%1$s:seq}, d.domain_id, d.id, '%1$s', concat('%1$s ', lpad(seq, 5, '0')), now(3)
                    from seq_1_to_%2$s join resource d on d.id = ${root}"""
                            .formatted((Object[]) kind),
                    Map.of());
        }
        run(
                connection,
                "insert into user_ref (id, domain_id) select id, domain_id from resource where id between ${user:1} and ${user:"
                        + USERS + "}",
                Map.of());
        run(
                connection,
                "insert into user_group (id, domain_id) select id, domain_id from resource where id between ${group:1} and ${group:"
                        + GROUPS + "}",
                Map.of());
        Map<String, Object> numbers = Map.of("groups", GROUPS, "users", USERS, "scatter", SCATTER, "folders", FOLDERS);
        run(
                connection,
                """
                insert into group_member (domain_id, group_id, member_id)
                select d.domain_id, ${group:seq - 1}, ${group:seq} from seq_2_to_1000 join resource d on d.id = ${root} where seq % 5 <> 1
                union all
                select d.domain_id, ${group:1 + (seq * ${scatter} + k.n * 331) % ${groups}}, ${user:seq}
                from seq_1_to_5000 join (select 1 n union all select 2 union all select 3) k join resource d on d.id = ${root}""",
                numbers);
        run(
                connection,
                """
                insert into acl_entry (id, domain_id, resource_id, principal_id, permission, effect, delegable)
                select ${entry:seq}, d.domain_id, ${folder:1 + (seq * ${scatter}) % ${folders}},
                  if(seq % 4 = 0, ${user:1 + seq % ${users}}, ${group:1 + seq % ${groups}}),
                  elt(1 + (seq div 7) % 6, 'see-resources', 'terminal', 'view-desktop', 'control-desktop', 'read-files', 'write-files'),
                  if(seq % 5 = 0, 'deny', 'allow'), false
                from seq_1_to_50000 join resource d on d.id = ${root}""",
                numbers);
    }

    /** Devices up to a number, of which {@code from} are there: as if their agents had enrolled, on all folders alike. */
    void devices(int from, int to) throws SQLException {
        Map<String, Object> values = Map.of("first", from + 1, "last", to, "scatter", SCATTER, "folders", FOLDERS);
        changing(connection -> {
            run(
                    connection,
                    """
                    insert into resource (id, domain_id, parent_id, kind, name, created)
                    select ${device:seq}, d.domain_id, ${folder:1 + seq % ${folders}}, 'device', concat('press ', lpad((seq * ${scatter}) % 100000, 5, '0')), now(3)
                    from seq_1_to_100000 join resource d on d.id = ${root} where seq between ${first} and ${last}""",
                    values);
            run(
                    connection,
                    """
                    insert into device (id, domain_id, spki, thumbprint, os, agent_version, address, online, quarantined, last_seen)
                    select ${device:seq}, d.domain_id, 'x', unhex(sha2(seq, 256)), concat('Debian ', seq % 13), '0.1.0',
                      concat('10.', seq >> 16 & 255, '.', seq >> 8 & 255, '.', seq & 255), seq % 3 > 0, seq % 10000 = 0, now(3) - interval seq second
                    from seq_1_to_100000 join resource d on d.id = ${root} where seq between ${first} and ${last}""",
                    values);
            run(
                    connection,
                    """
                    insert into device_tag (domain_id, device_id, name)
                    select d.domain_id, ${device:seq}, 'rare' from seq_1_to_100000 join resource d on d.id = ${root}
                    where seq between ${first} and ${last} and seq % 5000 = 0""",
                    values);
        });
        changing(connection -> run(
                connection,
                "analyze table resource, device, device_search, device_tag, folder_closure, acl_entry, group_member",
                Map.of()));
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void changing(Work work) throws SQLException {
        String url = "jdbc:mariadb://%s:%d/bascule".formatted(database.host(), database.port());
        try (Connection connection = DriverManager.getConnection(url, database.user(), database.password())) {
            connection.setAutoCommit(false);
            work.on(connection);
            connection.commit();
        }
    }

    /** {@code ${folder:n}} is the id of the folder with the number that the expression gives; other names stand for values. All of them are this class's own. */
    private void run(Connection connection, String sql, Map<String, Object> values) throws SQLException {
        String text = sql.replace("${root}", "'" + root + "'");
        for (Map.Entry<String, Object> value : new TreeMap<>(values).entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue().toString());
        }
        for (String[] kind : List.of(
                new String[] {"folder", FOLDER_ID},
                new String[] {"device", DEVICE_ID},
                new String[] {"user", USER_ID},
                new String[] {"group", GROUP_ID},
                new String[] {"entry", ENTRY_ID})) {
            text = text.replaceAll("\\$\\{" + kind[0] + ":([^}]*)}", "concat('" + kind[1] + "', lpad($1, 12, '0'))");
        }
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            statement.execute();
        }
    }
}
