package org.bascule.domain.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.bascule.wire.relay.TrafficLimits;
import org.junit.jupiter.api.Test;

/** What relays let through, as it is set. */
class SettingsProducerTest {

    private static TrafficLimits limits(Map<String, String> settings) {
        return SettingsProducer.trafficLimits(name -> Optional.ofNullable(settings.get(name)));
    }

    @Test
    void eachLimitHasASettingOfItsOwn() {
        assertThat(limits(Map.of())).isEqualTo(new TrafficLimits(0, 0, 0));
        assertThat(limits(Map.of("bascule.traffic.session-rate", "100000")))
                .isEqualTo(new TrafficLimits(100_000, 0, 0));
        assertThat(limits(Map.of("bascule.traffic.domain-rate", "200000"))).isEqualTo(new TrafficLimits(0, 200_000, 0));
        assertThat(limits(Map.of("bascule.traffic.domain-sessions", "7"))).isEqualTo(new TrafficLimits(0, 0, 7));
    }

    @Test
    void whatIsNoNumberIsAMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limits(Map.of("bascule.traffic.domain-rate", "2 MB")))
                .withMessage("bascule.traffic.domain-rate must be a whole number");
    }
}
