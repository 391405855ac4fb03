package org.bascule.domain.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers byte by byte. */
class BoundedHttpTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerSocket server = server();

    private static ServerSocket server() {
        try {
            return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Answers one request, with a byte and a pause again and again. */
    private void answer(int length, int pause) {
        Thread thread = new Thread(() -> {
            try (Socket socket = server.accept()) {
                socket.setTcpNoDelay(true);
                // what is left unread would turn the end into a reset
                assertThat(socket.getInputStream().read(new byte[8_192])).isPositive();
                OutputStream out = socket.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                for (int i = 0; i < length; i++) {
                    out.write('x');
                    Thread.sleep(pause);
                }
            } catch (IOException e) {
                closed.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private HttpResponse<byte[]> send(Duration within) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .timeout(Duration.ofSeconds(30))
                .build();
        return BoundedHttp.send(CLIENT, request, 100, within);
    }

    @Test
    void aWholeAnswerIsTaken() throws Exception {
        answer(100, 0);
        assertThat(send(Duration.ofSeconds(30)).body()).hasSize(100);
    }

    @Test
    void anAnswerThatGoesOnAndOnEndsInTime() throws Exception {
        answer(100, 200);
        assertThatExceptionOfType(HttpTimeoutException.class).isThrownBy(() -> send(Duration.ofSeconds(1)));
        assertThat(closed.await(10, TimeUnit.SECONDS)).as("the connection ends").isTrue();
    }

    @Test
    void anAnswerThatIsTooLongIsNotKept() {
        answer(101, 0);
        assertThatExceptionOfType(BoundedHttp.TooLongException.class).isThrownBy(() -> send(Duration.ofSeconds(30)));
    }
}
