package org.bascule.keycloak;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bascule.keycloak.AccessServer.Kind;
import org.bascule.keycloak.RefusedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the access server may answer, and what it may fail at: everything but a clear yes is no. */
class HttpAccessServerTest {

    private static final AccessServer.Source SOURCE =
            new AccessServer.Source("acme", "192.0.2.7", Optional.of("Browser/1"));

    /** A request as it came. */
    private record Seen(String path, String authorization, String body) {}

    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final HttpServer server;
    private final AccessServer accessServer;
    private volatile int status = 200;
    private volatile String answer = "{}";
    private volatile CountDownLatch gate = new CountDownLatch(0);

    HttpAccessServerTest(@TempDir Path folder) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen.add(new Seen(
                    exchange.getRequestURI().getPath(),
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        Path secret = Files.writeString(folder.resolve("secret"), "of both\n");
        accessServer =
                new HttpAccessServer("http://127.0.0.1:" + server.getAddress().getPort(), secret, Optional.empty());
    }

    @AfterEach
    void stop() {
        gate.countDown();
        server.stop(0);
    }

    @Test
    void attemptIsReservedWithWhoAndFromWhereAndSettledByItsId() throws Exception {
        answer = "{\"attempt\":\"0b9bb3a2-3c69-4d13-9f3a-95a1e7a1b0cd\"}";
        String attempt = accessServer.reserve(SOURCE, Kind.RECOVERY_CODE, Optional.of("a\"b"), Optional.empty());
        Seen reserved = seen.take();
        assertThat(reserved.path()).isEqualTo("/internal/v1/attempts");
        assertThat(reserved.authorization()).isEqualTo("Bearer of both");
        assertThat(reserved.body())
                .isEqualTo("{\"realm\":\"acme\",\"address\":\"192.0.2.7\",\"kind\":\"recovery-code\","
                        + "\"userName\":\"a\\\"b\",\"userAgent\":\"Browser/1\"}");

        answer = "{\"retryAfter\":300}";
        assertThat(accessServer.settle(attempt, Optional.of("u"), Optional.of("invalid_user_credentials")))
                .isEqualTo(Duration.ofMinutes(5));
        Seen settled = seen.take();
        assertThat(settled.path()).isEqualTo("/internal/v1/attempts/" + attempt + "/result");
        assertThat(settled.body())
                .isEqualTo("{\"outcome\":\"failure\",\"userId\":\"u\",\"error\":\"invalid_user_credentials\"}");
    }

    @Test
    void refusalsSayWhyAndForHowLong() {
        status = 429;
        answer = "{\"retryAfter\":252,\"reason\":\"blocked\"}";
        assertThat(refusal(() -> accessServer.admit(SOURCE)).reason()).isEqualTo(Reason.BLOCKED);
        assertThat(refusal(() -> accessServer.admit(SOURCE)).retryAfter()).isEqualTo(Duration.ofSeconds(252));
        answer = "{\"retryAfter\":2,\"reason\":\"busy\"}";
        assertThat(refusal(() -> accessServer.reserve(SOURCE, Kind.OTP, Optional.empty(), Optional.empty()))
                        .reason())
                .isEqualTo(Reason.BUSY);
    }

    @Test
    void everythingUnexpectedIsANo() {
        for (Map.Entry<Integer, String> odd : List.of(
                Map.entry(200, "not JSON"),
                Map.entry(200, "[1]"),
                Map.entry(401, "{}"),
                Map.entry(404, "{\"type\":\"urn:bascule:problem:not-found\"}"),
                Map.entry(500, ""),
                Map.entry(302, ""))) {
            status = odd.getKey();
            answer = odd.getValue();
            assertThat(refusal(() -> accessServer.admit(SOURCE)).reason())
                    .as(odd.toString())
                    .isEqualTo(Reason.UNAVAILABLE);
        }
        status = 200;
        for (String odd : List.of("{}", "{\"attempt\":7}")) {
            answer = odd;
            assertThat(refusal(() -> accessServer.reserve(SOURCE, Kind.PASSWORD, Optional.empty(), Optional.empty()))
                            .reason())
                    .isEqualTo(Reason.UNAVAILABLE);
        }
        for (String odd : List.of(
                "{}",
                "{\"secondFactor\":\"required\"}",
                "{\"secondFactor\":\"maybe\",\"state\":\"active\"}",
                "{\"secondFactor\":\"required\",\"state\":\"gone\"}")) {
            answer = odd;
            assertThat(refusal(() -> accessServer.requirements("acme", "u")).reason())
                    .as(odd)
                    .isEqualTo(Reason.UNAVAILABLE);
        }
    }

    @Test
    void requirementsAreRead() throws Exception {
        answer = "{\"secondFactor\":\"required\",\"state\":\"expired\"}";
        assertThat(accessServer.requirements("acme", "u")).isEqualTo(new AccessServer.Requirements(true, true));
        answer = "{\"secondFactor\":\"voluntary\",\"state\":\"active\"}";
        assertThat(accessServer.requirements("acme", "u")).isEqualTo(new AccessServer.Requirements(false, false));
    }

    @Test
    void silenceIsANoAfterThreeSeconds() {
        gate = new CountDownLatch(1);
        long begun = System.nanoTime();
        assertThat(refusal(() -> accessServer.admit(SOURCE)).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    @Test
    void nobodyThereIsANo() {
        server.stop(0);
        assertThat(refusal(() -> accessServer.admit(SOURCE)).reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void hintsThatComeWhileOneIsUnderWayBecomeOneMore() throws Exception {
        status = 204;
        answer = "";
        gate = new CountDownLatch(1);
        accessServer.wake("acme");
        assertThat(seen.take().body()).isEqualTo("{\"realm\":\"acme\"}");
        for (int i = 0; i < 100; i++) {
            accessServer.wake("acme");
        }
        gate.countDown();
        assertThat(seen.poll(5, TimeUnit.SECONDS)).isNotNull();
        assertThat(seen.poll(300, TimeUnit.MILLISECONDS)).isNull();
        accessServer.wake("acme");
        assertThat(seen.poll(5, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void waitsReadAsPeopleSayThem() {
        assertThat(Refusals.text(Duration.ofSeconds(252))).isEqualTo("4 min 12 s");
        assertThat(Refusals.text(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Refusals.text(Duration.ZERO)).isEqualTo("1 s");
    }

    private static RefusedException refusal(ThrowingCallable call) {
        try {
            call.call();
        } catch (RefusedException e) {
            return e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("not refused");
    }
}
