package org.bascule.session.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ServiceFormatsTest {

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    @Test
    void terminalSizes() throws Exception {
        assertThat(TerminalSize.parse(json("{\"cols\":80,\"rows\":24}"))).isEqualTo(new TerminalSize(80, 24));
        assertThat(TerminalSize.parseResizeEvent(new TerminalSize(1_000, 1).toResizeEvent()))
                .contains(new TerminalSize(1_000, 1));
        assertThat(TerminalSize.parseResizeEvent(json("{\"other\":1}"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"cols\":80}",
                "{\"cols\":0,\"rows\":24}",
                "{\"cols\":80,\"rows\":1001}",
                "{\"cols\":-1,\"rows\":1}",
                "{\"cols\":1.5,\"rows\":1}",
                "{\"cols\":\"80\",\"rows\":24}",
                "{\"cols\":1e9,\"rows\":24}"
            })
    void badTerminalSizes(String text) {
        assertThatThrownBy(() -> TerminalSize.parse(json(text))).isInstanceOf(WireException.class);
    }

    @Test
    void desktops() throws Exception {
        for (String text : List.of(
                "{\"mode\":\"view\"}",
                "{\"mode\":\"control\",\"display\":\":0\",\"screen\":\"64\"}",
                "{\"mode\":\"view\",\"vnc\":{\"host\":\"192.168.1.7\",\"port\":5900,\"password\":\"x\"}}")) {
            assertThat(DesktopRequest.parse(json(text)).toJson()).isEqualTo(json(text));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"mode\":\"touch\"}",
                "{\"mode\":\"view\",\"display\":\"host:0\"}",
                "{\"mode\":\"view\",\"vnc\":{}}",
                "{\"mode\":\"view\",\"display\":\":0\",\"vnc\":{\"host\":\"localhost\",\"port\":5900}}"
            })
    void badDesktops(String text) {
        assertThatThrownBy(() -> DesktopRequest.parse(json(text))).isInstanceOf(WireException.class);
    }

    @Test
    void commands() throws Exception {
        assertThat(CommandLine.parse(json("{\"command\":[\"ls\",\"-l\",\"\"]}")))
                .isEqualTo(CommandLine.of(List.of("ls", "-l", "")));
        assertThat(CommandLine.parse(CommandLine.shell("ls -l | wc").toJson()))
                .isEqualTo(CommandLine.shell("ls -l | wc"));
        CommandLine largest = CommandLine.of(Collections.nCopies(256, "x".repeat(128)));
        assertThat(CommandLine.parse(largest.toJson())).isEqualTo(largest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"command\":[]}",
                "{\"command\":\"ls\"}",
                "{\"command\":[1]}",
                "{\"command\":[\"\"]}",
                "{\"command\":[\"a\\u0000b\"]}",
                "{\"shell\":\"\"}",
                "{\"shell\":\"a\\u0000\"}",
                "{\"shell\":1}",
                "{\"command\":[\"ls\"],\"shell\":\"ls\"}"
            })
    void badCommands(String text) {
        assertThatThrownBy(() -> CommandLine.parse(json(text))).isInstanceOf(WireException.class);
    }

    @Test
    void commandsThatAreTooLong() {
        assertThatThrownBy(() -> CommandLine.of(Collections.nCopies(257, "x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> CommandLine.of(List.of("é".repeat(16_385))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Neither end believes the other one. */
    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../../x", "a/b", "/etc/passwd", "a\u0000b"})
    void namesThatLeadElsewhere(String name) throws Exception {
        ByteBuffer entry = ByteBuffer.allocate(FileEntry.MAX_LENGTH);
        new FileEntry(FileEntry.Kind.FILE, 0644, 1, 0, 0, 0, name, "").put(entry);
        assertThatThrownBy(() -> FileEntry.read(new ByteArrayInputStream(entry.array(), 0, entry.position())))
                .isInstanceOf(WireException.class);
        if (!name.equals("a/b")) {
            JsonObject path =
                    json("{\"path\":\"" + B64.encode(("/srv/" + name).getBytes(StandardCharsets.UTF_8)) + "\"}");
            assertThatThrownBy(() -> FilePath.parse(StrictJson.of(path), "path"))
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void exits() throws Exception {
        assertThat(ProcessExit.parseEvent(ProcessExit.code(3).toEvent())).contains(ProcessExit.code(3));
        assertThat(ProcessExit.parseEvent(json("{\"exit\":{\"signal\":9}}"))).contains(ProcessExit.signal(9));
        assertThat(ProcessExit.signal(9).shellCode()).isEqualTo(137);
        assertThat(ProcessExit.parseEvent(json("{\"opened\":{\"account\":\"a\"}}")))
                .isEmpty();
        assertThat(ProcessExit.parseOpenedEvent(ProcessExit.openedEvent("operator")))
                .contains("operator");
        assertThatThrownBy(() -> ProcessExit.parseEvent(json("{\"exit\":{}}"))).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> ProcessExit.parseEvent(json("{\"exit\":{\"code\":-1}}")))
                .isInstanceOf(WireException.class);
    }

    @Test
    void framesMayBeCutAnywhere() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        Random random = new Random(11);
        for (int i = 0; i < 200; i++) {
            byte[] part = new byte[random.nextInt(40)];
            random.nextBytes(part);
            int channel = 1 + random.nextInt(2);
            (channel == ProcessFrames.OUTPUT ? out : err).writeBytes(part);
            wire.writeBytes(ByteBuffer.allocate(5 + part.length)
                    .put((byte) channel)
                    .putInt(part.length)
                    .put(part)
                    .array());
        }
        for (int step : new int[] {1, 3, 7, 100_000}) {
            ByteArrayOutputStream[] got = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
            ProcessFrames.Reader reader = new ProcessFrames.Reader();
            byte[] all = wire.toByteArray();
            for (int at = 0; at < all.length; at += step) {
                reader.read(
                        all,
                        at,
                        Math.min(step, all.length - at),
                        (channel, buffer, offset, length) -> got[channel - 1].write(buffer, offset, length));
            }
            assertThat(reader.isComplete()).isTrue();
            assertThat(got[0].toByteArray()).isEqualTo(out.toByteArray());
            assertThat(got[1].toByteArray()).isEqualTo(err.toByteArray());
        }
    }

    @Test
    void unknownChannelIsRefused() {
        ProcessFrames.Reader reader = new ProcessFrames.Reader();
        assertThatThrownBy(() -> reader.read(new byte[] {3, 0, 0, 0, 1, 9}, 0, 6, (c, b, o, l) -> {}))
                .isInstanceOf(WireException.class);
    }
}
