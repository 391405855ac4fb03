package org.bascule.wire.jws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.TicketSigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JwsTest {

    private static final TicketSigningKey KEY = TicketSigningKey.generate();
    private static final JsonObject CLAIMS =
            Json.createObjectBuilder().add("a", 1).build();

    @Test
    void whatWasSignedVerifies() throws WireException {
        Jws jws = Jws.parse(Jws.sign("t+jwt", CLAIMS, KEY), "t+jwt", 1_000);
        assertThat(jws.kid()).isEqualTo(KEY.publicKey().kid());
        assertThat(jws.verify(KEY.publicKey()).number("a", 1, 1)).isEqualTo(1);
    }

    @Test
    void everyChangedCharacterIsRefused() {
        String token = Jws.sign("t+jwt", CLAIMS, KEY);
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            String changed = token.substring(0, i) + other + token.substring(i + 1);
            assertThatThrownBy(() -> Jws.parse(changed, "t+jwt", 1_000).verify(KEY.publicKey()))
                    .as("character " + i)
                    .isInstanceOf(WireException.class);
        }
    }

    static Stream<Arguments> headers() {
        String kid = "\"kid\":\"" + KEY.publicKey().kid() + "\"";
        return Stream.of(
                Arguments.of("alg none", "{\"alg\":\"none\",\"typ\":\"t+jwt\"," + kid + "}"),
                Arguments.of("other alg", "{\"alg\":\"HS256\",\"typ\":\"t+jwt\"," + kid + "}"),
                Arguments.of("other typ", "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"," + kid + "}"),
                Arguments.of("no typ", "{\"alg\":\"EdDSA\"," + kid + "}"),
                Arguments.of("no kid", "{\"alg\":\"EdDSA\",\"typ\":\"t+jwt\"}"),
                Arguments.of("jku", "{\"alg\":\"EdDSA\",\"typ\":\"t+jwt\"," + kid + ",\"jku\":\"https://x.example\"}"),
                Arguments.of("jwk", "{\"alg\":\"EdDSA\",\"typ\":\"t+jwt\"," + kid + ",\"jwk\":{}}"),
                Arguments.of("x5u", "{\"alg\":\"EdDSA\",\"typ\":\"t+jwt\"," + kid + ",\"x5u\":\"x\"}"),
                Arguments.of("crit", "{\"alg\":\"EdDSA\",\"typ\":\"t+jwt\"," + kid + ",\"crit\":[\"x\"]}"),
                Arguments.of("b64", "{\"alg\":\"EdDSA\",\"typ\":\"t+jwt\"," + kid + ",\"b64\":false}"));
    }

    /** The signature over each of these is good: only the header is not what it must be. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void refusesEveryOtherHeader(String name, String header) {
        String input = B64.encode(header.getBytes(StandardCharsets.UTF_8)) + "."
                + B64.encode(CLAIMS.toString().getBytes(StandardCharsets.UTF_8));
        String token = input + "." + B64.encode(KEY.sign(input.getBytes(StandardCharsets.US_ASCII)));
        assertThatThrownBy(() -> Jws.parse(token, "t+jwt", 2_000).verify(KEY.publicKey()))
                .isInstanceOf(WireException.class);
    }

    @Test
    void anotherKeyDoesNotVerify() throws WireException {
        Jws jws = Jws.parse(Jws.sign("t+jwt", CLAIMS, KEY), "t+jwt", 1_000);
        assertThatThrownBy(() -> jws.verify(TicketSigningKey.generate().publicKey()))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.BAD_SIGNATURE));
    }

    @Test
    void secretsDoNotPrint() {
        assertThat(KEY).hasToString("TicketSigningKey[REDACTED]");
    }
}
