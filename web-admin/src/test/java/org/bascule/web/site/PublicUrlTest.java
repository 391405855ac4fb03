package org.bascule.web.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://bascule.example,            https://bascule.example",
        "https://Bascule.Example/,           https://bascule.example",
        "https://bascule.example:443,        https://bascule.example",
        "https://bascule.example:8443/,      https://bascule.example:8443",
        "http://localhost:8080,              http://localhost:8080",
        "http://localhost:80,                http://localhost",
        "http://127.0.0.1:8080,              http://127.0.0.1:8080",
        "http://[::1]:8080,                  http://[::1]:8080",
    })
    void isReadAsAnOrigin(String text, String origin) {
        assertThat(PublicUrl.parse(text).origin()).isEqualTo(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://bascule.example",
                "http://localhost.bascule.example",
                "http://127.0.0.1.bascule.example",
                "http://128.0.0.1",
                "http://localhost@bascule.example",
                "https://user@bascule.example",
                "https://bascule.example/path",
                "https://bascule.example?query",
                "https://bascule.example#fragment",
                "ftp://bascule.example",
                "//bascule.example",
                "bascule.example",
                "https://",
            })
    void refusesPlainHttpAndEverythingBeyondAnOrigin(String text) {
        assertThatThrownBy(() -> PublicUrl.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cookieHasTheHostPrefixWhereTlsProtectsIt() {
        assertThat(PublicUrl.parse("https://bascule.example").cookieName()).isEqualTo("__Host-bascule");
        assertThat(PublicUrl.parse("http://localhost:8080").cookieName()).isEqualTo("bascule");
    }

    @Test
    void webSocketsUseTheSameProtection() {
        assertThat(PublicUrl.parse("https://bascule.example").webSocketOrigin()).isEqualTo("wss://bascule.example");
        assertThat(PublicUrl.parse("http://localhost:8080").webSocketOrigin()).isEqualTo("ws://localhost:8080");
    }
}
