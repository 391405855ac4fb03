package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a server whose bytes the test writes. */
@Timeout(60)
class WebSocketTest implements WebSocketListener {

    private static final WebSocket.Limits LIMITS = new WebSocket.Limits(1_000, 100_000);
    private static final int LONG = 20;

    private final ServerSocket listening;
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final CompletableFuture<WebSocketEnd> end = new CompletableFuture<>();
    private volatile CountDownLatch busy = new CountDownLatch(0);

    WebSocketTest() throws IOException {
        listening = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(LONG * 1_000);
    }

    @AfterEach
    void close() throws IOException {
        busy.countDown();
        listening.close();
    }

    @Override
    public void opened(WebSocket socket) {}

    @Override
    public void text(String message) {
        heard.add(message);
        try {
            busy.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void binary(byte[] buffer, int offset, int length) {
        heard.add("binary " + length);
    }

    @Override
    public void ended(WebSocketEnd why) {
        assertThat(end.complete(why)).as("told once").isTrue();
    }

    private CompletableFuture<WebSocket> opening(Duration within) {
        return Network.ofPlatform("test/1")
                .open(URI.create("ws://127.0.0.1:" + listening.getLocalPort() + "/a%20b?c=d"), within, LIMITS, this);
    }

    /** The server's side. */
    private static final class Peer implements AutoCloseable {
        final Socket socket;
        final DataInputStream in;
        String head = "";

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
            socket.setSoTimeout(LONG * 1_000);
            StringBuilder text = new StringBuilder();
            while (!text.toString().endsWith("\r\n\r\n")) {
                text.append((char) in.readUnsignedByte());
            }
            head = text.toString();
        }

        String key() {
            int begin = head.indexOf("Sec-WebSocket-Key: ") + "Sec-WebSocket-Key: ".length();
            return head.substring(begin, head.indexOf('\r', begin));
        }

        Peer accept() throws IOException {
            return text(
                    "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Accept: "
                            + Upgrade.accept(key()) + "\r\n\r\n");
        }

        Peer text(String bytes) throws IOException {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Peer frame(String hex) throws IOException {
            socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
            return this;
        }

        /** Opcode and payload in hexadecimal, of a frame below 126 bytes. */
        String read() throws IOException {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte() - 0x80;
            byte[] mask = in.readNBytes(4);
            byte[] payload = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                payload[i] ^= mask[i % 4];
            }
            return "%02x %s".formatted(first, HexFormat.of().formatHex(payload));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Peer peer() throws IOException {
        return new Peer(listening.accept());
    }

    private String next() throws InterruptedException {
        String next = heard.poll(LONG, TimeUnit.SECONDS);
        assertThat(next).as("a message").isNotNull();
        return String.valueOf(next);
    }

    private WebSocketEnd end() throws Exception {
        return end.get(LONG, TimeUnit.SECONDS);
    }

    /** RFC 6455, section 1.3. */
    @Test
    void keyIsAnsweredAsInTheRfc() {
        assertThat(Upgrade.accept("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    @Test
    void opensTalksAndAnswersTheClose() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer()) {
            assertThat(peer.head)
                    .startsWith("GET /a%20b?c=d HTTP/1.1\r\nHost: 127.0.0.1:" + listening.getLocalPort() + "\r\n")
                    .contains("User-Agent: test/1\r\n")
                    .contains("Sec-WebSocket-Version: 13\r\n");
            peer.accept().frame("81 02 6869");
            WebSocket socket = opening.get(LONG, TimeUnit.SECONDS);
            assertThat(next()).isEqualTo("hi");
            socket.sendText("yes".getBytes(StandardCharsets.UTF_8));
            assertThat(peer.read()).isEqualTo("81 796573");
            socket.send(new byte[] {1, 2});
            assertThat(peer.read()).isEqualTo("82 0102");
            peer.frame("89 01 07");
            assertThat(peer.read()).isEqualTo("8a 07");
            peer.frame("88 04 0fa2 6279");
            assertThat(end()).isEqualTo(new WebSocketEnd(WebSocketEnd.Kind.CLOSED, 4_002, "by"));
            assertThat(peer.read()).isEqualTo("88 0fa2");
            assertThat(peer.in.read()).as("closed behind it").isNegative();
        }
    }

    @Test
    void closesAfterWhatWasSent() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer().accept()) {
            WebSocket socket = opening.get(LONG, TimeUnit.SECONDS);
            socket.send(new byte[] {1});
            CompletableFuture<Void> said = socket.close();
            socket.send(new byte[] {2});
            assertThat(peer.read()).isEqualTo("82 01");
            assertThat(peer.read()).isEqualTo("88 03e8");
            said.get(LONG, TimeUnit.SECONDS);
            peer.frame("81 01 61 88 02 03e8");
            assertThat(next()).as("still heard").isEqualTo("a");
            assertThat(end().code()).isEqualTo(1_000);
        }
    }

    @Test
    void aCloseThatIsNotAnsweredEndsInTime() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer().accept()) {
            opening.get(LONG, TimeUnit.SECONDS).close();
            assertThat(peer.read()).isEqualTo("88 03e8");
            assertThat(end.get(10, TimeUnit.SECONDS).kind()).isEqualTo(WebSocketEnd.Kind.LOST);
        }
    }

