package org.bascule.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StrictJsonTest {

    static Stream<Arguments> badTexts() {
        return Stream.of(
                Arguments.of("empty", ""),
                Arguments.of("array", "[]"),
                Arguments.of("string", "\"x\""),
                Arguments.of("cut", "{\"a\":"),
                Arguments.of("trailing text", "{} x"),
                Arguments.of("two objects", "{}{}"),
                Arguments.of("member given twice", "{\"a\":1,\"a\":2}"),
                Arguments.of("nested too deeply", "{\"a\":".repeat(17) + "1" + "}".repeat(17)),
                Arguments.of("very deep array", "{\"a\":" + "[".repeat(30_000)),
                Arguments.of("NaN", "{\"a\":NaN}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTexts")
    void refusesBadTexts(String name, String text) {
        assertThatThrownBy(() -> StrictJson.parse(text, 100_000))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.MALFORMED));
    }

    @Test
    void refusesMoreThanTheLimit() {
        assertThatThrownBy(() -> StrictJson.parse("{\"a\":1}", 6))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.TOO_LARGE));
    }

    @Test
    void bracketsInStringsAreNoDepth() throws WireException {
        assertThat(StrictJson.parse("{\"a\":\"" + "[{\\\"".repeat(50) + "\"}", 1_000)
                        .string("a", 1_000))
                .startsWith("[{\"");
    }

    static Stream<Arguments> badMembers() {
        return Stream.of(
                Arguments.of("missing", "{}"),
                Arguments.of("null", "{\"n\":null}"),
                Arguments.of("text", "{\"n\":\"1\"}"),
                Arguments.of("fraction", "{\"n\":1.5}"),
                Arguments.of("below", "{\"n\":0}"),
                Arguments.of("above", "{\"n\":11}"),
                Arguments.of("beyond long", "{\"n\":1e40}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badMembers")
    void refusesNumbersOutsideTheirBounds(String name, String text) throws WireException {
        StrictJson json = StrictJson.parse(text, 100);
        assertThatThrownBy(() -> json.number("n", 1, 10)).isInstanceOf(WireException.class);
    }

    @Test
    void base64urlHasOneTextForAValue() throws WireException {
        assertThat(B64.decode("AA")).containsExactly(0);
        for (String text : new String[] {"AB", "AA==", "A", "A+", "A/", "AA\n", " AA"}) {
            assertThatThrownBy(() -> B64.decode(text)).as(text).isInstanceOf(WireException.class);
        }
    }

    @Test
    void operationsAreSortedBoundedTokens() throws WireException {
        assertThat(Operations.of("terminal", "exec").bytes()).asString().isEqualTo("exec\nterminal");
        assertThat(Operations.parse("exec\nterminal".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        .names())
                .containsExactly("exec", "terminal");
        for (String text :
                new String[] {"", "terminal\nexec", "exec\nexec", "exec\n", "Exec", "a b", "x".repeat(129)}) {
            assertThatThrownBy(() -> Operations.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .as(text)
                    .isInstanceOf(WireException.class);
        }
    }
}
