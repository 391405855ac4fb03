package org.bascule.web.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.bascule.websocket.address.TrustedProxies;
import org.junit.jupiter.api.Test;

class SecurityHeadersTest {

    private static Site site(String publicUrl, String provider, String... relays) {
        return new Site(
                PublicUrl.parse(publicUrl),
                publicUrl,
                TrustedProxies.none(),
                List.of(relays).stream().map(URI::create).toList(),
                URI.create(provider));
    }

    @Test
    void policyAllowsThisSiteAndTheRelaysAlone() {
        Site site = site(
                "https://bascule.example",
                "https://id.example/auth",
                "wss://relay-1.example/relay",
                "wss://relay-2.example:8443/relay",
                "wss://relay-1.example/other");
        assertThat(SecurityHeaders.policy(site, List.of()))
                .isEqualTo(
                        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                                + " font-src 'self'; connect-src 'self' wss://bascule.example wss://relay-1.example"
                                + " wss://relay-2.example:8443; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
                                + " form-action 'self' https://id.example; frame-ancestors 'none';"
                                + " require-trusted-types-for 'script'");
    }

    @Test
    void policyFollowsTheRelaysThatThereAre() {
        List<String> relays = new ArrayList<>();
        SecurityHeaders headers =
                SecurityHeaders.of(site("https://bascule.example", "https://id.example"), () -> List.copyOf(relays));
        assertThat(headers.asMap().get("Content-Security-Policy")).contains(" wss://bascule.example;");
        relays.add("wss://late.example:8443/relay");
        assertThat(headers.asMap().get("Content-Security-Policy"))
                .contains(" wss://bascule.example wss://late.example:8443;");
        relays.clear();
        assertThat(headers.asMap().get("Content-Security-Policy")).doesNotContain("late");
    }

    @Test
    void strictTransportIsForTlsOnly() {
        assertThat(SecurityHeaders.of(site("https://bascule.example", "https://id.example"), List::of)
                        .asMap())
                .containsEntry("Strict-Transport-Security", "max-age=31536000")
                .containsEntry("X-Content-Type-Options", "nosniff");
        assertThat(SecurityHeaders.of(site("http://localhost:8080", "http://localhost:8180"), List::of)
                        .asMap())
                .doesNotContainKey("Strict-Transport-Security");
    }

    @Test
    void formsOfThisSiteKeepTheirOrigin() {
        assertThat(SecurityHeaders.of(site("https://bascule.example", "https://id.example"), List::of)
                        .asMap())
                .containsEntry("Referrer-Policy", "same-origin");
    }

    @Test
    void identityProviderNeedsTlsUnlessItIsOnThisMachine() {
        assertThatThrownBy(() -> site("https://bascule.example", "http://id.example"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
