package org.bascule.domain.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.LongStream;
import org.bascule.domain.relay.RelayDistances.Distance;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

class RelayDistancesTest {

    private final TestDomain domain = new TestDomain().started();
    private final RelayDistances distances = domain.get(RelayDistances.class);

    private void relay(String id, String region) throws Exception {
        TestRelayHost relay = new TestRelayHost(domain, id);
        relay.region = region;
        relay.approved();
    }

    @Test
    void anEndIsInTheRegionOfItsNearestRelay() throws Exception {
        relay("east", "Asia");
        relay("west", "Europe");
        distances.measured(Map.of("east", 200L, "west", 10L, "unknown", 1L));
        distances.measured(Map.of("east", 220L, "west", 12L));
        distances.measured(Map.of("east", 180L, "west", 11L));
        distances.measured(Map.of("east", 5L, "west", 190L));
        assertThat(distances.to("east")).containsExactly(new Distance("Asia", 5, 1), new Distance("Europe", 200, 3));
        assertThat(distances.to("west")).containsExactly(new Distance("Asia", 190, 1), new Distance("Europe", 11, 3));
        assertThat(distances.to("unknown")).isEmpty();
    }

    @Test
    void onlyTheNewestCount() throws Exception {
        relay("west", "Europe");
        LongStream.range(0, 1_000).forEach(i -> distances.measured(Map.of("west", i)));
        assertThat(distances.to("west"))
                .containsExactly(new Distance("Europe", 1_000 - RelayDistances.NEWEST / 2, RelayDistances.NEWEST));
    }

    @Test
    void whoMeasuredNothingOrIsNearARelayWithoutARegionSaysNothing() throws Exception {
        relay("west", "Europe");
        distances.measured(Map.of());
        distances.measured(Map.of("r1", 1L, "west", 20L));
        assertThat(distances.to("west")).isEmpty();
    }
}
