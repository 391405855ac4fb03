package org.bascule.domain.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.bascule.domain.transparency.SealedWriting;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the audit log with {@value #RECORDS} records of a year in one domain, and what is written and sealed beside them for some minutes; both numbers can be given as arguments. Commits are
 * flushed, as in an installation.
 */
public final class AuditBench {

    private static final long RECORDS = 10_000_000;
    private static final int USERS = 5_000;
    private static final int DEVICES = 100_000;
    private static final int RUNS = 15;
    private static final long MINUTES = 5;
    private static final List<String> TRIGGERS =
            List.of("tr_audit_expire_by_operator", "tr_audit_event_queue", "tr_audit_no_update", "tr_audit_no_delete", "tr_leaf_no_update", "tr_leaf_no_delete");

    private final TestDomain domain = new TestDomain().started();
    private final String domainId = new Sample(domain).id;
    private final AuditReader reader = domain.get(AuditReader.class);
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofDays(365));

    private AuditBench() {}

    public static void main(String[] args) {
        Bench.run(() -> {
            buffers();
            AuditBench bench = new AuditBench();
            bench.fill(args.length == 0 ? RECORDS : Long.parseLong(args[0]));
            bench.pages();
            bench.writing(args.length < 2 ? MINUTES : Long.parseLong(args[1]));
        });
    }

    /** As {@code docs/operations.md} recommends: of so many records each new one goes into several places of the indexes. */
    private static void buffers() throws SQLException {
        try (Connection connection = TestDatabase.get().superuser().getConnection();
                Statement statement = connection.createStatement()) {
            for (String setting : List.of("buffer_pool_size = 1073741824", "log_file_size = 1073741824", "io_capacity_max = 4000", "io_capacity = 2000")) {
                statement.execute("set global innodb_" + setting);
            }
        }
    }

    private static String user(int number) {
        return "00000000-0000-7000-8000-%012x".formatted(number);
    }

    private static String device(int number) {
        return "00000000-0000-7000-9000-%012x".formatted(number);
    }

    /** In one statement each, without triggers: as the account that makes the schema. */
    private void fill(long records) throws SQLException {
        long begun = System.nanoTime();
        try (Connection connection = TestDatabase.get().migration().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set unique_checks = 0, foreign_key_checks = 0");
            List<String> triggers = new ArrayList<>();
            for (String trigger : TRIGGERS) {
                try (ResultSet row = statement.executeQuery("show create trigger bascule_audit." + trigger)) {
                    row.next();
                    triggers.add(row.getString("SQL Original Statement"));
                }
                statement.execute("drop trigger bascule_audit." + trigger);
            }
            statement.execute("truncate bascule_audit.audit_leaf");
            statement.execute("truncate bascule_audit.audit_event");
            try (PreparedStatement insert = connection.prepareStatement(
                    """
                    insert into bascule_audit.audit_event
                      (id, domain_id, occurred, code, outcome, user_id, user_name, resource_id, resource_name, address, detail)
                    select lower(concat(substr(t.hex, 1, 8), '-', substr(t.hex, 9, 4), '-7000-8000-', lpad(hex(t.seq), 12, '0'))), ?, t.occurred,
                      elt(1 + mod(t.seq * 7, 11), 'session.start', 'session.end', 'login', 'logout', 'session.start', 'session.end', 'device.update',
                        'permission.add', 'permission.remove', 'session.start', 'session.end'),
                      if(mod(t.seq, 97) = 0, 'denied', if(mod(t.seq, 389) = 0, 'failed', 'success')),
                      concat('00000000-0000-7000-8000-', lpad(hex(mod(t.seq * 2654435761, ?)), 12, '0')),
                      concat('user ', mod(t.seq * 2654435761, ?)),
                      concat('00000000-0000-7000-9000-', lpad(hex(mod(t.seq * 40503, ?)), 12, '0')),
                      concat('press ', mod(t.seq * 40503, ?)), '192.0.2.17', 'terminal as ''operator'' by relay r1, device at 192.0.2.9'
                    from (select seq, timestampadd(microsecond, seq * ?, ?) occurred, lpad(hex(? + seq * ? div 1000), 12, '0') hex
                      from seq_1_to_%d) t"""
                            .formatted(records))) {
                long step = Duration.ofDays(365).toNanos() / 1_000 / records;
                insert.setString(1, domainId);
                insert.setInt(2, USERS);
                insert.setInt(3, USERS);
                insert.setInt(4, DEVICES);
                insert.setInt(5, DEVICES);
                insert.setLong(6, step);
                insert.setObject(7, java.time.LocalDateTime.ofInstant(start, java.time.ZoneOffset.UTC));
                insert.setLong(8, start.toEpochMilli());
                insert.setLong(9, step);
                insert.executeUpdate();
            }
            statement.execute(
                    """
                    insert into bascule_audit.audit_leaf (tree, seq, kind, entry_id, hash)
                    select domain_id, row_number() over (order by id) - 1, 1, id, unhex(sha2(id, 256)) from bascule_audit.audit_event""");
            statement.execute("analyze table bascule_audit.audit_event, bascule_audit.audit_leaf");
            connection.setCatalog("bascule_audit");
            for (String trigger : triggers) {
                statement.execute(trigger);
            }
        }
        Bench.print("%,d records made in %d s", records, (System.nanoTime() - begun) / 1_000_000_000);
    }

    private void pages() throws Exception {
        Instant month = start.plus(Duration.ofDays(200));
        page("newest", AuditFilter.ALL);
        page("a month ago", filter(null, month, null, null, null, null));
        page("one person", filter(null, null, null, null, null, user(4_711)));
        page("one person, refused", filter(null, null, null, null, "denied", user(4_711)));
        page("refused", filter(null, null, null, null, "denied", null));
        page("changes of permissions", filter(null, null, null, Operation.ENTRY_CREATED.code(), null, null));
        page("one device", new AuditFilter(null, null, null, null, null, null, device(4_711)));
        page("text that many have", filter(null, null, "operator", null, null, null));
        page("text that nobody has", filter(null, null, "lathe", null, null, null));
        long[] times = new long[RUNS];
        for (int run = 0; run < RUNS; run++) {
            long begun = System.nanoTime();
            reader.counts(domainId, month, month.plus(Duration.ofDays(30)));
            times[run] = System.nanoTime() - begun;
        }
        report("counts of a month for a report", times, 0);
        Slice<AuditEntry> deep = reader.slice(domainId, AuditFilter.ALL, Cursor.first(50));
        long begun = System.nanoTime();
        int turned = 0;
        for (String next = deep.next(); next != null && turned < 200; turned++) {
            next = reader.slice(domainId, AuditFilter.ALL, Cursor.checked(next, 2, 50)).next();
        }
        Bench.print("%d pages turned: %.1f ms each", turned, (System.nanoTime() - begun) / 1e6 / turned);
    }

    /** In another domain: what it costs is the size of the tables and of their indexes. */
    private void writing(long minutes) throws Exception {
        SealedWriting.Result result = new SealedWriting(domain, new Sample(domain)).run(Duration.ofMinutes(minutes));
        Bench.print(
                "written and sealed meanwhile: %s a second, minute by minute; %,d of %,d sealed when the last was written",
                result.perMinute().stream().map(written -> String.valueOf(written / 60)).toList(),
                result.sealed(),
                result.written());
    }

    private static AuditFilter filter(
            @Nullable Instant from,
            @Nullable Instant to,
            @Nullable String text,
            @Nullable String code,
            @Nullable String outcome,
            @Nullable String user) {
        return new AuditFilter(from, to, text, code, outcome, user, null);
    }

    private void page(String what, AuditFilter filter) throws Exception {
        long[] times = new long[RUNS];
        int rows = 0;
        for (int run = 0; run < RUNS; run++) {
            long begun = System.nanoTime();
            rows = reader.slice(domainId, filter, Cursor.first(50)).items().size();
            times[run] = System.nanoTime() - begun;
        }
        report("page of 50, " + what, times, rows);
    }

    private static void report(String what, long[] times, int rows) {
        double first = times[0] / 1e6;
        Arrays.sort(times);
        Bench.print("%s: median %.1f ms, first %.1f ms (%s)".toLowerCase(Locale.ROOT), what, times[times.length / 2] / 1e6, first, rows);
    }
}
