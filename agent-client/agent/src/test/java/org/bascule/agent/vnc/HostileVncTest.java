package org.bascule.agent.vnc;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.agent.desktop.DesktopStream;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers and clients that do what they should not, and what passes between those that do. */
@Timeout(60)
class HostileVncTest {

    private static final String UPDATE = "00000001";
    private static final String TEXT_HI = "0300000000000002" + "4869";
    private static final String PROVIDE_FLAGS = "10000001";
    /** {@code u32 3 ‖ "Hi" ‖ 0}, compressed. */
    private static final byte[] HI = deflated(new byte[] {0, 0, 0, 3, 'H', 'i', 0});

    private VncFixture fixture;

    @SuppressWarnings("NullAway.Init")
    private ScriptedServer server;

    private final DesktopStream stream = new DesktopStream();

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        fixture = new VncFixture(folder);
    }

    @AfterEach
    void close() throws Exception {
        stream.leave();
        fixture.close();
        server.close();
    }

    private static byte[] deflated(byte[] plain) {
        java.util.zip.Deflater deflater = new java.util.zip.Deflater();
        deflater.setInput(plain);
        deflater.finish();
        byte[] out = new byte[64];
        return Arrays.copyOf(out, deflater.deflate(out));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private Future<?> use(ScriptedServer with, Mode mode, String... permitted) {
        server = with;
        fixture.port = with.port();
        fixture.permit(permitted);
        return fixture.open(stream, mode, Optional.empty());
    }

    /** The client's side of the hello, and encodings. */
    private DataInputStream client(int... encodings) throws Exception {
        VncFixture.next(stream, "desktop");
        DataInputStream in = new DataInputStream(stream.received());
        in.readFully(new byte[12]);
        stream.send("RFB 003.008\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        in.readFully(new byte[in.readUnsignedByte()]);
        stream.send(new byte[] {1});
        assertThat(in.readInt()).isZero();
        stream.send(new byte[] {1});
        assertThat(in.readUnsignedShort()).isEqualTo(ScriptedServer.WIDTH);
        in.readFully(new byte[18]);
        in.readFully(new byte[in.readInt()]);
        ByteBuffer message = ByteBuffer.allocate(4 + 4 * encodings.length);
        message.putShort((short) 0x200).putShort((short) encodings.length);
        for (int encoding : encodings) {
            message.putInt(encoding);
        }
        stream.send(message.array());
        return in;
    }

    private JsonObject error() throws Exception {
        return VncFixture.next(stream, "error");
    }

    // ---- who it was that ended it

    private static void ringForEver(DataInputStream in, DataOutputStream out) throws IOException {
        byte[] bells = new byte[8 << 10];
        Arrays.fill(bells, (byte) 2);
        while (true) {
            out.write(bells);
        }
    }

    @Test
    void aClientThatLeavesIsNoServerThatEnds() throws Exception {
        Future<?> use = use(ScriptedServer.afterHello(HostileVncTest::ringForEver), Mode.VIEW, Operations.DESKTOP_VIEW);
        client();
        VncFixture.await(stream::isFull);
        stream.leaveUntold();
        use.get(20, TimeUnit.SECONDS);
        assertThat(fixture.endedByServer).hasValue(0);
    }

    @Test
    void aClientThatEndsInTheGreetingIsNoServerThatEnds() throws Exception {
        use(ScriptedServer.afterHello((in, out) -> {}), Mode.VIEW, Operations.DESKTOP_VIEW);
        VncFixture.next(stream, "desktop");
        stream.finish();
        assertThat(error().getString("code")).isEqualTo("bad-client");
        assertThat(fixture.endedByServer).hasValue(0);
    }

    // ---- servers

    static Stream<Arguments> servers() {
        return Stream.of(
                server(
                        "a web server",
                        "bad-server",
                        (in, out) -> ScriptedServer.text(out, "HTTP/1.1 400 Bad Request\r\n\r\n")),
                server("one that hangs up", "unreachable", (in, out) -> {}),
                server("no way in", "not-let-in", (in, out) -> {
                    ScriptedServer.text(out, "RFB 003.008\n");
                    in.readFully(new byte[12]);
                    out.write(0);
                    out.writeInt(9);
                    ScriptedServer.text(out, "too often");
                }),
                server("an endless reason", "bad-server", (in, out) -> {
                    ScriptedServer.text(out, "RFB 003.008\n");
                    in.readFully(new byte[12]);
                    out.write(0);
                    out.writeInt(Integer.MAX_VALUE);
                }),
                server("only Apple's way of signing in", "sign-in-unsupported", (in, out) -> {
                    ScriptedServer.text(out, "RFB 003.889\n");
                    in.readFully(new byte[12]);
                    out.write(new byte[] {2, 30, 35});
                }),
                server("3.3 with an unknown type", "sign-in-unsupported", (in, out) -> {
                    ScriptedServer.text(out, "RFB 003.003\n");
                    in.readFully(new byte[12]);
                    out.writeInt(17);
                }),
                server("an endless name", "bad-server", (in, out) -> {
                    greet(in, out, 64, 48);
                    out.writeInt(-1);
                }),
                server("a screen without a size", "bad-server", (in, out) -> greet(in, out, 0, 48)),
                server("a huge screen", "bad-server", (in, out) -> greet(in, out, 65_535, 65_535)));
    }

    private static Arguments server(String name, String code, ScriptedServer.Script script) {
        return Arguments.of(name, code, script);
    }

    private static void greet(DataInputStream in, DataOutputStream out, int width, int height) throws IOException {
        ScriptedServer.text(out, "RFB 003.008\n");
        in.readFully(new byte[12]);
        out.write(new byte[] {1, 1});
        in.readUnsignedByte();
        out.writeInt(0);
        in.readUnsignedByte();
        out.writeShort(width);
        out.writeShort(height);
        out.write(new byte[16]);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("servers")
    void aServerThatMakesNoSenseIsToldByItsKind(String name, String code, ScriptedServer.Script script)
            throws Exception {
        Future<?> use = use(new ScriptedServer(script), Mode.VIEW, Operations.DESKTOP_VIEW);
        assertThat(error().getString("code")).isEqualTo(code);
        use.get(5, TimeUnit.SECONDS);
        assertThat(stream.bytes).as("nothing of it reached the client").isZero();
    }

    static Stream<Arguments> messages() {
        return Stream.of(
                Arguments.of("an unknown message", "07"),
                Arguments.of("a colour map", "01"),
                Arguments.of("an encoding that nobody asked for", UPDATE + "0000000000010001" + "00000005"),
                Arguments.of("a rectangle beside the screen", UPDATE + "003f000000020001" + "00000000"),
                Arguments.of("a huge compressed length", UPDATE + "0000000000010001" + "00000010" + "7fffffff"),
                Arguments.of("a negative compressed length", UPDATE + "0000000000010001" + "00000006" + "ffffffff"),
                Arguments.of("Tight of an unknown kind", UPDATE + "0000000000010001" + "00000007" + "a0"),
                Arguments.of("Tight with an unknown filter", UPDATE + "0000000000010001" + "00000007" + "4003"),
                Arguments.of("a huge pointer", UPDATE + "00000000ffffffff" + "ffffff11"),
                Arguments.of("a new screen without a size", UPDATE + "0000000000000030" + "ffffff21"),
                Arguments.of("an endless fence", "f8000000" + "80000001" + "ff"),
                Arguments.of("an endless clipboard", "03000000" + "7fffffff"),
                Arguments.of("an extended clipboard without flags", "03000000" + "ffffffff"),
                Arguments.of(
                        "an extended clipboard that is not compressed",
                        "03000000fffffff8" + PROVIDE_FLAGS + "00112233"),
                Arguments.of("the least of all lengths", "03000000" + "80000000"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("messages")
    void aServersMessageThatMakesNoSenseEndsIt(String name, String message) throws Exception {
        Future<?> use = use(
                ScriptedServer.afterHello((in, out) -> {
                    in.readFully(new byte[20 + 4]); // format and the head of the encodings
                    out.write(hex(message));
                }),
                Mode.VIEW,
                Operations.DESKTOP_VIEW,
                Operations.CLIPBOARD_FROM_DEVICE);
        client(7, 16, 6, -239, -223, -312, 0xc0a1e5ce);
        JsonObject error = error();
        assertThat(error.getString("code")).as(error.toString()).isEqualTo("bad-server");
        use.get(5, TimeUnit.SECONDS);
    }

    @Test
    void whatEachEncodingSendsPassesByteForByte() throws Exception {
        String raw = "0000000000020001" + "00000000" + "0102030405060708";
        String copy = "0001000100020002" + "00000001" + "00030004";
        String zlib = "0000000000100010" + "00000006" + "00000003" + "aabbcc";
        String zrle = "0000000000100010" + "00000010" + "00000002" + "ddee";
        String fill = "0000000000400030" + "00000007" + "80" + "112233";
        String jpeg = "0000000000400030" + "00000007" + "90" + "8101" + "00".repeat(129);
        String few = "0000000000020002" + "00000007" + "40" + "01" + "01" + "000000ffffff" + "c040";
        String many = "0000000000100001" + "00000007" + "50" + "01" + "02" + "010101020202030303" + "02" + "abcd";
        String plain = "0000000000100001" + "00000007" + "00" + "03" + "010203";
        String gradient = "0000000000100001" + "00000007" + "60" + "02" + "01" + "09";
        String pointer = "0000000000020002" + "ffffff11" + "00".repeat(16) + "8080";
        String size = "0000000000640032" + "fffffecc" + "01000000" + "00".repeat(16);
        String beyond = "0050000000010001" + "00000000" + "09080706";
        String last = "0000000000000000" + "ffffff20";
        String update = "0000ffff" + raw + copy + zlib + zrle + fill + jpeg + few + many + plain + gradient + pointer
                + size + beyond + last;
        String fence = "f8000000" + "80000003" + "04" + "01020304";
        String all = update + "02" + "96" + fence + UPDATE + raw;
        use(
                ScriptedServer.afterHello((in, out) -> {
                    in.readFully(new byte[20 + 4]);
                    out.write(hex(all));
                }),
                Mode.VIEW,
                Operations.DESKTOP_VIEW);
        DataInputStream in = client(7, 1, 16, 6, -239, -223, -224, -308, -312, -313);
        byte[] passed = new byte[all.length() / 2];
        in.readFully(passed);
        assertThat(HexFormat.of().formatHex(passed)).isEqualTo(all);
    }

    @Test
    void aClipboardPassesOnlyWithThePermissionAndIsRecorded() throws Exception {
        String provided = "03000000" + "%08x".formatted(-(4 + HI.length)) + PROVIDE_FLAGS
                + HexFormat.of().formatHex(HI);
        ScriptedServer.Script script = (in, out) -> {
            in.readFully(new byte[20 + 4]);
            out.write(hex(TEXT_HI + provided + "02"));
        };
        use(ScriptedServer.afterHello(script), Mode.VIEW, Operations.DESKTOP_VIEW);
        DataInputStream in = client(0xc0a1e5ce);
        assertThat(in.readUnsignedByte()).as("the bell alone").isEqualTo(2);
        assertThat(fixture.recorded()).doesNotContain("log.clipboard");

        server.close();
        DesktopStream second = new DesktopStream();
        try (ScriptedServer other = ScriptedServer.afterHello(script)) {
            fixture.port = other.port();
            fixture.permit(Operations.DESKTOP_VIEW, Operations.CLIPBOARD_FROM_DEVICE);
            fixture.open(second, Mode.VIEW, Optional.empty());
            VncFixture.next(second, "desktop");
            org.bascule.agent.desktop.RfbClient client =
                    new org.bascule.agent.desktop.RfbClient(second.received(), second::send);
            client.hello();
            client.encodings(0xc0a1e5ce);
            DataInputStream received = new DataInputStream(second.received());
            byte[] expected = hex(TEXT_HI + provided + "02");
            byte[] got = new byte[expected.length];
            received.readFully(got);
            assertThat(HexFormat.of().formatHex(got)).isEqualTo(HexFormat.of().formatHex(expected));
            assertThat(fixture.recorded()).contains("log.clipboard", "from-device");
        } finally {
            second.leave();
        }
    }

    @Test
    void aClientThatDoesNotReadStopsTheServer() throws Exception {
        byte[] update = hex(UPDATE + "0000000000400030" + "00000000" + "00".repeat(64 * 48 * 4));
        ScriptedServer[] self = new ScriptedServer[1];
        self[0] = ScriptedServer.afterHello((in, out) -> {
            in.readFully(new byte[20 + 4]);
            while (true) {
                out.write(update);
                self[0].sent += update.length;
            }
        });
        use(self[0], Mode.VIEW, Operations.DESKTOP_VIEW);
        client(0);
        long before = -1;
        while (self[0].sent != before) {
            before = self[0].sent;
            TimeUnit.MILLISECONDS.sleep(500);
        }
        assertThat(before).as("credit and two sockets").isPositive().isLessThan(8 << 20);
        fixture.permitted = new Operations(java.util.List.of());
        long since = System.nanoTime();
        assertThat(error().getString("code")).isEqualTo("not-permitted");
        assertThat(System.nanoTime() - since).as("though everything is full").isLessThan(5_000_000_000L);
    }

    /** It reads nothing while it waits for its client, and would do later what it was sent before. */
    @Test
    void aServerThatWaitsForItsClientIsLeftBeforeSomebodyIsAsked() throws Exception {
        byte[] update = hex(UPDATE + "0000000000400030" + "00000000" + "00".repeat(64 * 48 * 4));
        use(
                ScriptedServer.afterHello((in, out) -> {
                    in.readFully(new byte[20 + 4]);
                    while (true) {
                        out.write(update);
                    }
                }),
                Mode.CONTROL,
                Operations.DESKTOP_VIEW,
                Operations.DESKTOP_CONTROL);
        client(0);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!stream.isFull()) {
            assertThat(System.nanoTime()).as("nobody takes the picture").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        stream.send(hex("0501000a000a"));
        fixture.ask();
        assertThat(error().getString("text")).contains("is asked");
    }

    // ---- clients

    static Stream<Arguments> clientMessages() {
        return Stream.of(
                Arguments.of("an unknown message", "ff01"),
                Arguments.of("a type that RFB has not", "c8"),
                Arguments.of("8 bits", "00000000" + "08080001" + "000700070003" + "000306" + "000000"),
                Arguments.of("a colour map", "00000000" + "20180000" + "00ff00ff00ff" + "100800" + "000000"),
                Arguments.of("endless encodings", "0200ffff"),
                Arguments.of("an endless clipboard", "06000000" + "7fffffff"),
                Arguments.of("the least of all lengths", "06000000" + "80000000"),
                Arguments.of("an extended clipboard without flags", "06000000" + "fffffffe" + "0000"),
                Arguments.of("an endless fence", "f8000000" + "00000000" + "41"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clientMessages")
    void aClientsMessageThatMakesNoSenseEndsItAndReachesNobody(String name, String message) throws Exception {
        Future<?> use = use(
                ScriptedServer.afterHello((in, out) -> in.readFully(new byte[20 + 8])),
                Mode.CONTROL,
                Operations.DESKTOP_VIEW,
                Operations.DESKTOP_CONTROL,
                Operations.CLIPBOARD_TO_DEVICE);
        client(0);
        stream.send(hex(message));
        assertThat(error().getString("code")).isEqualTo("bad-client");
        use.get(5, TimeUnit.SECONDS);
        assertThat(server.received()).isEmpty();
    }

    @Test
    void onlyWhatMayPassesToTheServer() throws Exception {
        use(
                ScriptedServer.afterHello((in, out) -> in.readFully(new byte[20])),
                Mode.VIEW,
                Operations.DESKTOP_VIEW,
                Operations.DESKTOP_CONTROL,
                Operations.CLIPBOARD_TO_DEVICE);
        // Hextile, RRE, TightPNG, ExtendedMouseButtons and a cursor with alpha are left out
        client(5, 2, 7, -260, -316, -314, 0, -26);
        String encodings = "02000003" + "00000007" + "00000000" + "ffffffe6";
        String key = "04010000" + "00000061";
        String request = "0301" + "0000000000400030";
        stream.send(hex(key + "0501000a000a" + "ff000001000000610000001e" + "06000000000000024869" + request));
        assertThat(await(encodings + request)).isEqualTo(encodings + request);
        stream.say(Json.createObjectBuilder().add("mode", "control").build());
        VncFixture.next(stream, "desktop");
        stream.send(hex(key + "fb" + "0000400030" + "01" + "00" + "00".repeat(16) + "06000000000000024869"));
        String after = encodings + request + key + "06000000000000024869";
        assertThat(await(after)).isEqualTo(after);
        stream.say(Json.createObjectBuilder().add("quality", 9).build());
        String best = after + "02000003" + "00000007" + "00000000" + "ffffffe9";
        assertThat(await(best)).isEqualTo(best);
        stream.leave();
        String released = best + "04000000" + "00000061";
        assertThat(await(released)).as("the key is let go of").isEqualTo(released);
        assertThat(fixture.recorded()).contains("log.clipboard", "to-device");
    }

    @Test
    void nothingOfTheClipboardPassesWhileSomebodyIsAsked() throws Exception {
        use(
                ScriptedServer.afterHello((in, out) -> in.readFully(new byte[20 + 8])),
                Mode.CONTROL,
                Operations.DESKTOP_VIEW,
                Operations.DESKTOP_CONTROL,
                Operations.CLIPBOARD_TO_DEVICE);
        client(0);
        fixture.ask();
        while (!VncFixture.next(stream, "desktop").getBoolean("held")) {
            // as it was before
        }
        String request = "0301" + "0000000000400030";
        stream.send(hex("06000000000000024869" + request));
        assertThat(await(request)).isEqualTo(request);
        assertThat(fixture.recorded()).doesNotContain("log.clipboard");
    }

    @Test
    void aClipboardThatWaitsForTheLogDoesNotPassWhenControlHasEnded() throws Exception {
        use(
                ScriptedServer.afterHello((in, out) -> in.readFully(new byte[20 + 8])),
                Mode.CONTROL,
                Operations.DESKTOP_VIEW,
                Operations.DESKTOP_CONTROL,
                Operations.CLIPBOARD_TO_DEVICE);
        client(0);
        fixture.fillLog();
        String request = "0301" + "0000000000400030";
        stream.send(hex("06000000000000024869" + request));
        TimeUnit.MILLISECONDS.sleep(300);
        fixture.permit(Operations.DESKTOP_VIEW, Operations.CLIPBOARD_TO_DEVICE);
        while (!VncFixture.next(stream, "desktop").getString("mode").equals("view")) {
            // as it was before
        }
        fixture.makeRoom();
        assertThat(await(request)).isEqualTo(request);
    }

    private String await(String expected) throws InterruptedException {
        String got = "";
        for (int tries = 0; tries < 100 && !got.equals(expected); tries++) {
            TimeUnit.MILLISECONDS.sleep(50);
            got = HexFormat.of().formatHex(server.received());
        }
        return got;
    }

    @Test
    void olderServersAreSpokenToInTheirVersion() throws Exception {
        for (String version : new String[] {"RFB 003.003\n", "RFB 003.005\n", "RFB 003.007\n"}) {
            DesktopStream other = new DesktopStream();
            boolean old = !version.contains("7");
            try (ScriptedServer each = new ScriptedServer((in, out) -> {
                ScriptedServer.text(out, version);
                byte[] answer = new byte[12];
                in.readFully(answer);
                if (old) {
                    out.writeInt(1);
                } else {
                    out.write(new byte[] {1, 1});
                    in.readUnsignedByte();
                }
                ScriptedServer.init(in, out);
                in.readFully(new byte[20]);
                in.read();
            })) {
                server = each;
                fixture.port = each.port();
                fixture.permit(Operations.DESKTOP_VIEW);
                fixture.open(other, Mode.VIEW, Optional.empty());
                assertThat(VncFixture.next(other, "desktop")
                                .getJsonObject("vnc")
                                .getString("name"))
                        .isEqualTo("name");
            } finally {
                other.leave();
            }
        }
    }
}
