package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.bascule.relay.TestRelay.Ends;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 over real sockets, byte by byte: what a relay answers, and what it closes. */
class FramingIT {

    private static final int SLOW = 300;
    private static final int FLOODERS = 50;

    private static TestRelay relay;

    private final SessionId sid = SessionId.random();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, InterruptedException {
        relay = new TestRelay(folder, "256m", Map.of());
        relay.open();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void hugeFrameAndGarbageEndTheConnectionOnly() throws Exception {
        Ends ends = relay.pair();
        try (Socket socket = upgraded()) {
            socket.setSoTimeout(20_000);
            // a masked binary frame of 2^40 bytes is announced, and 1 MB of it sent
            socket.getOutputStream().write(HexFormat.of().parseHex("82ff0000010000000000" + "00000000"));
            byte[] junk = new byte[64 * 1_024];
            try {
                for (int i = 0; i < 16; i++) {
                    socket.getOutputStream().write(junk);
                }
                socket.getOutputStream().flush();
            } catch (IOException e) {
                // closed while we were writing: just what is expected
            }
            assertEnds(socket);
        }
        try (Socket socket = upgraded()) {
            socket.setSoTimeout(20_000);
            // reserved bits and an opcode that does not exist
            socket.getOutputStream().write(HexFormat.of().parseHex("fb8200000000aaaa"));
            assertEnds(socket);
        }
        ends.client().send(new byte[] {3});
        assertThat(ends.device().next().binary()).containsExactly(3);
    }

    /** A case of each group of the Autobahn suite over a real socket; {@code FrameDecoderTest} has the others. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ping,898000000000,8a00",
        "ping with payload,89820000000041 42,8a024142",
        "pong unasked and then a ping,8a80000000008980 00000000,8a00",
        "reserved bit,c98000000000,880203ea",
        "unknown opcode,838000000000,880203ea",
        "not masked,8900,880203ea",
        "fragment of a ping,098000000000,880203ea",
        "continuation of nothing,808000000000,880203ea",
        "text that is not UTF-8,818100000000ff,880203ef",
        "close,888000000000,8800",
        "close with a code,88820000000003e8,880203e8",
        "half a code,88810000000003,880203ea",
        "a code that nobody may send,88820000000003ed,880203ea"
    })
    void framesAreAnsweredAsRfc6455Says(String name, String frames, String answer) throws Exception {
        try (Socket socket = upgraded()) {
            socket.setSoTimeout(20_000);
            for (byte one : HexFormat.of().parseHex(frames.replace(" ", ""))) {
                socket.getOutputStream().write(one);
                socket.getOutputStream().flush();
            }
            String expected = answer.replace(" ", "");
            byte[] answered = socket.getInputStream().readNBytes(expected.length() / 2);
            assertThat(HexFormat.of().formatHex(answered)).isEqualTo(expected);
        }
    }

    /** Those that RFC 6455 (section 7.4) and its registry let an end send are sent back, others are a fault. */
    @ParameterizedTest
    @CsvSource({
        "1000,1000", "1001,1001", "1002,1002", "1003,1003", "1007,1007", "1008,1008", "1009,1009", "1010,1010",
        "1011,1011", "1012,1012", "1013,1013", "1014,1014", "3000,3000", "3999,3999", "4000,4000", "4999,4999",
        "0,1002", "999,1002", "1004,1002", "1005,1002", "1006,1002", "1015,1002", "1016,1002", "1100,1002",
        "2000,1002", "2999,1002", "5000,1002", "65535,1002"
    })
    void codesOfClosing(int code, int answer) throws Exception {
        try (RawClient client = raw()) {
            client.send(
                    RawClient.CLOSE,
                    ByteBuffer.allocate(2).putShort((short) code).array());
            assertThat(client.next().closeCode()).isEqualTo(answer);
            assertEnds(client.socket);
        }
    }

    @Test
    void whatFollowsACloseIsNotAnswered() throws Exception {
        try (Socket socket = upgraded()) {
            socket.setSoTimeout(20_000);
            // 1000, a ping, a text that is not UTF-8, and 1001
            socket.getOutputStream()
                    .write(HexFormat.of()
                            .parseHex("88820000000003e8" + "898000000000" + "818100000000ff" + "88820000000003e9"));
            assertThat(HexFormat.of().formatHex(socket.getInputStream().readAllBytes()))
                    .isEqualTo("880203e8");
        }
    }

    /** A client of a pair that says frame by frame what it sends, and its device. */
    private record RawPair(RawClient client, RelayClient device) {}

    private RawPair rawPair() throws IOException {
        RelayProofKey proof = RelayProofKey.generate();
        RawClient client = RawClient.admitted(
                relay.micro.port(),
                TestInstallation.token(TestRelay.ID, sid, RelayRole.CLIENT, 0, proof),
                relay.installation.tokenKey,
                proof,
                InetAddress.getLoopbackAddress());
        assertThat(client.next().text()).isEqualTo("waiting");
        RelayClient device = relay.admitted(sid, RelayRole.DEVICE, proof);
        assertThat(device.next().text()).isEqualTo("paired");
        assertThat(client.next().text()).isEqualTo("paired");
        return new RawPair(client, device);
    }

    @Test
    void aPingBetweenFragmentsIsAnsweredBeforeTheMessageIsThere() throws Exception {
        RawPair pair = rawPair();
        try (RawClient client = pair.client()) {
            client.send(RawClient.FIRST_FRAGMENT, new byte[] {1, 2});
            client.send(RawClient.PING, new byte[] {3});
            RawClient.Frame pong = client.next();
            assertThat(pong.first()).isEqualTo(RawClient.PONG);
            assertThat(pong.payload()).containsExactly(3);
            client.send(RawClient.FRAGMENT, new byte[] {4});
            client.send(RawClient.PONG, new byte[] {5});
            client.send(RawClient.FRAGMENT, new byte[0]);
            client.send(RawClient.LAST_FRAGMENT, new byte[] {6});
            assertThat(pair.device().next().binary()).containsExactly(1, 2, 4, 6);
        }
    }

    @Test
    void messagesInManyFragmentsArriveWhole() throws Exception {
        RawPair pair = rawPair();
        try (RawClient client = pair.client()) {
            for (int size : new int[] {1_300, 64, 1}) {
                byte[] message = new byte[size == 1_300 ? 1 << 16 : 1_000 * size];
                new Random(size).nextBytes(message);
                for (int at = 0; at < message.length; at += size) {
                    int end = Math.min(at + size, message.length);
                    client.send(
                            (at == 0 ? RawClient.FIRST_FRAGMENT : RawClient.FRAGMENT)
                                    | (end == message.length ? RawClient.LAST_FRAGMENT : 0),
                            Arrays.copyOfRange(message, at, end));
                }
                assertThat(pair.device().next().binary())
                        .as("in fragments of %d", size)
                        .isEqualTo(message);
            }
        }
    }

    @Test
    void halfAMessageOfAnEndThatVanishesIsNotForwarded() throws Exception {
        RawPair pair = rawPair();
        try (RawClient client = pair.client()) {
            client.send(RawClient.BINARY, new byte[] {1});
            // a fragment, and half of the last one
            client.send("0281 00000000 02" + "8084 00000000 03");
        }
        assertThat(pair.device().next().binary()).containsExactly(1);
        assertThat(pair.device().next().closed()).isEqualTo(4002);
    }

    /** As long as nobody has proved itself, whatever part of a frame it stopped in. */
    @Test
    void halfAFrameIsNotWaitedFor() throws Exception {
        List<RawClient> halves = new ArrayList<>();
        try {
            for (String half :
                    List.of("", "81", "81fe", "81fe 01", "8184 0000", "8184 00000000 65", "0181 00000000 65")) {
                RawClient client = raw();
                halves.add(client);
                client.send(half);
            }
            for (RawClient client : halves) {
                assertThat(client.next().closeCode()).isEqualTo(4006);
                assertEnds(client.socket);
            }
        } finally {
            for (RawClient client : halves) {
                client.close();
            }
        }
    }

    /** Frames that come with the opening handshake, also at an address that is refused, again and again. */
    @Test
    void whatComesTogetherWithTheHandshakeIsAnswered() throws Exception {
        byte[] pings = HexFormat.of().parseHex("898000000000".repeat(200));
        for (int i = 0; i < 100; i++) {
            String path = i % 2 == 0 ? sid.toString() : "nowhere";
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.micro.port())) {
                socket.setSoTimeout(20_000);
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(RawClient.opening(path));
                all.writeBytes(pings);
                socket.getOutputStream().write(all.toByteArray());
                RawClient.head(socket.getInputStream());
                byte[] answer = socket.getInputStream().readNBytes(2);
                if (i % 2 == 0) {
                    assertThat(HexFormat.of().formatHex(answer)).isEqualTo("8a00");
                } else {
                    assertThat(HexFormat.of().formatHex(answer)).isIn("8a00", "8812");
                }
            }
        }
        assertThat(relay.micro.readiness().statusCode()).isEqualTo(200);
        relay.pair();
    }

    /** Strangers that send nothing but pings and empty fragments, and come again when they are closed: sessions are forwarded and ended meanwhile. */
    @Test
    void strangersThatFloodAreClosedAndHoldUpNobody() throws Exception {
        byte[] pings = HexFormat.of().parseHex("898000000000".repeat(10_000));
        byte[] fragments = HexFormat.of().parseHex("028000000000" + "008000000000".repeat(10_000));
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> flooders = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(FLOODERS);
        Ends ends = relay.pair();
        try {
            for (int i = 0; i < FLOODERS; i++) {
                byte[] flood = i % 2 == 0 ? pings : fragments;
                // an address for each: others are to find room beside them
                InetAddress from = InetAddress.getByName("127.0.9." + (i + 1));
                flooders.add(CompletableFuture.runAsync(() -> flood(flood, from, over), threads));
            }
            for (int i = 0; i < 20; i++) {
                TimeUnit.MILLISECONDS.sleep(100);
                long begun = System.nanoTime();
                ends.client().send(new byte[] {(byte) i});
                assertThat(ends.device().next().binary()).containsExactly(i);
                Ends closing = relay.pair();
                closing.client().close();
                assertThat(closing.device().closeCode()).isEqualTo(4002);
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .as("a message, a new session and its end")
                        .isLessThan(Duration.ofSeconds(2));
            }
        } finally {
            over.set(true);
            threads.shutdown();
        }
        CompletableFuture.allOf(flooders.toArray(CompletableFuture<?>[]::new))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    /** Each time it is told that it was too much. */
    private void flood(byte[] frames, InetAddress from, AtomicBoolean over) {
        while (!over.get()) {
            try (RawClient client = RawClient.open(relay.micro.port(), sid, from)) {
                try {
                    for (int i = 0; i < 4; i++) {
                        client.socket.getOutputStream().write(frames);
                    }
                } catch (IOException e) {
                    // closed while we were writing
                    continue;
                }
                RawClient.Frame frame = client.next();
                while (frame.first() == RawClient.PONG) {
                    frame = client.next();
                }
                assertThat(frame.closeCode()).isEqualTo(4003);
                // otherwise they have the processor, and not the relay
                TimeUnit.MILLISECONDS.sleep(500);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Whoever takes no answers is still read, and the relay keeps the last one for it and no more. */
    @Test
    void answersToPingsAreNotPiledUp() throws Exception {
        int pings = 200_000;
        try (RawClient client = rawPair().client()) {
            Socket socket = client.socket;
            byte[] ping = new byte[6 + 125];
            ping[0] = (byte) 0x89;
            ping[1] = (byte) (0x80 | 125);
            BufferedOutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
            for (int i = 1; i <= pings; i++) {
                ByteBuffer.wrap(ping).putInt(6, i);
                out.write(ping);
            }
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int answers = 0;
            int last = 0;
            while (last < pings) {
                assertThat(in.readUnsignedShort()).isEqualTo(0x8a00 | 125);
                int now = in.readInt();
                assertThat(now).isGreaterThan(last);
                last = now;
                in.skipNBytes(121);
                answers++;
            }
            assertThat(answers).isLessThan(pings);
        }
    }

    @Test
    void openingHandshakesThatAreNone() throws Exception {
        String good =
                "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        + "Sec-WebSocket-Version: 13\r\n";
        assertThat(status("GET", good)).isEqualTo(101);
        assertThat(status("GET", "")).isEqualTo(426);
        assertThat(status("GET", good.replace("13", "8"))).isEqualTo(426);
        assertThat(status("GET", good.replace("AAAAAAAAAAAAAAAAAAAAAA==", "AAAA")))
                .isEqualTo(400);
        assertThat(status("POST", good)).isEqualTo(405);
    }

    /** One byte a second, or nothing at all, with and without TLS: a network has 200 of them, each for as long as a header may take, and no thread waits with any. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void slowOpeningsAreFewAndSoonOverAndDisturbNobody(boolean tls) throws Exception {
        // a record of TLS that announces 512 bytes of a client's hello
        byte[] opening = tls
                ? HexFormat.of().parseHex("1603010200010001fc0303" + "00".repeat(64))
                : RawClient.opening(sid.hex());
        int port = tls ? relay.micro.tlsPort() : relay.micro.port();
        // others come from another network
        InetAddress from = InetAddress.getByName("127.0.7.1");
        List<Socket> slow = new ArrayList<>();
        Ends ends = relay.pair();
        try {
            for (int i = 0; i < SLOW; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
                socket.setSoTimeout(10);
                slow.add(socket);
            }
            long begun = System.nanoTime();
            List<Socket> open = stillOpen(slow);
            for (int again = 0; open.size() > 200 && again < 5; again++) {
                open = stillOpen(open);
            }
            assertThat(open).as("those that are not too many").hasSize(200);
            for (int second = 0; !open.isEmpty(); second++) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun))
                        .isLessThan(Duration.ofSeconds(PayaraMicro.HEADER_SECONDS + 10L));
                for (int i = 0; i < open.size(); i += 2) {
                    write(open.get(i), opening[second]);
                }
                long others = System.nanoTime();
                ends.client().send(new byte[] {(byte) second});
                assertThat(ends.device().next().binary()).containsExactly(second);
                relay.pair().client().close();
                assertThat(Duration.ofNanos(System.nanoTime() - others))
                        .as("a message and a new session")
                        .isLessThan(Duration.ofSeconds(1));
                TimeUnit.MILLISECONDS.sleep(500);
                open = stillOpen(open);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("not at once")
                    .isGreaterThan(Duration.ofSeconds(PayaraMicro.HEADER_SECONDS / 2));
            try (RawClient again = RawClient.open(relay.micro.port(), sid, from)) {
                assertThat(again.socket.isConnected())
                        .as("when there is room again")
                        .isTrue();
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    private static void write(Socket socket, byte one) {
        try {
            socket.getOutputStream().write(one);
        } catch (IOException e) {
            // it has ended meanwhile
        }
    }

    /** They hear nothing, or that they have ended. */
    private static List<Socket> stillOpen(List<Socket> sockets) {
        List<Socket> open = new ArrayList<>();
        for (Socket socket : sockets) {
            try {
                while (socket.getInputStream().read() >= 0) {
                    // an alert of TLS, and then the end
                }
            } catch (java.net.SocketTimeoutException e) {
                open.add(socket);
            } catch (IOException e) {
                // reset: ended as well
            }
        }
        return open;
    }

    @Test
    void headersThatGoOnAndOnEndTheConnection() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.micro.port())) {
            socket.setSoTimeout(20_000);
            byte[] opening = RawClient.opening(sid.hex());
            socket.getOutputStream().write(opening, 0, opening.length - 2);
            try {
                for (int i = 0; i < 64; i++) {
                    socket.getOutputStream()
                            .write(("X-Header-" + i + ": " + "a".repeat(1_000) + "\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // closed while we were writing: just what is expected
            }
            assertEnds(socket);
        }
    }

    private int status(String method, String headers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.micro.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((method + " /relay/v1/" + sid + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 101".length());
            return Integer.parseInt(new String(line, StandardCharsets.US_ASCII).substring("HTTP/1.1 ".length()));
        }
    }

    /** Both ends close at the same moment, again and again: each hears of its end, and the relay goes on. */
    @Test
    void bothEndsCloseAtOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            Ends ends = relay.pair();
            boolean inOrder = i % 2 == 0;
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                if (inOrder) {
                    closed(ends.device());
                } else {
                    ends.device().abort();
                }
            });
            closed(ends.client());
            other.get(20, TimeUnit.SECONDS);
            assertThat(ends.client().closeCode()).isIn(1000, 4002);
        }
        assertThat(relay.micro.readiness().statusCode()).isEqualTo(200);
        relay.pair();
    }

    /** Ends vanish while they are sent to, while they send, and while their sender is held up: nothing is left of them, and the others get what is theirs. */
    @Test
    void endsThatVanishLeaveNothing() throws Exception {
        byte[] message = new byte[RelayLimits.MAX_MESSAGE];
        Ends other = relay.pair();
        // asked first: the connection that it is asked over is one of the sockets
        String state = relay.micro.readiness().body();
        long before = sockets();
        for (int i = 0; i < 90; i++) {
            Ends ends = relay.pair();
            ends.device().stopReading();
            CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
            for (int j = 0; j < i % 30; j++) {
                sending = sending.thenCompose(sent -> ends.client().sendAsync(message));
            }
            ends.device().sendAsync(message);
            if (i % 2 == 0) {
                TimeUnit.MILLISECONDS.sleep(i % 20);
            }
            if (i % 3 != 0) {
                ends.device().abort();
            }
            if (i % 3 != 1) {
                ends.client().abort();
            }
            other.client().send(new byte[] {(byte) i});
            assertThat(other.device().next().binary()).containsExactly(i);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (sockets() > before || !relay.micro.readiness().body().equals(state)) {
            assertThat(System.nanoTime())
                    .as(
                            "%d sockets were %d, %s",
                            sockets(), before, relay.micro.readiness().body())
                    .isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(relay.micro.log()).doesNotContain("while it is used");
    }

    private static long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", String.valueOf(relay.micro.pid()), "fd"))) {
            return open.filter(FramingIT::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false;
        }
    }

    /** It may be closed already by what the other one did. */
    private static void closed(RelayClient end) {
        try {
            end.close();
        } catch (CompletionException e) {
            assertThat(e).hasRootCauseInstanceOf(IOException.class);
        }
    }

    private RawClient raw() throws IOException {
        return RawClient.open(relay.micro.port(), sid, InetAddress.getLoopbackAddress());
    }

    private Socket upgraded() throws IOException {
        return raw().socket;
    }

    private static void assertEnds(Socket socket) {
        try {
            socket.getInputStream().readAllBytes();
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            // reset: ended as well
        }
    }
}
