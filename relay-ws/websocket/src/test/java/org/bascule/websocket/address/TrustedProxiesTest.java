package org.bascule.websocket.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static final TrustedProxies PROXIES =
            TrustedProxies.parse(List.of("10.0.0.0/9", "192.0.2.7", "2001:db8::/32"));

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "198.51.100.9, 203.0.113.5,                      198.51.100.9",
                "10.0.0.1,     -,                                10.0.0.1",
                "10.0.0.1,     203.0.113.5,                      203.0.113.5",
                "10.0.0.1,     '198.51.100.66, 203.0.113.5',     203.0.113.5",
                "10.0.0.1,     '203.0.113.5, 192.0.2.7',         203.0.113.5",
                "10.0.0.1,     '203.0.113.5, 10.127.255.255',    203.0.113.5",
                "10.0.0.1,     '203.0.113.5, 10.128.0.0',        10.128.0.0",
                "10.0.0.1,     localhost,                        10.0.0.1",
                "10.0.0.1,     '203.0.113.5, nonsense',          10.0.0.1",
                "10.0.0.1,     '',                               10.0.0.1",
                "2001:db8::1,  2001:db9::5,                      2001:db9::5",
                "192.0.2.8,    203.0.113.5,                      192.0.2.8",
            })
    void clientIsTheFirstThatNoTrustedProxyIs(String peer, String forwardedFor, String client) {
        assertThat(PROXIES.client(peer, forwardedFor == null ? List.of() : List.of(forwardedFor)))
                .isEqualTo(client);
    }

    /** A proxy that adds a line leaves what the client sent in the first one. */
    @Test
    void allLinesOfTheHeaderAreOneList() {
        assertThat(PROXIES.client("10.0.0.1", List.of("198.51.100.66", "203.0.113.5")))
                .isEqualTo("203.0.113.5");
        assertThat(PROXIES.client("10.0.0.1", List.of("198.51.100.66, 203.0.113.5", "192.0.2.7")))
                .isEqualTo("203.0.113.5");
    }

    @Test
    void withoutProxiesTheHeaderIsNothing() {
        assertThat(TrustedProxies.none().client("127.0.0.1", List.of("203.0.113.5")))
                .isEqualTo("127.0.0.1");
    }

    /** The name service of these tests knows this one. */
    @Test
    void noNameIsEverResolved() throws Exception {
        String name = "999.1.1.1";
        assertThat(InetAddress.getByName(name).getHostAddress()).isEqualTo("192.0.2.99");
        assertThatThrownBy(() -> TrustedProxies.parse(List.of(name))).isInstanceOf(IllegalArgumentException.class);
        assertThat(PROXIES.client("10.0.0.1", List.of(name))).isEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy.example",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0",
                "",
                "10.0.0.0/x",
                "256.0.0.1",
                "010.0.0.1"
            })
    void refusesWhatIsNoAddress(String entry) {
        assertThatThrownBy(() -> TrustedProxies.parse(List.of(entry))).isInstanceOf(IllegalArgumentException.class);
    }
}
