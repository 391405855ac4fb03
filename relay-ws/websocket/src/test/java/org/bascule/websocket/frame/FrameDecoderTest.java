package org.bascule.websocket.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By the groups of the Autobahn suite's cases for servers: framing 1, pings 2, reserved bits 3, opcodes 4, fragments 5, UTF-8 6, closing 7, limits 9, the rest 10. */
class FrameDecoderTest {

    private static final int MAX = 65_560;
    private static final byte[] KEY = {0x11, (byte) 0xf2, 0x33, (byte) 0x84};

    /** What was decoded, a word for each. */
    private static final class Decoded implements FrameDecoder.Sink {
        private final List<String> events = new ArrayList<>();

        @Override
        public void text(String message) {
            events.add("text " + message);
        }

        @Override
        public void binary(ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            assertThat(message.arrayOffset() + message.limit() - bytes.length)
                    .as("room for a header")
                    .isGreaterThanOrEqualTo(FrameEncoder.headerLength(bytes.length));
            events.add("binary " + bytes.length + " " + Arrays.hashCode(bytes));
        }

        @Override
        public void ping(byte[] payload) {
            events.add("ping " + HexFormat.of().formatHex(payload));
        }

        @Override
        public void pong() {
            events.add("pong");
        }

        @Override
        public void close(int code) {
            events.add("close " + code);
        }

        @Override
        public void tooLong() {
            events.add("too long");
        }
    }