    @Test
    void brokenFramesAreAnsweredWithTheirCode() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer().accept()) {
            opening.get(LONG, TimeUnit.SECONDS);
            peer.frame("82 7e 03e9");
            assertThat(end().kind()).isEqualTo(WebSocketEnd.Kind.TOO_LARGE);
            assertThat(peer.read()).isEqualTo("88 03f1");
        }
    }

    /** An end or a reset shows at once, and not when something is sent or a timer runs off. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostConnectionIsNoticedAtOnce(boolean reset) throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer().accept()) {
            WebSocket socket = opening.get(LONG, TimeUnit.SECONDS);
            if (reset) {
                peer.socket.setSoLinger(true, 0);
            }
            peer.close();
            assertThat(end.get(5, TimeUnit.SECONDS).kind()).isEqualTo(WebSocketEnd.Kind.LOST);
            assertThat(socket.send(new byte[1])).as("dropped").isTrue();
        }
    }

    /** What waits is bounded, and a listener that is busy stops the reading. */
    @Test
    void isBoundedBothWays() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        busy = new CountDownLatch(1);
        try (Peer peer = peer().accept()) {
            WebSocket socket = opening.get(LONG, TimeUnit.SECONDS);
            boolean taken = true;
            for (int i = 0; i < 1_000 && taken; i++) {
                taken = socket.send(new byte[50_000]);
            }
            assertThat(taken).isFalse();
            peer.frame("81 01 61 81 01 62");
            assertThat(next()).isEqualTo("a");
            assertThat(heard.poll(200, TimeUnit.MILLISECONDS)).isNull();
            busy.countDown();
            assertThat(next()).isEqualTo("b");
            socket.abort();
            assertThat(end().kind()).isEqualTo(WebSocketEnd.Kind.LOST);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
                "HTTP/1.1 101 OK\r\n\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "HTTP/1.1 200\n: x\n\n",
                ""
            })
    void otherAnswersAreRefused(String answer) throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        peer().text(answer).close();
        assertThatThrownBy(() -> opening.get(LONG, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
        assertThat(end).isNotDone();
    }

    @Test
    void anEndlessHeadEnds() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer().text("HTTP/1.1 101 OK\r\n")) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            peer.text("X-Filler: 01234567890123456789\r\n");
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> opening.get(LONG, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(MalformedAnswerException.class);
        }
    }

    @Test
    void aRefusalNamesItsStatus() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofSeconds(LONG));
        peer().text("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n").close();
        assertThatThrownBy(() -> opening.get(LONG, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(UpgradeRefusedException.class, e -> assertThat(e.status())
                        .isEqualTo(503));
    }

    @Test
    void silenceEndsInTimeAndGivingUpAtOnce() throws Exception {
        CompletableFuture<WebSocket> opening = opening(Duration.ofMillis(300));
        try (Peer peer = peer()) {
            assertThatThrownBy(() -> opening.get(LONG, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(SocketTimeoutException.class);
        }
        CompletableFuture<WebSocket> second = opening(Duration.ofSeconds(LONG));
        try (Peer peer = peer()) {
            second.cancel(true);
            assertThat(peer.in.read()).as("closed").isNegative();
        }
    }
}
