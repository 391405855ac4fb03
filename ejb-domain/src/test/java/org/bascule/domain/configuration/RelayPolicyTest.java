package org.bascule.domain.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayPolicyTest {

    private static final RelayPolicy LOOPBACK_ONLY = new RelayPolicy(false);
    private static final RelayPolicy PLAIN = new RelayPolicy(true);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "wss://relay.example/relay, true, true",
        "wss://10.0.0.7:8443/relay, true, true",
        "ws://relay.example/relay, false, false",
        "ws://10.0.0.7/relay, false, false",
        "ws://localhost:8081/relay, true, true",
        "ws://127.0.0.1:8081/relay, true, true",
        "ws://127.9.9.9/relay, true, true",
        "ws://[::1]:8081/relay, true, true",
        "ws://127.0.0.1.example/relay, false, false",
        "ws://localhost.example/relay, false, false",
        "ws://localhost@relay.example/relay, false, false",
        "ws://a b/relay, false, false",
        "WS://relay.example/relay, false, false",
        "https://relay.example/relay, false, false"
    })
    void withoutTlsOnLoopbackAlone(String url, boolean browsers, boolean others) {
        assertThat(LOOPBACK_ONLY.permitsBrowsers(url)).isEqualTo(browsers);
        assertThat(LOOPBACK_ONLY.permitsNative(url)).isEqualTo(others);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "wss://relay.example/relay, true, true",
        "ws://relay.example/relay, false, true",
        "ws://localhost/relay, true, true",
        "https://relay.example/relay, false, false"
    })
    void wherePlainRelaysAreWantedBrowsersStillNeedTls(String url, boolean browsers, boolean others) {
        assertThat(PLAIN.permitsBrowsers(url)).isEqualTo(browsers);
        assertThat(PLAIN.permitsNative(url)).isEqualTo(others);
    }

    @Test
    void bothAddressesCount() {
        assertThat(PLAIN.permits("wss://r.example/relay", "ws://r.example/relay"))
                .isTrue();
        assertThat(PLAIN.permits("ws://r.example/relay", "wss://r.example/relay"))
                .isFalse();
        assertThat(LOOPBACK_ONLY.permits("wss://r.example/relay", "ws://r.example/relay"))
                .isFalse();
    }

    @Test
    void relaysOfTheSettingsAreCheckedToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(LOOPBACK_ONLY, "wss://r7.example/relay", "ws://r7.example/relay"))
                .withMessageContaining("bascule.relay.r7.native-url")
                .withMessageContaining("bascule.relays.plain");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(PLAIN, "ws://r7.example/relay", "wss://r7.example/relay"))
                .withMessageContaining("bascule.relay.r7.url");
        assertThat(settings(PLAIN, "wss://r7.example/relay", "ws://r7.example/relay")
                        .relays())
                .hasSize(1);
        assertThat(settings(LOOPBACK_ONLY, "ws://localhost:1/relay", "ws://127.0.0.1:1/relay")
                        .relays())
                .hasSize(1);
    }

    private static Settings settings(RelayPolicy policy, String url, String nativeUrl) {
        return new Settings(
                "https://bascule.example",
                Path.of("master.key"),
                Path.of("keyset.jws"),
                Optional.empty(),
                Set.of(),
                Set.of(),
                "https://id.example",
                Optional.empty(),
                Optional.empty(),
                Settings.Guard.DEFAULT,
                policy,
                List.of(new Settings.Relay("r7", url, nativeUrl)));
    }
}
