package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionLogTest {

    private final TestDomain domain = new TestDomain().started();
    private final ConnectionLog log = domain.get(ConnectionLog.class);
    private final Sample sample = new Sample(domain);
    private final String plant = sample.folder(sample.root, "plant");
    private final String office = sample.folder(sample.root, "office");
    private final String pump = sample.device(plant, "pump");
    private final String printer = sample.device(office, "printer");
    private final Map<String, String> people = new HashMap<>();
    private final Instant start = domain.clock.instant();

    private String person(String userName) {
        return people.computeIfAbsent(userName, name -> domain.ids.next());
    }

    private void connection(String device, String name, String userName) {
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state,
                          created, started, ended, client_address, bytes_in, bytes_out)
                        values (:sid, :domain, :device, :name, :user, :userName, 'terminal', '', 'ended', :now, :now, :end, '192.0.2.1', 10, 20)""")
                .set("sid", SessionId.random().hex())
                .set("device", device)
                .set("name", name)
                .set("user", person(userName))
                .set("userName", userName)
                .set("now", domain.clock.instant())
                .set("end", domain.clock.instant().plusSeconds(60))
                .update();
        domain.clock.advance(Duration.ofMinutes(2));
    }

    /** A relay has told of a meeting. */
    private void relayed(String sid, String relay, String pair, long client, long device, long millis) {
        domain.sql
                .acrossDomains()
                .statement("insert into relay_traffic (sid, relay, pair, from_client, from_device, millis, began)"
                        + " values (:sid, :relay, :pair, :client, :device, :millis, :began)")
                .set("sid", sid)
                .set("relay", relay)
                .set("pair", pair)
                .set("client", client)
                .set("device", device)
                .set("millis", millis)
                .set("began", domain.clock.instant())
                .update();
        domain.clock.advance(Duration.ofSeconds(1));
    }

    /** REL-6. */
    @Test
    void whatRelaysHaveCountedAddsUp() throws RefusedException {
        connection(pump, "pump", "anna");
        connection(printer, "printer", "bert");
        Caller owner = sample.owner();
        List<SessionView> before =
                log.query(owner, ALL, Cursor.checked(null, 2, 10)).items();
        String sid = before.get(1).sid();
        assertThat(before.get(1).relayedMillis()).isNull();
        relayed(sid, "relay-z", "2", 10, 100, 60_000);
        relayed(sid, "relay-a", "1", 30, 300, 40_000);
        relayed(sid, "relay-z", "1", 20, 200, 1_500);
        relayed(sid, "relay-b", "1", 0, 0, 0);

        List<SessionView> after =
                log.query(owner, ALL, Cursor.checked(null, 2, 10)).items();

        SessionView pumps = after.get(1);
        assertThat(pumps.relayedFromClient()).isEqualTo(60);
        assertThat(pumps.relayedFromDevice()).isEqualTo(600);
        assertThat(pumps.relayedMillis()).isEqualTo(101_500);
        assertThat(pumps.relays()).as("as it came to them").containsExactly("relay-z", "relay-a", "relay-b");
        assertThat(after.get(0).relayedMillis()).as("of another session").isNull();
        assertThat(after.get(0).relays()).isEmpty();

        domain.sql
                .in(sample.id)
                .statement("update remote_session set relay = 'relay-b' where domain_id = :domain and sid = :sid")
                .set("sid", sid)
                .update();
        assertThat(log.query(owner, ALL, Cursor.checked(null, 2, 10))
                        .items()
                        .get(1)
                        .relays())
                .as("the first one first")
                .containsExactly("relay-b", "relay-z", "relay-a");
    }

    private List<String> names(Caller caller, ConnectionFilter filter, int limit) throws RefusedException {
        List<String> names = new ArrayList<>();
        @Nullable String next = null;
        do {
            Slice<SessionView> slice = log.query(caller, filter, Cursor.checked(next, 2, limit));
            slice.items().forEach(view -> names.add(view.deviceName() + "/" + view.userName()));
            next = slice.next();
        } while (next != null);
        return names;
    }

    private static final ConnectionFilter ALL = new ConnectionFilter(null, null, null, null, null, null);

    private void three() {
        connection(pump, "pump", "anna");
        connection(printer, "printer", "bert");
        connection(domain.ids.next(), "gone", "anna");
    }

    @Test
    void readerSeesWhereTheRightIsHeldAndNothingElse() throws RefusedException {
        three();
        Caller reader = sample.user("reader");
        assertThat(names(reader, ALL, 10)).isEmpty();
        sample.entry(plant, reader.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        assertThat(names(reader, ALL, 10)).containsExactly("pump/anna");
        Caller owner = sample.owner();
        assertThat(names(owner, ALL, 2)).containsExactly("gone/anna", "printer/bert", "pump/anna");
        sample.entry(office, owner.userId(), Permission.VIEW_CONNECTION_LOG, Effect.DENY);
        assertThat(names(owner, ALL, 1)).containsExactly("gone/anna", "pump/anna");
        assertThat(names(new Sample(domain).owner(), ALL, 10)).isEmpty();
    }

    @Test
    void filtersCombine() throws RefusedException {
        three();
        Caller owner = sample.owner();
        assertThat(names(owner, new ConnectionFilter(null, null, null, pump, null, null), 10))
                .containsExactly("pump/anna");
        assertThat(names(owner, new ConnectionFilter(null, null, person("anna"), null, null, null), 10))
                .containsExactly("gone/anna", "pump/anna");
        assertThat(names(owner, new ConnectionFilter(null, null, person("bert"), null, "ended", "print"), 10))
                .containsExactly("printer/bert");
        assertThat(names(owner, new ConnectionFilter(null, null, person("anna"), pump, null, null), 10))
                .containsExactly("pump/anna");
        assertThat(names(owner, new ConnectionFilter(null, null, person("anna"), printer, null, null), 10))
                .isEmpty();
        assertThat(names(owner, new ConnectionFilter(null, null, person("bert"), null, null, "anna"), 10))
                .isEmpty();
        assertThat(names(owner, new ConnectionFilter(null, null, null, null, "ended", "ANN"), 10))
                .containsExactly("gone/anna", "pump/anna");
        assertThat(names(owner, new ConnectionFilter(start.plusSeconds(60), null, null, null, null, null), 10))
                .containsExactly("gone/anna", "printer/bert");
        assertThat(names(owner, new ConnectionFilter(null, null, null, null, "running", null), 10))
                .isEmpty();
    }

    @Test
    void pageLooksAtABoundedNumberOfRowsAndGoesOn() throws RefusedException {
        connection(pump, "pump", "needle");
        domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state,
                          created, started, ended, client_address)
                        values (:sid, :domain, :device, 'pump', :device, 'hay', 'terminal', '', 'ended', :now, :now, :now, '192.0.2.1')""")
                .set("device", pump)
                .updateEach(
                        IntStream.rangeClosed(1, ConnectionLog.SCAN + 10)
                                .boxed()
                                .toList(),
                        (row, n) -> row.set("sid", SessionId.random().hex())
                                .set("now", domain.clock.instant().plusMillis(n)));
        Caller owner = sample.owner();
        ConnectionFilter filter = new ConnectionFilter(null, null, null, null, null, "needle");
        Slice<SessionView> first = log.query(owner, filter, Cursor.first(10));
        assertThat(first.items()).isEmpty();
        assertThat(Cursor.checked(first.next(), 2, 10).position().get(1))
                .as("no session, for it may be one that the caller does not see")
                .isEmpty();
        assertThat(names(owner, filter, 10)).containsExactly("pump/needle");
    }

    /** Sessions of devices that have no real key must not stay: what looks after running sessions looks at those of all domains. */
    @AfterEach
    void nothingRunsAnyMore() {
        domain.sql
                .in(sample.id)
                .statement("update remote_session set state = 'ended', ended = now(3)"
                        + " where domain_id = :domain and ended is null")
                .update();
    }

    @Test
    void historyOfADeviceIsReadInPages() throws RefusedException {
        for (int i = 0; i < 5; i++) {
            connection(pump, "pump", "user" + i);
        }
        Caller owner = sample.owner();
        Sessions sessions = domain.get(Sessions.class);
        List<String> names = new ArrayList<>();
        @Nullable String next = null;
        do {
            Slice<SessionView> page = sessions.ofDevice(owner, pump, Cursor.checked(next, 2, 2));
            page.items().forEach(view -> names.add(view.userName()));
            next = page.next();
        } while (next != null);
        assertThat(names).containsExactly("user4", "user3", "user2", "user1", "user0");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> sessions.ofDevice(owner, pump, new Cursor(List.of("yesterday", "x"), 2)));
        domain.sql
                .in(sample.id)
                .statement("update remote_session set state = 'running', ended = null where domain_id = :domain")
                .update();
        Slice<SessionView> first = sessions.live(owner, pump, Cursor.first(3));
        assertThat(first.items()).hasSize(3);
        assertThat(sessions.live(owner, pump, Cursor.checked(first.next(), 2, 3))
                        .items())
                .hasSize(2);
        assertThat(sessions.live(owner, printer, Cursor.first(3)).items()).isEmpty();
        assertThat(sessions.live(owner, null, Cursor.first(9)).items()).hasSize(5);
    }

    @Test
    void exportIsRefusedToWhoMayReadNothing() {
        Caller reader = sample.user("reader");
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> log.exporting(reader, "x"));
        assertThat(recorded(reader)).containsExactly("access denied");
        sample.entry(plant, reader.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        String what = "connection log as CSV: " + new ConnectionFilter(start, null, null, pump, "ended", "=x");
        assertThatNoException().isThrownBy(() -> log.exporting(reader, what));
        assertThat(recorded(reader)).containsExactly("access denied", "audit.export success");
        assertThat(sample.audited("audit.export"))
                .extracting(AuditEntry::detail)
                .containsExactly(
                        "connection log as CSV: from %s, device %s, state ended, text =x".formatted(start, pump));
        assertThat(ALL).hasToString("everything");
    }

    private List<String> recorded(Caller caller) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(code, ' ', outcome) from bascule_audit.audit_event"
                        + " where domain_id = :domain and user_id = :user order by id")
                .set("user", caller.userId())
                .list(row -> row.text(1));
    }
}
