package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bascule.web.site.PublicUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForgeryRulesTest {

    private static final String ORIGIN = "https://bascule.example";

    private final ForgeryRules rules = new ForgeryRules(PublicUrl.parse(ORIGIN));
    private final SignedIn login = TestLogins.login("csrf-token", Instant.EPOCH);

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "post", "NEW"})
    void changesNeedTokenAndOrigin(String method) {
        assertThat(rules.allowsChange(method, login, ORIGIN, "csrf-token")).isTrue();
        assertThat(rules.allowsChange(method, login, ORIGIN, null)).isFalse();
        assertThat(rules.allowsChange(method, login, ORIGIN, "")).isFalse();
        assertThat(rules.allowsChange(method, login, ORIGIN, "csrf-tokeN")).isFalse();
        assertThat(rules.allowsChange(method, login, null, "csrf-token")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "",
                "https://evil.example",
                "http://bascule.example",
                "https://bascule.example:8443",
                "https://bascule.example.evil.example",
                "https://bascule.example/",
                "https://BASCULE.example",
            })
    void otherOriginsAreNotOurs(String origin) {
        assertThat(rules.isOurs(origin)).isFalse();
        assertThat(rules.allowsChange("POST", login, origin, "csrf-token")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
    void readingNeedsNeither(String method) {
        assertThat(rules.allowsChange(method, login, null, null)).isTrue();
    }

    @Test
    void webSocketsNeedTheOrigin() {
        assertThat(rules.isOurs(ORIGIN)).isTrue();
        assertThat(rules.isOurs(null)).isFalse();
    }
}
