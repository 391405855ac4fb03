package org.bascule.relay.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.relay.pairing.TestLobby.End;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayClose;
import org.junit.jupiter.api.Test;

/** Places for connections that have not proved themselves. */
class UnprovedTest {

    private final SessionId sid = SessionId.random();

    private static TestLobby lobby(int max, int maxPerAddress) {
        return new TestLobby(
                new LobbyLimits(
                        Duration.ofSeconds(5), Duration.ofSeconds(30), max, maxPerAddress, 10, FlowLimits.DEFAULT),
                1 << 20);
    }

    private void assertRefused(TestLobby test, String address) {
        FakeLink link = new FakeLink(address);
        assertThat(test.lobby.open(link, sid)).isEmpty();
        assertThat(link.closed()).contains(RelayClose.LIMIT);
    }

    @Test
    void anAddressHasSoManyUntilOneHasProvedItself() {
        TestLobby test = lobby(10, 2);
        test.stranger("192.0.2.1");
        End second = test.stranger("192.0.2.1");
        assertRefused(test, "192.0.2.1");
        test.stranger("192.0.2.2");
        test.prove(second, "client:0");
        test.stranger("192.0.2.1");
        assertRefused(test, "192.0.2.1");
        assertThat(test.lobby.unproved()).isEqualTo(3);
    }

    @Test
    void whoHasAnIpv6AddressHasAllThatAreBesideIt() {
        TestLobby test = lobby(10, 2);
        End first = test.stranger("2001:db8:1:2::1");
        test.stranger("2001:db8:1:2:a::2");
        assertRefused(test, "2001:db8:1:2:ffff:ffff:ffff:ffff");
        test.stranger("2001:db8:1:3::1");
        first.connection().ended();
        test.stranger("2001:db8:1:2::4");
    }

    /** Whoever has one network of IPv6 usually has 65,536. */
    @Test
    void aSiteHasTenTimesAsManyAsAnAddress() {
        TestLobby test = lobby(1_000, 2);
        for (int network = 0; network < 10; network++) {
            test.stranger("2001:db8:1:" + network + "::1");
            test.stranger("2001:db8:1:" + network + "::2");
        }
        assertRefused(test, "2001:db8:1:a::1");
        test.stranger("2001:db8:2:a::1");
    }

    @Test
    void theOldestOfTheSiteThatHasMostGivesWay() {
        TestLobby test = lobby(LobbyLimits.DEFAULT.maxUnproved(), LobbyLimits.DEFAULT.maxUnprovedPerAddress());
        List<End> flood = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            flood.add(test.stranger("198.51." + i % 20 + ".1"));
        }
        assertThat(test.lobby.unproved()).isEqualTo(1_000);
        for (int i = 0; i < 40; i++) {
            End honest = test.stranger("192.0.2." + i);
            assertThat(honest.link().closed()).isEmpty();
            test.prove(honest, "client:0");
            assertThat(honest.link().sent()).endsWith("waiting");
            honest.connection().ended();
        }
        long closed = flood.stream()
                .map(end -> end.link().closed())
                .flatMap(Optional::stream)
                .filter(RelayClose.LIMIT::equals)
                .count();
        assertThat(closed).as("the first needed a place, the others had it").isEqualTo(1);
        for (int i = 0; i < 30; i++) {
            test.stranger("192.0.2." + i);
        }
        assertThat(flood.subList(0, 20))
                .as("the oldest of each")
                .allMatch(end -> end.link().closed().isPresent());
        assertThat(flood.subList(100, 1_000))
                .allMatch(end -> end.link().closed().isEmpty());
        assertThat(test.lobby.unproved()).isEqualTo(1_000);
        assertThat(test.lobby.connections()).isEqualTo(1_000);
    }

    @Test
    void whoHasProvedHimselfKeepsHisPlace() {
        TestLobby test = lobby(2, 2);
        End proved = test.stranger("192.0.2.1");
        test.prove(proved, "client:0");
        End first = test.stranger("192.0.2.1");
        test.stranger("192.0.2.1");
        test.stranger("198.51.100.1");
        assertThat(proved.link().closed()).isEmpty();
        assertThat(first.link().closed()).contains(RelayClose.LIMIT);
        proved.connection().giveWay();
        assertThat(proved.link().closed()).isEmpty();
    }
}
