package org.bascule.domain.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.registry.RelayTraffic;
import org.junit.jupiter.api.Test;

/** REL-6: what relays have counted. */
class RelayTrafficTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final TestRelayHost relay = new TestRelayHost(domain, "r9");
    private final SessionId sid = SessionId.random();

    private void send(RelayIdentityKey key, RelayTraffic.Pair... pairs) throws Exception {
        String signed = new RelayTraffic(
                        domain.get(Installation.class)
                                .requireKeySet()
                                .keys()
                                .root()
                                .hash(),
                        domain.clock.instant(),
                        "r9",
                        List.of(pairs))
                .sign(key);
        domain.transactions.run(() -> domain.get(RelayRegistrations.class).traffic(signed));
    }

    private void session() {
        domain.transactions.run(() -> domain.sql
                .in(sample.id)
                .statement(
                        """
                        insert into remote_session (sid, domain_id, device_id, device_name, user_id, user_name, operations, account, state, created, client_address)
                        values (:sid, :domain, :id, 'pump', :id, 'engineer', 'terminal', '', 'running', :now, '192.0.2.1')""")
                .set("sid", sid.hex())
                .set("id", sample.root)
                .set("now", domain.clock.instant())
                .update());
    }

    /** The ends of the session got tokens for this relay. */
    private void given(String id) {
        domain.sql
                .acrossDomains()
                .statement("insert into session_relay (sid, relay) values (:sid, :relay)")
                .set("sid", sid.hex())
                .set("relay", id)
                .update();
    }

    private String counted() {
        return domain.sql
                .in(sample.id)
                .statement(
                        """
                        select concat(count(*), ' ', coalesce(sum(t.from_client), 0), ' ', coalesce(sum(t.from_device), 0))
                        from relay_traffic t join remote_session s on s.sid = t.sid where s.domain_id = :domain""")
                .first(row -> row.text(1))
                .orElseThrow();
    }

    @Test
    void figuresOfAMeetingOnlyGrowAndMeetingsAddUp() throws Exception {
        relay.approved();
        session();
        given("r9");
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 10, 100, 1_000));
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 10, 100, 1_000));
        assertThat(counted()).isEqualTo("1 10 100");
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 30, 300, 2_000), new RelayTraffic.Pair(sid, "b", 1, 1, 5));
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 20, 200, 1_500));
        assertThat(counted()).as("a report that comes late takes nothing away").isEqualTo("2 31 301");
    }

    /** The log says in which order a session came to its relays. */
    @Test
    void whenBothEndsMetIsWhatTheFirstReportSays() throws Exception {
        relay.approved();
        session();
        given("r9");
        Instant met = domain.clock.instant();
        domain.clock.advance(Duration.ofSeconds(7));
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 10, 100, 7_000));
        domain.clock.advance(Duration.ofSeconds(10));
        send(
                relay.key(),
                new RelayTraffic.Pair(sid, "a", 20, 200, 16_000),
                new RelayTraffic.Pair(sid, "b", 1, 1, 4_000));
        List<Instant> began = domain.sql
                .in(sample.id)
                .statement("select t.began from relay_traffic t join remote_session s on s.sid = t.sid"
                        + " where s.domain_id = :domain order by t.pair")
                .list(row -> row.instant(1));
        assertThat(began).containsExactly(met, met.plusSeconds(13));
    }

    @Test
    void whatIsThereGrowsThoughNothingMoreIsTaken() throws Exception {
        relay.approved();
        session();
        given("r9");
        for (int from = 0; from < RelayStore.MAX_ACCOUNTS; from += RelayTraffic.MAX_PAIRS) {
            send(
                    relay.key(),
                    IntStream.range(from, from + RelayTraffic.MAX_PAIRS)
                            .mapToObj(i -> new RelayTraffic.Pair(sid, Integer.toHexString(i), 1, 1, 1))
                            .toArray(RelayTraffic.Pair[]::new));
        }
        assertThat(counted()).isEqualTo("1000 1000 1000");
        send(relay.key(), new RelayTraffic.Pair(sid, "ffff", 1, 1, 1), new RelayTraffic.Pair(sid, "a", 5_001, 1, 1));
        assertThat(counted()).isEqualTo("1000 6000 1000");
    }

    @Test
    void sessionsThatAreNotThereAreLeftOut() throws Exception {
        relay.approved();
        session();
        given("r9");
        send(
                relay.key(),
                new RelayTraffic.Pair(SessionId.random(), "a", 10, 100, 1_000),
                new RelayTraffic.Pair(sid, "a", 1, 2, 3));
        assertThat(counted()).isEqualTo("1 1 2");
    }

    @Test
    void aRelayThatTheSessionWasNeverGivenIsNotBelieved() throws Exception {
        relay.approved();
        new TestRelayHost(domain, "r8").approved();
        session();
        given("r8");
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 10, 100, 1_000));
        assertThat(counted()).isEqualTo("0 0 0");
        given("r9");
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 10, 100, 1_000));
        assertThat(counted()).isEqualTo("1 10 100");
    }

    @Test
    void nothingIsNewOfSessionsThatAreLongOver() throws Exception {
        relay.approved();
        session();
        given("r9");
        domain.sql
                .in(sample.id)
                .statement(
                        "update remote_session set state = 'ended', ended = :now where domain_id = :domain and sid = :sid")
                .set("now", domain.clock.instant())
                .set("sid", sid.hex())
                .update();
        domain.clock.advance(RelayRegistrations.TOLD_WITHIN);
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 10, 100, 1_000));
        assertThat(counted()).as("told late").isEqualTo("1 10 100");
        domain.clock.advance(Duration.ofSeconds(1));
        send(relay.key(), new RelayTraffic.Pair(sid, "a", 11, 101, 1_000), new RelayTraffic.Pair(sid, "b", 1, 1, 1));
        assertThat(counted()).isEqualTo("1 10 100");
    }

    @Test
    void onlyAnApprovedRelayIsBelieved() throws Exception {
        session();
        given("r9");
        RelayTraffic.Pair pair = new RelayTraffic.Pair(sid, "a", 10, 100, 1_000);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> send(relay.key(), pair))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        relay.beat();
        assertThatExceptionOfType(RefusedException.class)
                .as("it waits for approval")
                .isThrownBy(() -> send(relay.key(), pair))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        relay.approved();
        assertThatExceptionOfType(WireException.class)
                .as("another key")
                .isThrownBy(() -> send(RelayIdentityKey.generate(), pair));
        assertThat(counted()).isEqualTo("0 0 0");
    }
}
