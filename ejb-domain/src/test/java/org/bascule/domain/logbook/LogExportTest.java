package org.bascule.domain.logbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ConnectionFilter;
import org.bascule.domain.session.ConnectionLog;
import org.bascule.domain.session.SessionView;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Exports hold what the lists show under the same filter, in the same order, also while the logs grow. Their text is tested where files are written. */
class LogExportTest {

    /** More than two steps of an export, and many pages of a list. */
    private static final int ROWS = 2_500;

    private static final List<String> AWKWARD = List.of(
            "=1+1",
            "+1",
            "-1",
            "@cmd",
            "a,b;c",
            "say \"hello\"",
            "line\nbreak\r\n=2",
            "\u00e4\u00f6\u00fc\u00df",
            "emoji \uD83D\uDE80",
            "100 %_\\ percent");

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Logbook logbook = domain.get(Logbook.class);
    private final ConnectionLog connections = domain.get(ConnectionLog.class);
    private final String pump = sample.device(sample.root, "pump");
    private final String press = sample.device(sample.root, "press");
    private final String anna = domain.ids.next();
    private final Instant start = domain.clock.instant();

    private interface Pages<T> {
        Slice<T> behind(List<String> position) throws RefusedException;
    }

    /** Goes through all pages; something happens after the first. */
    private static <T> List<T> all(Pages<T> pages, Runnable meanwhile) throws RefusedException {
        List<T> all = new ArrayList<>();
        List<String> position = List.of();
        @Nullable String next;
        do {
            Slice<T> slice = pages.behind(position);
            all.addAll(slice.items());
            next = slice.next();
            position = Cursor.checked(next, 2, 1).position();
            if (all.size() == slice.items().size()) {
                meanwhile.run();
            }
        } while (next != null);
        return all;
    }

    private void later(Runnable work) {
        domain.clock.advance(Duration.ofMillis(1));
        work.run();
    }

    private static String awkward(int n) {
        return AWKWARD.get(n % AWKWARD.size()) + " " + n / 100;
    }

    private void operation(int n) {
        String name = awkward(n);
        Actor actor = new Actor(n % 2 == 0 ? anna : owner.userId(), name, "192.0.2." + n % 250);
        domain.get(AuditLog.class)
                .record(AuditEvent.of(
                                sample.id,
                                actor,
                                n % 3 == 0 ? Operation.DEVICE_UPDATED : Operation.DEVICE_MOVED,
                                n % 5 == 0 ? Outcome.DENIED : Outcome.SUCCESS)
                        .on(n % 7 == 0 ? press : pump, awkward(n + 3))
                        .saying(awkward(n + 5))
                        .changing(Changes.none().field("name", awkward(n + 6), awkward(n + 7))));
        // several at one moment
        if (n % 4 == 0) {
            domain.clock.advance(Duration.ofMillis(1));
        }
    }

    @Test
    void operations() throws Exception {
        domain.transactions.run(() -> IntStream.range(0, ROWS).forEach(this::operation));
        Instant middle = start.plusMillis(ROWS / 8);
        for (AuditFilter filter : List.of(
                new AuditFilter(start, null, null, null, null, null, null),
                new AuditFilter(start, middle, null, null, null, null, null),
                new AuditFilter(start, null, "hello", null, null, null, null),
                new AuditFilter(start, null, "%_\\", null, null, null, null),
                new AuditFilter(start, null, null, "device.move", "denied", null, null),
                new AuditFilter(start, null, null, null, null, anna, press),
                new AuditFilter(start, null, "\uD83D\uDE80", null, "success", null, pump))) {
            List<AuditEntry> listed = all(
                    position -> logbook.query(owner, filter, new Cursor(position, 50)),
                    () -> later(() -> operation(ROWS)));
            List<AuditEntry> exported =
                    all(position -> logbook.export(owner, filter, position), () -> later(() -> operation(ROWS + 1)));
            assertThat(listed).extracting(AuditEntry::id).doesNotHaveDuplicates();
            assertThat(listed).as(filter.toString()).isNotEmpty();
            // what came while the list was read may be at the top of the export, and is in nobody's way
            List<AuditEntry> common = exported.subList(exported.size() - listed.size(), exported.size());
            assertThat(common).as(filter.toString()).isEqualTo(listed);
            assertThat(exported.size() - listed.size()).isBetween(0, 1);
            assertThat(exported).as(filter.toString()).allMatch(entry -> fits(filter, entry));
        }
        AuditFilter everything = new AuditFilter(start, null, null, "device.move", null, null, null);
        assertThat(all(position -> logbook.export(owner, everything, position), () -> {}))
                .hasSizeGreaterThan(1_000);
    }

