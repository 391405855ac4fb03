package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordMessageTest {

    private static String text(String outcome, String code, @Nullable String user, @Nullable String detail) {
        return new String(bytes(outcome, code, user, detail), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String outcome, String code, @Nullable String user, @Nullable String detail) {
        return new RecordMessage(
                        "d",
                        7,
                        "i",
                        Instant.parse("2026-01-31T12:00:00.000999Z"),
                        code,
                        outcome,
                        null,
                        user,
                        null,
                        user,
                        null,
                        null,
                        detail)
                .bytes("host");
    }

    @ParameterizedTest
    @CsvSource({"success, 109", "denied, 108", "failed, 107", "unheard-of, 107"})
    void severityIsTheOutcomesAndTheTimeHasMilliseconds(String outcome, int priority) {
        assertThat(text(outcome, "login", "eve", "said"))
                .isEqualTo("<%d>1 2026-01-31T12:00:00.000Z host bascule - login ".formatted(priority)
                        + "[record@32473 domain=\"d\" id=\"i\" seq=\"7\" outcome=\"%s\" user=\"eve\" resource=\"eve\"] \uFEFFsaid"
                                .formatted(outcome));
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(text("success", "login", null, null))
                .endsWith(" login [record@32473 domain=\"d\" id=\"i\" seq=\"7\" outcome=\"success\"]");
        assertThat(text("success", "login", null, "  ")).endsWith("\"success\"]");
    }

    @Test
    void hostileTextStaysInItsParameterAndOnItsLine() {
        assertThat(text(
                        "success",
                        "lo gin\n" + "x".repeat(64),
                        "a\"]\\\n\r\0\u202E\u2028\u0085\uD800\uFEFF]",
                        "x\n<109>1\u2066y"))
                .contains(" login" + "x".repeat(27) + " [")
                .contains(" user=\"a\\\"\\]\\\\        \\]\" ")
                .endsWith("] \uFEFFx <109>1 y");
    }

    @Test
    void everythingIsBounded() {
        String most = "\u20AC".repeat(100_000);
        byte[] bytes = bytes("success", "x".repeat(1_000), most, most);
        assertThat(bytes).hasSizeLessThan(6_000);
        assertThat(text("success", "x", "]".repeat(1_000), "y"))
                .contains("user=\"" + "\\]".repeat(RecordMessage.MAX_VALUE) + "\"");
    }

    @Test
    void pairThatIsCutInTheMiddleIsNoHalf() {
        assertThat(text("success", "x", null, "a".repeat(RecordMessage.MAX_DETAIL - 1) + "\uD83D\uDE00"))
                .endsWith("a ");
    }
}
