package org.bascule.web.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
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
        assertThat(SecurityHeaders.policy(site))
                .isEqualTo(
                        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                                + " font-src 'self'; connect-src 'self' wss://bascule.example wss://relay-1.example"
                                + " wss://relay-2.example:8443; manifest-src 'self'; worker-src 'self'; base-uri 'none';"
                                + " form-action 'self' https://id.example; frame-ancestors 'none';"
                                + " require-trusted-types-for 'script'");
    }

    @Test
    void strictTransportIsForTlsOnly() {
        assertThat(SecurityHeaders.of(site("https://bascule.example", "https://id.example"))
                        .asMap())
                .containsEntry("Strict-Transport-Security", "max-age=31536000")
                .containsEntry("X-Content-Type-Options", "nosniff");
        assertThat(SecurityHeaders.of(site("http://localhost:8080", "http://localhost:8180"))
                        .asMap())
                .doesNotContainKey("Strict-Transport-Security");
    }

    @Test
    void formsOfThisSiteKeepTheirOrigin() {
        assertThat(SecurityHeaders.of(site("https://bascule.example", "https://id.example"))
                        .asMap())
                .containsEntry("Referrer-Policy", "same-origin");
    }

    @Test
    void identityProviderNeedsTlsUnlessItIsOnThisMachine() {
        assertThatThrownBy(() -> site("https://bascule.example", "http://id.example"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
