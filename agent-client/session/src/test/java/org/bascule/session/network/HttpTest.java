package org.bascule.session.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpTest {

    private static final Duration WITHIN = Duration.ofSeconds(20);

    private final Network network = Network.ofPlatform("test/1");

    /** Counted down for each connection that {@link #answering} has closed. */
    private final CountDownLatch closed = new CountDownLatch(2);

    private static String text(HttpAnswer answer) throws IOException {
        try (answer) {
            return new String(answer.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Known length and chunks, small and large, over one connection. */
    @Test
    void bodiesComeWholeAndTheConnectionIsKept() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Set<Integer> clients = ConcurrentHashMap.newKeySet();
        server.createContext("/echo", exchange -> {
            clients.add(exchange.getRemoteAddress().getPort());
            byte[] body = exchange.getRequestBody().readAllBytes();
            boolean chunked = exchange.getRequestURI().getQuery().equals("chunked");
            exchange.getResponseHeaders().add("X-Method", exchange.getRequestMethod());
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : chunked ? 0 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            String base = "http://127.0.0.1:" + server.getAddress().getPort() + "/echo?";
            for (String query : new String[] {"length", "chunked"}) {
                for (int size : new int[] {0, 1, 5_000, 300_000}) {
                    String body = "x".repeat(size);
                    HttpAnswer answer = network.send(new HttpCall("POST", URI.create(base + query), WITHIN).body(body));
                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.header("x-method")).contains("POST");
                    assertThat(text(answer)).isEqualTo(body);
                }
            }
            assertThat(clients).as("connections").hasSize(1);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void filesAreSent(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("f"), new byte[200_000]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] length = String.valueOf(exchange.getRequestBody().readAllBytes().length)
                    .getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(201, length.length);
            exchange.getResponseBody().write(length);
            exchange.close();
        });
        server.start();
        try {
            URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
            HttpAnswer answer = network.send(new HttpCall("POST", url, WITHIN).body(file));
            assertThat(answer.status()).isEqualTo(201);
            assertThat(text(answer)).isEqualTo("200000");
        } finally {
            server.stop(0);
        }
    }

    /** A server that answers each connection once with these bytes and closes. */
    private ServerSocket answering(String... answers) throws IOException {
        ServerSocket listening = new ServerSocket(0, 4, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(
                () -> {
                    for (String answer : answers) {
                        try (Socket socket = listening.accept()) {
                            byte[] request = new byte[10_000];
                            assertThat(socket.getInputStream().read(request)).isPositive();
                            socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                        } catch (IOException e) {
                            // the client or the test is gone
                        }
                        closed.countDown();
                    }
                },
                "answering");
        thread.setDaemon(true);
        thread.start();
        return listening;
    }

    private HttpAnswer get(ServerSocket server, Duration within) throws IOException {
        return network.send(new HttpCall("GET", URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"), within));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 100 Continue\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok",
                "HTTP/1.1 200 OK\\r\\n\\r\\nok",
                "HTTP/1.0 200 OK\\n\\nok",
                "HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1;x=y\\r\\no\\r\\n01\\r\\nk\\r\\n0\\r\\nT: x\\r\\n\\r\\n"
            })
    void answersAreUnderstood(String answer) throws Exception {
        try (ServerSocket server = answering(answer.translateEscapes())) {
            assertThat(text(get(server, WITHIN))).isEqualTo("ok");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok!\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
                "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 99999 OK\r\nContent-Length: 0",
                "nonsense",
                ""
            })
    void brokenAnswersAreErrors(String answer) throws Exception {
        try (ServerSocket server = answering(answer)) {
            assertThatThrownBy(() -> text(get(server, WITHIN))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aKeptConnectionThatTheServerClosedIsReplaced() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        try (ServerSocket server = answering(answer, answer, answer)) {
            assertThat(text(get(server, WITHIN))).isEqualTo("ok");
            assertThat(text(get(server, WITHIN))).isEqualTo("ok");
            URI url = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(text(network.send(new HttpCall("POST", url, WITHIN).body("x"))))
                    .isEqualTo("ok");
        }
    }

    @Test
    void silenceAndAbsenceEndInTime() throws Exception {
        int port;
        try (ServerSocket silent = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
            port = silent.getLocalPort();
            assertThatThrownBy(() -> get(silent, Duration.ofMillis(300))).isInstanceOf(SocketTimeoutException.class);
        }
        assertThatThrownBy(() -> network.send(new HttpCall("GET", URI.create("http://127.0.0.1:" + port), WITHIN)))
                .isInstanceOf(NoConnectionException.class);
    }

    @Test
    void headersCannotBreakOut() {
        HttpCall call = new HttpCall("GET", URI.create("http://localhost"), WITHIN);
        for (String value : Arrays.asList("a\r\nX: y", "a\nb", "a\u0000", "\u2028")) {
            assertThatThrownBy(() -> call.header("X", value)).isInstanceOf(IllegalArgumentException.class);
        }
        for (String name : new HashSet<>(Arrays.asList("Host", "content-length", "X\r"))) {
            assertThatThrownBy(() -> call.header(name, "v")).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
