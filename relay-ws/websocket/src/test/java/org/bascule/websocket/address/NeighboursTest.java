package org.bascule.websocket.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class NeighboursTest {

    @Test
    void anIpv4AddressIsOneAndAnIpv6AddressIsTheSixtyFourBitsBeforeIt() {
        assertThat(Neighbours.of("192.0.2.1")).isNotEqualTo(Neighbours.of("192.0.2.2"));
        assertThat(Neighbours.of("2001:db8:1:2::1"))
                .isEqualTo(Neighbours.of("2001:db8:1:2:ffff:ffff:ffff:ffff"))
                .isNotEqualTo(Neighbours.of("2001:db8:1:3::1"));
        assertThat(Neighbours.of("::ffff:192.0.2.1")).isEqualTo(Neighbours.of("192.0.2.1"));
        assertThat(Neighbours.of("fe80::1%eth0")).isEqualTo(Neighbours.of("fe80::2"));
    }

    @Test
    void whatIsNoAddressIsOneAndTheSame() {
        assertThat(Neighbours.of("localhost")).isEqualTo(Neighbours.of(""));
    }

    @Test
    void aSiteHasManyNetworks() {
        assertThat(Neighbours.site("192.0.2.1"))
                .isEqualTo(Neighbours.site("192.0.2.254"))
                .isNotEqualTo(Neighbours.site("192.0.3.1"));
        assertThat(Neighbours.site("2001:db8:1:2::1"))
                .isEqualTo(Neighbours.site("2001:db8:1:ffff::1"))
                .isNotEqualTo(Neighbours.site("2001:db8:2:2::1"));
        assertThat(Neighbours.site("localhost")).isEqualTo(Neighbours.site(""));
    }

    @Test
    void networksAreWider() throws Exception {
        assertThat(network("192.0.2.1")).isEqualTo(network("192.0.2.254")).isNotEqualTo(network("192.0.3.1"));
        assertThat(network("2001:db8::1")).isEqualTo(network("2001:db8::2")).isNotEqualTo(network("2001:db8:0:1::1"));
    }

    private static String network(String literal) throws Exception {
        return Neighbours.network(InetAddress.getByName(literal));
    }
}
