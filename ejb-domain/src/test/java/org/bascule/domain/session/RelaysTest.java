package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.FixedRelays;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.relay.RelayDirectory;
import org.bascule.domain.relay.TestRelayHost;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.SessionId;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.session.RelayAddress;
import org.junit.jupiter.api.Test;

/** Which relay a session uses. */
class RelaysTest {

    private final TestDomain domain = new TestDomain().started();
    private final Relays relays = domain.get(Relays.class);
    /** After it, what is known of relays is read anew. */
    private static final Duration LIST_AGE = Duration.ofSeconds(3);

    private final RelayDirectory directory = domain.get(RelayDirectory.class);
    private final SessionId sid = SessionId.random();

    private String chosen(Map<String, Long> client, Map<String, Long> device) {
        return relays.choose(directory.candidates(), sid, client, device)
                .orElseThrow()
                .id();
    }

    private List<String> order(Map<String, Long> client, Map<String, Long> device) {
        return relays.reserve(directory.candidates(), sid, client, device).stream()
                .map(LiveRelay::id)
                .toList();
    }

    private TestRelayHost relay(long capacity, long sessions) throws Exception {
        TestRelayHost relay = new TestRelayHost(domain, "r9");
        relay.load = new RelayLoad(capacity, sessions, 0, 0, false);
        return relay.approved();
    }

    @Test
    void shortestWayFromEndToEndWins() throws Exception {
        relay(100, 0);
        Map<String, Long> client = Map.of("r1", 10L, "r2", 50L, "r9", 30L);
        assertThat(chosen(client, Map.of("r1", 100L, "r2", 100L, "r9", 20L))).isEqualTo("r9");
        assertThat(order(client, Map.of("r1", 100L, "r2", 100L, "r9", 20L))).containsExactly("r9", "r1", "r2");
        assertThat(order(client, Map.of())).containsExactly("r1", "r9", "r2");
        assertThat(chosen(Map.of("r2", 900L), Map.of()))
                .as("who could not reach it is far from it")
                .isEqualTo("r2");
    }

    @Test
    void aBusyRelayIsFartherAndAFullOneIsTheLast() throws Exception {
        TestRelayHost relay = relay(100, 70);
        Map<String, Long> ways = Map.of("r1", 60L, "r2", 80L, "r9", 10L);
        assertThat(chosen(ways, ways)).isEqualTo("r9");
        relay.load = new RelayLoad(100, 90, 0, 0, false);
        relay.approved();
        assertThat(order(ways, ways)).as("133 ms more").containsExactly("r1", "r9", "r2");
        relay.load = new RelayLoad(100, 100, 0, 0, false);
        relay.approved();
        assertThat(order(ways, Map.of("r9", 1L))).as("though the way is short").containsExactly("r1", "r2", "r9");
    }

    /** A few sessions may be all that it can carry. */
    @Test
    void aRelayWithoutAnyProcessorLeftIsFarther() throws Exception {
        TestRelayHost relay = relay(100, 0);
        Map<String, Long> ways = Map.of("r1", 60L, "r2", 80L, "r9", 10L);
        relay.load = new RelayLoad(100, 1, 0, 70, false);
        relay.approved();
        assertThat(chosen(ways, ways)).isEqualTo("r9");
        relay.load = new RelayLoad(100, 1, 0, 90, false);
        relay.approved();
        assertThat(order(ways, ways)).as("133 ms more").containsExactly("r1", "r9", "r2");
        relay.load = new RelayLoad(100, 1, 0, 100, false);
        relay.approved();
        assertThat(order(ways, ways)).as("200 ms more, but never full").containsExactly("r1", "r2", "r9");
    }

    @Test
    void whatIsAwayIsUsedOnlyIfNothingElseIsThere() throws Exception {
        TestRelayHost first = new TestRelayHost(domain, "r1");
        first.load = new RelayLoad(10, 0, 0, 0, true);
        first.approved();
        assertThat(order(Map.of("r1", 1L), Map.of("r1", 1L))).containsExactly("r2");
        TestRelayHost second = new TestRelayHost(domain, "r2");
        second.load = new RelayLoad(10, 0, 0, 0, true);
        second.approved();
        assertThat(order(Map.of("r1", 1L), Map.of("r1", 1L))).containsExactly("r1", "r2");
        assertThat(domain.get(RelayDirectory.class).candidates()).hasSize(2);
    }

    /** No other is taken instead: somebody wanted this one. */
    @Test
    void nobodyIsSentElsewhereWhileTheRelayThatIsSetIsAway() throws Exception {
        TestRelayHost relay = relay(100, 0);
        Sample sample = new Sample(domain);
        Caller owner = sample.owner();
        String device = sample.device(sample.root, "pump");
        FixedRelays fixed = domain.get(FixedRelays.class);
        domain.transactions.inNew(
                () -> fixed.put(owner, device, fixed.read(owner, device).revision(), "r9"));
        assertThat(sentTo(owner, device)).containsExactly("r9");

        domain.clock.advance(RelayHeartbeat.SILENCE.plusSeconds(1));
        assertNotThere(owner, device);
        relay.beat();
        domain.clock.advance(LIST_AGE);
        assertThat(sentTo(owner, device)).containsExactly("r9");

        relay.load = new RelayLoad(100, 0, 0, 0, true);
        relay.beat();
        domain.clock.advance(LIST_AGE);
        assertNotThere(owner, device);

        domain.sql
                .acrossDomains()
                .statement("delete from relay where id = 'r9'")
                .update();
        domain.clock.advance(LIST_AGE);
        assertNotThere(owner, device);
    }

    private List<String> sentTo(Caller caller, String device) throws RefusedException {
        return relays
                .addresses(relays.usable(caller.domainId(), device, caller.userId()), sid, ClientKind.BROWSER)
                .stream()
                .map(RelayAddress::id)
                .toList();
    }

    private void assertNotThere(Caller caller, String device) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> sentTo(caller, device))
                .returns(Problem.UNAVAILABLE, RefusedException::problem)
                .withMessageContaining("r9");
    }

    @Test
    void withoutFiguresTheSessionDecidesSoThatLoadSpreads() {
        long first = IntStream.range(0, 400)
                .mapToObj(i -> relays.choose(directory.candidates(), SessionId.random(), Map.of(), Map.of())
                        .orElseThrow()
                        .id())
                .filter("r1"::equals)
                .count();
        assertThat(first).isBetween(120L, 280L);
    }
}
