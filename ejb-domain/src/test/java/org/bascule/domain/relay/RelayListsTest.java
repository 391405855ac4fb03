package org.bascule.domain.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.ControlPublicKey;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.Test;

/** What ends are told of relays. */
class RelayListsTest {

    private final TestDomain domain = new TestDomain().started();
    private final RelayLists lists = domain.get(RelayLists.class);

    private RelayList read() throws Exception {
        KeySet keys = domain.get(Installation.class).requireKeySet().keys();
        ControlPublicKey control = ControlPublicKey.parse(keys.keys().stream()
                .filter(key -> key.role() == KeySet.Role.CONTROL)
                .findFirst()
                .orElseThrow()
                .raw());
        return RelayList.verify(lists.current().signed(), control, domain.clock.instant());
    }

    private static List<String> ids(RelayList list) {
        return list.relays().stream().map(relay -> relay.address().id()).toList();
    }

    private long told() {
        lists.sweep();
        return domain.live.stream()
                .filter(LiveEvent.RelaysChanged.class::isInstance)
                .count();
    }

    @Test
    void isSignedAnewWithEachChangeAndAfterTenMinutes() throws Exception {
        RelayList before = read();
        assertThat(ids(before)).containsExactly("r1", "r2");
        assertThat(before.relays().get(1).address().url()).as("for agents").isEqualTo("wss://r2.example:8443/relay");
        domain.clock.advance(Duration.ofMinutes(9));
        assertThat(read().number()).isEqualTo(before.number());
        domain.clock.advance(Duration.ofMinutes(1));
        RelayList later = read();
        assertThat(later.number()).isGreaterThan(before.number());
        assertThat(later.probe()).isNotEqualTo(before.probe());

        TestRelayHost relay = new TestRelayHost(domain, "r9").approved();
        RelayList changed = read();
        assertThat(ids(changed)).containsExactly("r1", "r2", "r9");
        assertThat(changed.number()).isGreaterThan(later.number());
        relay.load = new RelayLoad(100, 50, 1_000, 0, false);
        relay.beat();
        domain.clock.advance(RelayDirectory.KEPT);
        assertThat(read().number()).as("load makes no other list").isEqualTo(changed.number());
        domain.clock.advance(Duration.ofSeconds(40));
        assertThat(ids(read())).as("it is silent").containsExactly("r1", "r2");
    }

    @Test
    void leaveToMeasureIsSignedForRelays() throws Exception {
        String probe = lists.current().probe();
        KeySet keys = domain.get(Installation.class).requireKeySet().keys();
        assertThat(ProbeToken.verify(probe, keys, domain.clock.instant()).expires())
                .isAfter(domain.clock.instant().plus(Duration.ofMinutes(29)));
        assertThat(read().probe()).isEqualTo(probe);
    }

    @Test
    void pagesAreToldOfChangesOnce() throws Exception {
        long before = told();
        assertThat(told()).isEqualTo(before);
        new TestRelayHost(domain, "r9").approved();
        assertThat(told()).isEqualTo(before + 1);
        assertThat(told()).isEqualTo(before + 1);
        assertThat(new LiveEvent.RelaysChanged().domainId()).isEmpty();
    }

    @Test
    void nothingIsSignedBeforeTheKeySetIsInForce() throws WireException {
        TestDomain fresh = new TestDomain();
        fresh.get(Installation.class).start();
        assertThat(fresh.get(RelayLists.class).ifSigned()).isEmpty();
    }
}
