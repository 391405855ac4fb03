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
    void networksAreWider() throws Exception {
        assertThat(network("192.0.2.1")).isEqualTo(network("192.0.2.254")).isNotEqualTo(network("192.0.3.1"));
        assertThat(network("2001:db8::1")).isEqualTo(network("2001:db8:0:1::1")).isNotEqualTo(network("2001:db8:1::1"));
        assertThat(Neighbours.network("192.0.2.7")).isEqualTo(network("192.0.2.1"));
        assertThat(Neighbours.network("localhost")).isEqualTo(Neighbours.network("x"));
    }

    private static String network(String literal) throws Exception {
        return Neighbours.network(InetAddress.getByName(literal));
    }
}
