package org.bascule.web.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StrictJsonReaderTest {

    @Test
    void readsOneObject() throws Exception {
        assertThat(StrictJsonReader.parse("{\"name\":\"Müller\"}".getBytes(StandardCharsets.UTF_8))
                        .string("name", 10))
                .isEqualTo("Müller");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("nothing", new byte[0], ProblemCode.MALFORMED),
                Arguments.of("an array", text("[]"), ProblemCode.MALFORMED),
                Arguments.of("a text", text("\"x\""), ProblemCode.MALFORMED),
                Arguments.of("half an object", text("{\"a\":"), ProblemCode.MALFORMED),
                Arguments.of("two objects", text("{}{}"), ProblemCode.MALFORMED),
                Arguments.of("a member twice", text("{\"a\":1,\"a\":2}"), ProblemCode.MALFORMED),
                Arguments.of(
                        "deep nesting",
                        text("{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}"),
                        ProblemCode.MALFORMED),
                Arguments.of(
                        "not UTF-8", new byte[] {'{', '"', (byte) 0xC3, '"', ':', '1', '}'}, ProblemCode.MALFORMED),
                Arguments.of("one byte too many", text(" ".repeat(BodyLimit.JSON - 1) + "{}"), ProblemCode.TOO_LARGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refused")
    void refuses(String name, byte[] body, ProblemCode code) {
        assertThatThrownBy(() -> StrictJsonReader.parse(body))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().code()).isEqualTo(code));
    }

    @Test
    void acceptsTheLargestBody() {
        assertThat(StrictJsonReader.parse(text(" ".repeat(BodyLimit.JSON - 2) + "{}"))
                        .object())
                .isEmpty();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
