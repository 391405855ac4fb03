package org.bascule.agent.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bascule.session.service.TerminalSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TerminalTextTest {

    private final TerminalPicture picture = new TerminalPicture(new TerminalSize(20, 5));

    private void print(String text) {
        byte[] bytes = text.replace("^", "\u001b").getBytes(StandardCharsets.UTF_8);
        picture.output(bytes, bytes.length);
    }

    private String shown() {
        return String.join("|", picture.text().orElseThrow());
    }

    static Stream<Arguments> outputs() {
        return Stream.of(
                Arguments.of("one\r\ntwo", "one|two"),
                Arguments.of("abc\bX\rY", "YbX"),
                Arguments.of("a\tb", "a       b"),
                Arguments.of("12345678901234567890next", "12345678901234567890|next"),
                Arguments.of("^[?7l12345678901234567890next", "1234567890123456789t"),
                Arguments.of("1\r\n2\r\n3\r\n4\r\n5\r\n6", "2|3|4|5|6"),
                Arguments.of("^[31;1mred^[0m ^]0;a title\u0007^]2;another^\\plain", "red plain"),
                Arguments.of("^[3;5Hhere^[1;1Htop", "top||    here"),
                Arguments.of("hello^[3D^[K!", "he!"),
                Arguments.of("one\r\ntwo\r\nthree^[2;2H^[J", "one|t"),
                Arguments.of("one\r\ntwo^[2J", ""),
                Arguments.of("abc^[1;2H^[2@xy", "axybc"),
                Arguments.of("abcdef^[1;2H^[2P", "adef"),
                Arguments.of("abcdef^[1;2H^[3X", "a   ef"),
                Arguments.of("1\r\n2\r\n3^[2;1H^[L*", "1|*|2|3"),
                Arguments.of("1\r\n2\r\n3^[2;1H^[M", "1|3"),
                Arguments.of("^[2;4r^[4;1Ha\nb\nc^[r^[5;1Hlast", "|a| b|  c|last"),
                Arguments.of("shell^[?1049h^[Heditor^[?1049l!", "shell!"),
                Arguments.of("1\r\n2^[H^M^M*", "*||1|2"),
                Arguments.of("^(0lqk^(B-", "┌─┐-"),
                Arguments.of("-^[5b", "------"),
                Arguments.of("e\u0301 \u4e16\u754c|\u202edlrow\u0007", "\u00e9 \u4e16\u754c|dlrow"),
                Arguments.of("^[>0c^[=1;2c^[c^[?25l^[6nquestions", "questions"),
                Arguments.of("top^[?47hcovered^[?47l!^[?47h^[1;1Hagain", "again"),
                Arguments.of("top^[?47hcovered^[?47l^[?47hx^[?47l^[1;5Hleft", "top left"),
                Arguments.of("top^[?47hcovered^cclear^[?47h^[H.", "."),
                Arguments.of("abc^[1;3H^[1K^[1;1Hx^[5Cy", "x     y"),
                Arguments.of("1\r\n2\r\n3\r\n4\r\n5^[2S^[3Hx", "3|4|x"),
                Arguments.of("1\r\n2\r\n3\r\n4\r\n5^[9S^[Hx", "x"),
                Arguments.of("1\r\n2\r\n3\r\n4\r\n5^[2T^[Hx", "x||1|2|3"),
                Arguments.of("^P1;2|a string^\\^_another^\\after", "after"));
    }

    @ParameterizedTest
    @MethodSource("outputs")
    void isWhatATerminalWouldShow(String output, String screen) {
        print(output);
        assertThat(shown()).isEqualTo(screen);
    }

    @Test
    void itGoesOnWhereItWasAlsoInTheMiddleOfACharacterOrASequence() {
        byte[] bytes = "^[2;3H\u4e16 und ^[1mfett".replace("^", "\u001b").getBytes(StandardCharsets.UTF_8);
        for (byte each : bytes) {
            picture.output(new byte[] {each}, 1);
            shown();
        }
        assertThat(shown()).isEqualTo("|  世 und fett");
        byte[] broken = {(byte) 0xe4, 'x', (byte) 0xff, 'y'};
        picture.output(broken, broken.length);
        assertThat(shown()).isEqualTo("|  世 und fett\ufffdx\ufffdy");
    }

    @Test
    void whoHasNotLookedForLongSeesWhatIsThereNow() {
        print("^[?1049hat the top");
        assertThat(shown()).isEqualTo("at the top");
        for (int i = 0; i < 20_000; i++) {
            print("line " + i + "\r\n");
        }
        assertThat(shown()).isEqualTo("line 19996|line 19997|line 19998|line 19999");
    }

    @Test
    void aSmallerScreenKeepsTheLineOfTheCursor() {
        print("1\r\n2\r\n3\r\n4\r\n5");
        shown();
        picture.resized(new TerminalSize(10, 3));
        print("!");
        assertThat(shown()).isEqualTo("3|4|5!");
        picture.resized(new TerminalSize(1_000, 1_000));
        print("^[999;999H.");
        List<String> lines = picture.text().orElseThrow();
        assertThat(lines).hasSize(200);
        assertThat(lines.get(199)).hasSize(500);
    }

    /** A title is no longer than that: nobody works unseen behind one that does not end. */
    @Test
    void aStringThatDoesNotEndHidesLittle() {
        print("^P" + "x".repeat(4_000));
        assertThat(shown()).isEmpty();
        print("x".repeat(97) + "\r\n$ id");
        assertThat(shown()).isEqualTo("|$ id");
    }

    /** Few bytes that change the whole of the largest screen, as many as are kept. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "^c",
                "x^c",
                "^[J",
                "^[500Gx^[2J",
                "^[999S",
                "^[9T",
                "\n",
                "^M",
                "^[L",
                "^[?47h^[?47l",
                "^[?1049hx^[?1049l",
                "^[?47h^c",
                "^[500b",
                "^[@",
                "^[K",
                "e\u0301"
            })
    void noBytesCostMuch(String cheap) {
        for (int columns : new int[] {500, 1}) {
            picture.resized(new TerminalSize(columns, 200));
            print(cheap.repeat(2 * TerminalPicture.KEPT / cheap.length()));
            ThreadMXBean thread = ManagementFactory.getThreadMXBean();
            long before = thread.getCurrentThreadCpuTime();
            shown();
            assertThat(Duration.ofNanos(thread.getCurrentThreadCpuTime() - before))
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    /** Whatever is put out, it stays text of the size of the screen, and takes no long time. */
    @Test
    void nonsenseIsShownAsSomeText() {
        Random random = new Random(7);
        String parts = "\u001b[]()0;?123456789@ABCDEFGHJKLMPSTXbdrsuhlm\u000e\u000f\n\r\t\bé世";
        for (int round = 0; round < 200; round++) {
            StringBuilder output = new StringBuilder();
            for (int i = 0; i < 2_000; i++) {
                output.append(parts.charAt(random.nextInt(parts.length())));
            }
            print(output.toString());
            byte[] bytes = new byte[500];
            random.nextBytes(bytes);
            picture.output(bytes, bytes.length);
            if (round % 50 == 0) {
                picture.resized(new TerminalSize(1 + random.nextInt(100), 1 + random.nextInt(50)));
            }
            List<String> lines = new ArrayList<>(picture.text().orElseThrow());
            assertThat(lines).hasSizeLessThanOrEqualTo(50);
            assertThat(lines)
                    .allMatch(line -> line.length() <= 200 && line.chars().noneMatch(c -> c < ' '));
        }
    }
}
