package org.bascule.domain.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bascule.domain.guard.Network;
import org.bascule.domain.relay.WaitingRelays.Waiting;
import org.junit.jupiter.api.Test;

class WaitingRelaysTest {

    private final List<Waiting> waiting = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** @return whether it got a place */
    private boolean comes(String id, String address) {
        now = now.plusSeconds(1);
        Network network = Network.of(address);
        WaitingRelays places = new WaitingRelays(waiting);
        if (!places.hasRoom(network, now)) {
            return false;
        }
        places.givesWay(network, now).ifPresent(waiting::remove);
        waiting.add(new Waiting(id, network, now));
        assertThat(waiting).hasSizeLessThanOrEqualTo(WaitingRelays.PLACES);
        return true;
    }

    private Optional<String> gives(String address) {
        return new WaitingRelays(waiting).givesWay(Network.of(address), now).map(Waiting::id);
    }

    /** Of each site so many, at different addresses. */
    private void fill(int sites, int ofEach) {
        for (int i = 0; i < ofEach; i++) {
            for (int site = 0; site < sites; site++) {
                assertThat(comes("s%d-%d".formatted(site, i), "192.0.%d.%d".formatted(site, i)))
                        .isTrue();
            }
        }
    }

    @Test
    void theOldestOfTheNetworkThatHasMostGivesWay() {
        fill(7, 7);
        comes("lonely", "203.0.113.1");
        assertThat(gives("203.0.113.1")).contains("s0-0");
        assertThat(gives("2001:db8::1")).contains("s0-0");
        comes("other", "2001:db8::1");
        assertThat(gives("2001:db8:1::1")).contains("s1-0");
        assertThat(gives("192.0.1.99")).as("it has as many as any other").isEmpty();
    }

    @Test
    void amongNeighboursTheAddressThatHasMostGivesWay() {
        for (int i = 0; i < WaitingRelays.PLACES; i++) {
            assertThat(comes("n" + i, "2001:db8:0:%x::%d".formatted(i < 46 ? 1 + i : 9, 1 + i)))
                    .isTrue();
        }
        assertThat(gives("2001:db8:0:ffff::1")).contains("n8");
        assertThat(gives("2001:db8:0:1::1")).contains("n8");
        assertThat(gives("2001:db8:0:9::1")).isEmpty();
    }

    @Test
    void whereAllAreEvenWhoWaitsForLongGivesWay() {
        fill(50, 1);
        assertThat(comes("late", "203.0.113.1")).isFalse();
        now = now.plus(WaitingRelays.LONG).minusSeconds(52);
        assertThat(comes("late", "203.0.113.1")).isFalse();
        assertThat(comes("late", "203.0.113.1")).isTrue();
        assertThat(waiting).extracting(Waiting::id).doesNotContain("s0-0").contains("s1-0");
        now = now.plus(Duration.ofHours(2));
        assertThat(comes("again", "203.0.113.1")).as("it has its place").isFalse();
    }

    /** Each time is a record in the audit log. */
    @Test
    void strangersFromHoweverManyNetworksCannotGoOnPushingOneAnotherOut() {
        Random random = new Random(1);
        comes("real", "203.0.113.1");
        int came = 0;
        for (int i = 0; i < 3_000; i++) {
            int site = random.nextInt(20);
            if (comes("x" + i, "192.0.%d.%d".formatted(site, random.nextInt(3)))) {
                came++;
            }
        }
        assertThat(came).isLessThan(200);
        assertThat(waiting).extracting(Waiting::id).contains("real");
    }
}
