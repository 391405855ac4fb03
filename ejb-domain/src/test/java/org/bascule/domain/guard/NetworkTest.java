package org.bascule.domain.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "203.0.113.7, 203.0.113.7/32,",
        "::ffff:203.0.113.7, 203.0.113.7/32,",
        "::ffff:cb00:7107, 203.0.113.7/32,",
        "0:0:0:0:0:FFFF:CB00:7107, 203.0.113.7/32,",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64, 2001:db8:1::/48",
        "2001:DB8:1:2::1, 2001:db8:1:2::/64, 2001:db8:1::/48",
        "2001:0db8:0001:0000:ffff::, 2001:db8:1::/64, 2001:db8:1::/48",
        "2001:db8:0:7::, 2001:db8:0:7::/64, 2001:db8::/48",
        "fe80::1%eth0, fe80::/64, fe80::/48",
        "0:0:0:0:0:0:0:1, ::/64, ::/48",
    })
    void addressesThatSomebodyHasTogetherAreOne(String address, String text, String wide) {
        assertThat(Network.of(address)).isEqualTo(new Network(text, wide));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "unknown", "localhost", "1.2.3", "1.2.3.4.5", "999.1.1.1", ":::", "1.2.3.4, 5.6.7.8", "[::1]"
            })
    void whatIsNoAddressIsOneAddress(String text) {
        assertThat(Network.of(text)).isEqualTo(Network.of("nonsense"));
        assertThat(Network.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.0/24",
        "::ffff:203.0.113.9, 203.0.113.0/24",
        "2001:db8:1:2::3, 2001:db8:1::/48",
        "nonsense, unknown"
    })
    void aSiteHasSeveral(String address, String site) {
        assertThat(Network.of(address).site()).isEqualTo(site);
    }

    @Test
    void theWiderCounterIsLockedFirst() {
        assertThat(Network.of("2001:db8:1:2::3").counters()).containsExactly("2001:db8:1::/48", "2001:db8:1:2::/64");
    }
}
