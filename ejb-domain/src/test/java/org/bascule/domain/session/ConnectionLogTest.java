package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConnectionLogTest {

    private final TestDomain domain = new TestDomain().started();
    private final ConnectionLog log = domain.get(ConnectionLog.class);
    private final Sample sample = new Sample(domain);
    private final String plant = sample.folder(sample.root, "plant");
    private final String office = sample.folder(sample.root, "office");
    private final String pump = sample.device(plant, "pump");
    private final String printer = sample.device(office, "printer");
    private final Instant start = domain.clock.instant();

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
                .set("user", domain.ids.next())
                .set("userName", userName)
                .set("now", domain.clock.instant())
                .set("end", domain.clock.instant().plusSeconds(60))
                .update();
        domain.clock.advance(Duration.ofMinutes(2));
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
        assertThat(names(owner, new ConnectionFilter(null, null, null, null, "ended", "ANN"), 10))
                .containsExactly("gone/anna", "pump/anna");
        assertThat(names(owner, new ConnectionFilter(start.plusSeconds(60), null, null, null, null, null), 10))
                .containsExactly("gone/anna", "printer/bert");
        assertThat(names(owner, new ConnectionFilter(null, null, null, null, "running", null), 10))
                .isEmpty();
    }

    @Test
    void reportSumsWhatItsReaderMaySee() throws RefusedException {
        three();
        connection(pump, "pump", "anna");
        Caller owner = sample.owner();
        Instant end = domain.clock.instant();
        assertThat(log.sums(owner, null, start, end))
                .extracting(sum -> sum.deviceName() + " " + sum.sessions() + " " + sum.seconds() + " " + sum.bytesOut())
                .containsExactly("pump 2 120 40", "gone 1 60 20", "printer 1 60 20");
        assertThat(log.sums(owner, plant, start.plusSeconds(30), end))
                .extracting(sum -> sum.deviceName() + " " + sum.sessions() + " " + sum.seconds())
                .containsExactly("pump 2 90");
        Caller reader = sample.user("reader");
        sample.entry(plant, reader.userId(), Permission.VIEW_CONNECTION_LOG, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> log.sums(reader, null, start, end));
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> log.sums(reader, office, start, end));
        assertThat(log.sums(reader, plant, start, end)).hasSize(1);
    }
}
