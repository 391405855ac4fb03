package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {

    private static final int MAX = 65_560;

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static final class Heard implements FrameReader.Sink {
        final List<String> events = new ArrayList<>();
        final List<byte[]> messages = new ArrayList<>();

        @Override
        public void text(String message) {
            events.add("text " + message);
        }

        @Override
        public void binary(byte[] buffer, int offset, int length) {
            messages.add(Arrays.copyOfRange(buffer, offset, offset + length));
            events.add("binary " + length);
        }

        @Override
        public void ping(byte[] payload) {
            events.add("ping " + HexFormat.of().formatHex(payload));
        }

        @Override
        public void close(int code, String reason) {
            events.add("close " + code + " " + reason);
        }
    }

    private static Heard read(InputStream in) throws IOException {
        Heard heard = new Heard();
        new FrameReader(in, MAX).readAll(heard);
        return heard;
    }

    private static List<String> read(String frames) throws IOException {
        return read(new ByteArrayInputStream(hex(frames))).events;
    }

    /** RFC 6455, section 5.7, and a close frame behind each. */
    @Test
    void examplesOfTheRfc() throws IOException {
        assertThat(read("81 05 48 65 6c 6c 6f 8802 03e8")).containsExactly("text Hello", "close 1000 ");
        assertThat(read("01 03 48 65 6c 80 02 6c 6f 8800")).containsExactly("text Hello", "close 1005 ");
        assertThat(read("89 05 48 65 6c 6c 6f 8800")).containsExactly("ping 48656c6c6f", "close 1005 ");
        assertThat(read("01 03 48 65 6c 89 00 8a 01 00 80 02 6c 6f 8806 0fa1 676f6e65"))
                .containsExactly("ping ", "text Hello", "close 4001 gone");
    }

    @ParameterizedTest
    @CsvSource({
        "1002, c1 00",
        "1002, a1 00",
        "1002, 81 80 00000000",
        "1002, 83 00",
        "1002, 8b 00",
        "1002, 80 00",
        "1002, 01 01 61 81 01 61",
        "1002, 09 00",
        "1002, 89 7e 0080",
        "1002, 88 01 03",
        "1002, 88 02 03ed",
        "1002, 88 02 03e7",
        "1002, 88 02 1388",
        "1002, 82 7e 007d",
        "1002, 82 7f 000000000000ffff",
        "1002, 82 7f 8000000000000001",
        "1007, 81 02 c328",
        "1007, 88 04 03e8 c328",
        "1009, 82 7f 0000000000010019",
        "1009, 82 7f 7fffffffffffffff"
    })
    void whatAServerMustNotSendIsRefused(int code, String frames) {
        assertThatThrownBy(() -> read(frames)).isInstanceOfSatisfying(FrameException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    void aMessageOfFragmentsIsBoundedAsAWhole() {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            frames.writeBytes(hex(i == 0 ? "02 7e 7530" : "00 7e 7530"));
            frames.writeBytes(new byte[30_000]);
        }
        assertThatThrownBy(() -> read(new ByteArrayInputStream(frames.toByteArray())))
                .isInstanceOfSatisfying(
                        FrameException.class, e -> assertThat(e.code()).isEqualTo(FrameException.TOO_LARGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "81", "81 05 48", "82 7e 01", "01 00", "88 02 03"})
    void anEndWithinAFrameIsTheConnectionsEnd(String frames) {
        assertThatThrownBy(() -> read(frames)).isInstanceOf(EOFException.class);
    }

    /** Whatever sizes arrive in whatever parts. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 1_000, 16_384, 1_000_000})
    void whatIsWrittenIsRead(int part) throws IOException {
        Random random = new Random(part);
        List<byte[]> sent = new ArrayList<>();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        FrameWriter writer = new FrameWriter(wire);
        for (int size : new int[] {0, 1, 3, 4, 7, 8, 9, 125, 126, 127, 4_000, 16_384, 65_535, 65_536, MAX, 5}) {
            byte[] message = new byte[size];
            random.nextBytes(message);
            byte[] before = message.clone();
            writer.frame(FrameReader.BINARY, message);
            assertThat(message).as("not changed").isEqualTo(before);
            sent.add(message);
        }
        writer.frame(FrameReader.CLOSE, new byte[] {3, (byte) 0xe8});
        writer.flush();
        byte[] unmasked = unmasked(wire.toByteArray());
        Heard heard = read(new InputStream() {
            private final InputStream all = new ByteArrayInputStream(unmasked);

            @Override
            public int read() throws IOException {
                return all.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return all.read(bytes, offset, Math.min(part, length));
            }
        });
        assertThat(heard.messages).hasSameSizeAs(sent);
        for (int i = 0; i < sent.size(); i++) {
            assertThat(heard.messages.get(i)).as("message %d", i).isEqualTo(sent.get(i));
        }
    }

    /** What a server does with a client's frames. */
    private static byte[] unmasked(byte[] frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Set<Integer> masks = new HashSet<>();
        int count = 0;
        int at = 0;
        while (at < frames.length) {
            int second = frames[at + 1];
            assertThat(second & 0x80).as("masked").isEqualTo(0x80);
            out.write(frames[at]);
            out.write(second & 0x7f);
            int extra = (second & 0x7f) == 126 ? 2 : (second & 0x7f) == 127 ? 8 : 0;
            long length = second & 0x7f;
            if (extra > 0) {
                length = 0;
                for (int i = 0; i < extra; i++) {
                    length = length << 8 | frames[at + 2 + i] & 0xff;
                    out.write(frames[at + 2 + i]);
                }
            }
            at += 2 + extra;
            masks.add(java.nio.ByteBuffer.wrap(frames, at, 4).getInt());
            count++;
            for (int i = 0; i < length; i++) {
                out.write(frames[at + 4 + i] ^ frames[at + i % 4]);
            }
            at += 4 + (int) length;
        }
        assertThat(masks).as("a new mask for each frame").hasSize(count);
        return out.toByteArray();
    }

    @Test
    void oneFrameIsOneWrite() throws IOException {
        List<Integer> writes = new ArrayList<>();
        FrameWriter writer = new FrameWriter(new java.io.OutputStream() {
            @Override
            public void write(int b) {
                writes.add(1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                writes.add(length);
            }
        });
        writer.frame(FrameReader.BINARY, new byte[MAX]);
        writer.flush();
        writer.frame(FrameReader.TEXT, "a".getBytes(StandardCharsets.US_ASCII));
        writer.flush();
        assertThat(writes).containsExactly(MAX + 14, 7);
    }
}
