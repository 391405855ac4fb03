package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NextPathTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/devices",
                "/devices/0192b3c4-0000-7000-8000-000000000001/terminal",
                "/devices?q=pump&state=online",
                "/audit?from=2026-01-01T00:00:00Z#end",
                "/apiary",
            })
    void pagesOfThisSiteAreKept(String next) {
        assertThat(NextPath.sanitise(next)).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "devices",
                "//evil.example",
                "///evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "/%5Cevil.example",
                "/%2Fevil.example",
                "/./%2Fevil.example",
                "https://evil.example/",
                "javascript:alert(1)",
                "/\t/evil.example",
                "/\n/evil.example",
                "/ /evil.example",
                "/devices\r\nSet-Cookie: x=y",
                "/devices/../logout",
                "/a//b",
                "/logout",
                "/login",
                "/login/x",
                "/callback?code=x",
                "/api/me",
                "/agent/v1",
                "/index.html",
                "/%",
                "/ü",
            })
    void everythingElseLeadsHome(String next) {
        assertThat(NextPath.sanitise(next)).isEqualTo("/");
    }

    @Test
    void absentAndEndlessLeadHome() {
        assertThat(NextPath.sanitise(null)).isEqualTo("/");
        assertThat(NextPath.sanitise("/" + "x".repeat(2_000))).isEqualTo("/");
    }
}
