package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bascule.launcher.DemoDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher starts is for this machine alone, whatever the programs would do by themselves: the kernel says who listens where. And what is public speaks TLS by the rules of DEV-4 alone. */
@ExtendWith(RunningSystem.class)
class LoopbackIT {

    private final TheSystem system = TheSystem.get();

    @Test
    void nothingListensBeyondLoopback() throws IOException {
        List<String> beyond = new ArrayList<>();
        List<String> listeners = new ArrayList<>();
        for (DemoDescription.RunningProcess process :
                system.demo().description().processes()) {
            for (Listener listener : Listener.of(process.pid())) {
                listeners.add(process.name());
                if (!listener.onLoopback()) {
                    beyond.add(process.name() + " " + listener.port());
                }
            }
        }
        assertThat(listeners).contains("database", "keycloak", "access-server", "relay-1", "relay-2");
        assertThat(beyond).isEmpty();
    }

    @Test
    void healthAndMetricsOfARelayAreNotAtItsPublicPort() {
        int ops = TheSystem.port("relay-1-ops");
        Eventually.within(
                Duration.ofSeconds(30),
                "the relay's own figures",
                () -> get("http://127.0.0.1:" + ops + "/metrics").body().contains("bascule_relay_sessions"));
        assertThat(get("http://127.0.0.1:" + ops + "/metrics").body())
                .contains("bascule_relay_forwarded", "bascule_relay_queued", "bascule_relay_draining");
        assertThat(get("http://127.0.0.1:" + ops + "/health/ready").body()).contains("bascule-relay", "\"UP\"");
        for (String page : List.of("/metrics", "/health", "/health/ready", "/openapi")) {
            assertThat(get("https://localhost:" + TheSystem.port("relay-1-https") + page)
                            .status())
                    .as(page)
                    .isIn(403, 404);
            assertThat(get("http://127.0.0.1:" + TheSystem.port("relay-1-http") + page)
                            .status())
                    .as(page)
                    .isIn(403, 404);
        }
    }

    private static final List<String> PUBLIC = List.of("https", "relay-1-https");

    @ParameterizedTest
    @CsvSource({
        "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384, TLSv1.3 TLS_AES_256_GCM_SHA384",
        "-tls1_2 -cipher ECDHE+AESGCM:AES, TLSv1.2 ECDHE-[A-Z]+-AES256-GCM-SHA384"
    })
    void tlsIsWithAes256AndForwardSecrecy(String offer, String agreed) {
        for (String part : PUBLIC) {
            Program.Result shaken = handshake(part, offer);
            assertThat(shaken.exit()).as(shaken.error()).isZero();
            assertThat(shaken.error().replaceAll("Protocol version: (\\S+)\\nCiphersuite: ", "$1 "))
                    .as(part)
                    .containsPattern(agreed);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256",
                "-tls1_2 -cipher ECDHE+AES128:ECDHE+CHACHA20",
                // of what has no forward secrecy all, and what has it in another way
                "-tls1_2 -cipher kRSA:DHE",
                "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384",
                "-tls1_1 -cipher ALL:@SECLEVEL=0",
                "-tls1 -cipher ALL:@SECLEVEL=0"
            })
    void nothingElseIsTls(String offer) {
        for (String part : PUBLIC) {
            Program.Result refused = handshake(part, offer);
            assertThat(refused.exit()).as(part).isNotZero();
            // the server ends the connection without a word
            assertThat(refused.error()).as(part).contains("unexpected eof while reading");
        }
    }

    /** OpenSSL, which still speaks what the JDK does not. */
    private static Program.Result handshake(String part, String offer) {
        List<String> command = new ArrayList<>(List.of("openssl", "s_client", "-brief", "-connect"));
        command.add("127.0.0.1:" + TheSystem.port(part));
        command.addAll(List.of(offer.split(" ")));
        try (Program openssl = Program.start(Map.of(), command)) {
            return openssl.finish(new byte[0], Duration.ofSeconds(20));
        }
    }

    private record Answer(int status, String body) {}

    private Answer get(String url) {
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .sslContext(system.trustingTls())
                    .build()
                    .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