    private static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            out.write(0xfe);
            out.write(payload.length >>> 8);
            out.write(payload.length);
        } else {
            out.write(0xff);
            out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
        }
        out.writeBytes(KEY);
        for (int i = 0; i < payload.length; i++) {
            out.write(payload[i] ^ KEY[i & 3]);
        }
        return out.toByteArray();
    }

    private static byte[] frame(int first, String text) {
        return frame(first, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] together(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static String binary(byte[] payload) {
        return "binary " + payload.length + " " + Arrays.hashCode(payload);
    }

    /** In pieces of a size, each at the place in a buffer where the link has it. */
    private static List<String> decode(byte[] bytes, int piece) {
        Decoded decoded = new Decoded();
        FrameDecoder decoder = new FrameDecoder(MAX);
        try {
            for (int at = 0; at < bytes.length; at += piece) {
                int count = Math.min(piece, bytes.length - at);
                byte[] buffer = new byte[FrameEncoder.MAX_HEADER + count];
                System.arraycopy(bytes, at, buffer, FrameEncoder.MAX_HEADER, count);
                decoder.decode(buffer, FrameEncoder.MAX_HEADER, count, decoded);
            }
        } catch (FrameException e) {
            decoded.events.add("failed " + e.code());
        }
        return decoded.events;
    }

    private static void decodes(byte[] bytes, String... events) {
        for (int piece : new int[] {bytes.length, 1, 2, 3, 5, 7, 13, 4_096}) {
            assertThat(decode(bytes, Math.max(1, piece)))
                    .as("in pieces of %d", piece)
                    .containsExactly(events);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 125, 126, 127, 128, 65_535, 65_536, MAX})
    void messagesOfEveryLength(int length) {
        byte[] payload = random(length);
        decodes(together(frame(0x82, payload), frame(0x82, random(3))), binary(payload), binary(random(3)));
    }

    @Test
    void everyCutInTwo() {
        byte[] bytes = together(frame(0x82, random(300)), frame(0x89, "ping"), frame(0x81, "grüß"));
        List<String> whole = decode(bytes, bytes.length);
        for (int cut = 1; cut < bytes.length; cut++) {
            assertThat(decode(bytes, cut)).isEqualTo(whole);
        }
    }

    @Test
    void pingsAndPongs() {
        decodes(frame(0x89, new byte[0]), "ping ");
        decodes(frame(0x89, random(125)), "ping " + HexFormat.of().formatHex(random(125)));
        decodes(frame(0x89, random(126)), "failed 1002");
        decodes(frame(0x8a, "unasked"), "pong");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xc2, 0xa2, 0x92, 0xf1, 0xc9, 0xd8})
    void reservedBits(int first) {
        decodes(frame(first, new byte[2]), "failed 1002");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x83, 0x84, 0x85, 0x86, 0x87, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f})
    void unknownOpcodes(int first) {
        decodes(together(frame(0x82, random(4)), frame(first, new byte[2])), binary(random(4)), "failed 1002");
    }

    @Test
    void fragmentsWithControlFramesBetween() {
        byte[] payload = random(3_000);
        decodes(
                together(
                        frame(0x02, Arrays.copyOf(payload, 1_000)),
                        frame(0x89, "1"),
                        frame(0x00, Arrays.copyOfRange(payload, 1_000, 1_000)),
                        frame(0x00, Arrays.copyOfRange(payload, 1_000, 2_500)),
                        frame(0x8a, ""),
                        frame(0x80, Arrays.copyOfRange(payload, 2_500, 3_000)),
                        frame(0x82, random(9))),
                "ping 31",
                "pong",
                binary(payload),
                binary(random(9)));
        decodes(together(frame(0x01, "gr"), frame(0x80, "üß")), "text grüß");
        decodes(frame(0x80, "nothing before"), "failed 1002");
        decodes(frame(0x00, "nothing before"), "failed 1002");
        decodes(together(frame(0x02, random(3)), frame(0x82, random(3))), "failed 1002");
        decodes(frame(0x09, "a fragment of a ping"), "failed 1002");
    }

    @Test
    void textIsUtf8AlsoAcrossFragments() {
        byte[] sharp = "ß".getBytes(StandardCharsets.UTF_8);
        decodes(together(frame(0x01, new byte[] {sharp[0]}), frame(0x80, new byte[] {sharp[1]})), "text ß");
        for (String wrong : List.of("c328", "eda080", "f4908080", "ff", "c0af", "e2")) {
            decodes(frame(0x81, HexFormat.of().parseHex(wrong)), "failed 1007");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1000,true",
        "1001,true",
        "1003,true",
        "1007,true",
        "1011,true",
        "3000,true",
        "4999,true",
        "4001,true",
        "0,false",
        "999,false",
        "1004,false",
        "1005,false",
        "1006,false",
        "1015,false",
        "1016,false",
        "2999,false",
        "5000,false",
        "65535,false"
    })
    void closeCodes(int code, boolean allowed) {
        byte[] payload = {(byte) (code >>> 8), (byte) code, 'b', 'y', 'e'};
        decodes(frame(0x88, payload), allowed ? "close " + code : "failed 1002");
    }

    @Test
    void closing() {
        decodes(together(frame(0x88, new byte[0]), frame(0x82, random(3))), "close 1005");
        decodes(frame(0x88, new byte[] {3}), "failed 1002");
        decodes(frame(0x88, new byte[] {3, (byte) 0xe8, (byte) 0xff}), "failed 1007");
        decodes(together(frame(0x02, random(3)), frame(0x88, new byte[0])), "close 1005");
    }

    @Test
    void whatIsTooLongIsNotKept() {
        decodes(frame(0x82, random(MAX + 1)), "too long");
        decodes(together(frame(0x02, random(40_000)), frame(0x80, random(25_561))), "too long");
        decodes(together(frame(0x02, random(40_000)), frame(0x80, random(25_560))), binary(both(40_000, 25_560)));
        // 2^63 - 1 bytes are announced
        decodes(HexFormat.of().parseHex("82ff7fffffffffffffff00000000"), "too long");
        decodes(
                together(
                        frame(0x02, random(1)),
                        HexFormat.of().parseHex("80ff7fffffffffffffff00000000"),
                        random(70_000)),
                "too long");
    }

    @Test
    void memoryIsHeldForAMessageThatIsNotCompleteAlone() throws FrameException {
        FrameDecoder decoder = new FrameDecoder(MAX);
        Decoded decoded = new Decoded();
        byte[] all = together(frame(0x02, random(40_000)), frame(0x80, random(20_000)), frame(0x82, random(10)));
        decoder.decode(all, 0, 30_000, decoded);
        assertThat(decoder.held()).isBetween(29_000, MAX + FrameEncoder.MAX_HEADER);
        decoder.decode(all, 30_000, 10_020, decoded);
        assertThat(decoder.held()).as("between its fragments").isBetween(39_000, MAX + FrameEncoder.MAX_HEADER);
        decoder.decode(all, 40_020, all.length - 40_020, decoded);
        assertThat(decoder.held()).isZero();
        assertThat(decoded.events).hasSize(2);
    }

    private static byte[] both(int first, int second) {
        return together(random(first), random(second));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0203",
                "8203010203",
                "82ff800000000000000000000000",
                "82fe007d00000000",
                "82ff000000000000ffff00000000",
                "890161"
            })
    void whatNoClientMaySend(String hex) {
        decodes(HexFormat.of().parseHex(hex), "failed 1002");
    }

    @Test
    void framesOfTheServerHaveTheShortestHeader() {
        for (int length : new int[] {1, 125, 126, 65_535, 65_536}) {
            byte[] frame = FrameEncoder.binary(random(length), 0, length);
            assertThat(frame).hasSize(length + (length < 126 ? 2 : length < 65_536 ? 4 : 10));
            assertThat(Arrays.copyOfRange(frame, frame.length - length, frame.length))
                    .isEqualTo(random(length));
        }
        assertThat(HexFormat.of().formatHex(FrameEncoder.binary(new byte[256], 0, 256), 0, 4))
                .isEqualTo("827e0100");
        assertThat(HexFormat.of().formatHex(FrameEncoder.binary(new byte[65_536], 0, 65_536), 0, 10))
                .isEqualTo("827f0000000000010000");
        assertThat(HexFormat.of().formatHex(FrameEncoder.text("paired"))).isEqualTo("8106706169726564");
        assertThat(HexFormat.of().formatHex(FrameEncoder.close(4001, "no"))).isEqualTo("88040fa16e6f");
        assertThat(HexFormat.of().formatHex(FrameEncoder.close(FrameEncoder.NO_CODE, "no")))
                .isEqualTo("8800");
        assertThat(FrameEncoder.close(4001, "x".repeat(200))).hasSize(127);
    }
}
