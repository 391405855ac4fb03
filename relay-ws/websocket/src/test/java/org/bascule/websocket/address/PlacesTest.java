package org.bascule.websocket.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacesTest {

    private final Places<String> places = new Places<>(6, 4);

    /** @return who gives way, or {@code none}, or {@code refused} */
    private String enter(String comer, String network) {
        Places.Outcome<String> outcome = places.enter(comer, known(network));
        return outcome.taken() ? outcome.givesWay().orElse("none") : "refused";
    }

    private static Optional<String> known(String network) {
        return Optional.of(network).filter(name -> !name.isEmpty());
    }

    @Test
    void theFirstOfTheLargestNetworkGivesWay() {
        assertThat(enter("a1", "a")).isEqualTo("none");
        for (String next : new String[] {"a2", "a3", "a4"}) {
            assertThat(enter(next, "a")).isEqualTo("none");
        }
        assertThat(enter("a5", "a")).as("too many of one").isEqualTo("refused");
        assertThat(enter("b1", "b")).isEqualTo("none");
        assertThat(enter("p1", "")).isEqualTo("none");
        assertThat(enter("c1", "c")).isEqualTo("a1");
        assertThat(enter("p2", "")).isEqualTo("a2");
        assertThat(enter("b2", "b")).as("nothing would be more even").isEqualTo("refused");
        assertThat(places.all()).isEqualTo(6);
    }

    @Test
    void whoGaveWayLeavesNoPlaceAgain() {
        for (String next : new String[] {"a1", "a2", "a3", "a4"}) {
            enter(next, "a");
        }
        enter("p1", "");
        enter("p2", "");
        assertThat(enter("b1", "b")).isEqualTo("a1");
        places.leave("a1", Optional.of("a"));
        assertThat(places.all()).isEqualTo(6);
        places.leave("a2", Optional.of("a"));
        places.leave("p1", Optional.empty());
        assertThat(places.all()).isEqualTo(4);
        for (String member : new String[] {"a3", "a4"}) {
            places.leave(member, Optional.of("a"));
        }
        places.leave("b1", Optional.of("b"));
        places.leave("p2", Optional.empty());
        assertThat(places.all()).isZero();
    }
}