    private static boolean isAny(@Nullable Object wanted, @Nullable Object value) {
        return wanted == null || wanted.equals(value);
    }

    /** Whoever and whatever else is in the log: the text is compared by the lists' own tests. */
    private static boolean fits(AuditFilter filter, AuditEntry entry) {
        return isAny(filter.userId(), entry.userId())
                && isAny(filter.resourceId(), entry.resourceId())
                && isAny(filter.code(), entry.code())
                && isAny(filter.outcome(), entry.outcome());
    }

    private void connection(int n) {
        Instant now = domain.clock.instant();
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state,
                          created, started, ended, client_address, bytes_in, bytes_out, reason, comment, end_reason)
                        values (:sid, :domain, :device, :name, :user, :userName, 'terminal,exec', 'root', 'ended', :now, :now, :end, '192.0.2.1',
                          :n, 20, :reason, :comment, 'done')""")
                .set("sid", SessionId.random().hex())
                .set("device", n % 3 == 0 ? press : pump)
                .set("name", awkward(n))
                .set("user", n % 2 == 0 ? anna : owner.userId())
                .set("userName", awkward(n + 3))
                .set("reason", n % 5 == 0 ? null : awkward(n + 5))
                .set("comment", awkward(n + 7))
                .set("now", now)
                .set("end", now.plusSeconds(n))
                .set("n", n)
                .update();
        if (n % 4 == 0) {
            domain.clock.advance(Duration.ofMillis(1));
        }
    }

    @Test
    void connections() throws Exception {
        domain.transactions.run(() -> IntStream.range(0, ROWS).forEach(this::connection));
        Instant middle = start.plusMillis(ROWS / 8);
        for (ConnectionFilter filter : List.of(
                new ConnectionFilter(null, null, null, null, null, null),
                new ConnectionFilter(start, middle, null, null, null, null),
                new ConnectionFilter(null, null, anna, null, null, "hello"),
                new ConnectionFilter(null, null, null, press, "ended", null),
                new ConnectionFilter(null, null, anna, press, null, "\uD83D\uDE80"),
                new ConnectionFilter(null, null, null, null, null, "%_\\"))) {
            List<SessionView> listed = all(
                    position -> connections.query(owner, filter, new Cursor(position, 50)),
                    () -> later(() -> connection(ROWS)));
            List<SessionView> exported = all(
                    position -> connections.export(owner, filter, position), () -> later(() -> connection(ROWS + 1)));
            assertThat(listed).extracting(SessionView::sid).doesNotHaveDuplicates();
            assertThat(listed).as(filter.toString()).isNotEmpty();
            List<SessionView> common = exported.subList(exported.size() - listed.size(), exported.size());
            assertThat(common).as(filter.toString()).isEqualTo(listed);
            assertThat(exported.size() - listed.size()).isBetween(0, 1);
            assertThat(exported)
                    .as(filter.toString())
                    .allMatch(view ->
                            isAny(filter.userId(), view.userId()) && isAny(filter.deviceUid(), view.deviceUid()));
        }
        assertThat(all(
                        position -> connections.export(
                                owner, new ConnectionFilter(null, null, null, null, null, null), position),
                        () -> {}))
                .hasSizeGreaterThanOrEqualTo(ROWS);
    }
}
