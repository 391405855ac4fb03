package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.bascule.relay.TestRelay.Ends;
import org.bascule.wire.B64;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.relay.TrafficLimits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The WAR alone on Payara Micro keeps sessions and domains to what their tokens say, and keeps nothing of them. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LimitsIT {

    private static final int RATE = 1_000_000;
    private static final int MESSAGE = 50_000;
    private static final int UNPROVED = 5;

    private static Path folder;
    private static TestRelay relay;

    private final RelayProofKey proof = RelayProofKey.generate();
    private final String tag = UUID.randomUUID().toString();

    @BeforeAll
    static void start(@TempDir Path temporary) throws IOException, InterruptedException {
        folder = temporary;
        relay = new TestRelay(
                folder,
                "256m",
                Map.of(
                        RelaySettings.TRUSTED_PROXIES,
                        "127.0.44.8/30",
                        RelaySettings.MAX_UNPROVED_PER_ADDRESS,
                        String.valueOf(UNPROVED),
                        RelaySettings.KEY_SET_FILE,
                        folder.resolve("key-set").toString(),
                        RelaySettings.KEY_FILE,
                        folder.resolve("relay-key.pem").toString(),
                        RelaySettings.PUBLIC_URL,
                        "wss://relay.example/relay"));
        relay.open();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    private RelayToken token(SessionId sid, RelayRole role, TrafficLimits limits) {
        return TestInstallation.token(TestRelay.ID, sid, role, 0, proof, tag, limits);
    }

    private RelayClient admitted(SessionId sid, RelayRole role, TrafficLimits limits) {
        return RelayClient.admitted(relay.url(), token(sid, role, limits), relay.installation.tokenKey, proof);
    }

    private Ends pair(TrafficLimits limits) {
        SessionId sid = SessionId.random();
        RelayClient client = admitted(sid, RelayRole.CLIENT, limits);
        assertThat(client.next().text()).isEqualTo("waiting");
        RelayClient device = admitted(sid, RelayRole.DEVICE, limits);
        assertThat(device.next().text()).isEqualTo("paired");
        assertThat(client.next().text()).isEqualTo("paired");
        return new Ends(client, device);
    }

    /** Sends that much from the client, and checks it at the device. */
    private static void transfer(Ends ends, int bytes) {
        byte[] sent = new byte[bytes];
        new Random(bytes).nextBytes(sent);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            for (int at = 0; at < bytes; at += MESSAGE) {
                ends.client().send(Arrays.copyOfRange(sent, at, at + MESSAGE));
            }
        });
        for (int at = 0; at < bytes; at += MESSAGE) {
            assertThat(ends.device().next().binary()).isEqualTo(Arrays.copyOfRange(sent, at, at + MESSAGE));
        }
        sending.orTimeout(20, TimeUnit.SECONDS).join();
    }

    /** What one second brings is there at once. */
    private static void assertKept(long begun, int bytes) {
        Duration ideal = Duration.ofMillis((bytes - RATE) * 1_000L / RATE);
        // the last of it is read while the rate is kept
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isBetween(ideal.minusMillis(200), ideal.plusMillis(2_000));
    }

    @Test
    @Order(1)
    void aSessionIsKeptToItsRateAndNothingIsLost() {
        Ends ends = pair(new TrafficLimits(RATE, 0, 0));
        long begun = System.nanoTime();
        transfer(ends, 5 * RATE);
        assertKept(begun, 5 * RATE);
    }

    @Test
    @Order(1)
    void theSessionsOfADomainShareItsRate() {
        TrafficLimits limits = new TrafficLimits(0, RATE, 0);
        List<Ends> sessions = List.of(pair(limits), pair(limits));
        long begun = System.nanoTime();
        CompletableFuture<?>[] all = sessions.stream()
                .map(ends -> CompletableFuture.runAsync(() -> transfer(ends, 2 * RATE)))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(all).orTimeout(30, TimeUnit.SECONDS).join();
        assertKept(begun, 4 * RATE);
    }

    /** At the least rate there is: whoever had to wait for the others' message would wait for most of a second each time. */
    @Test
    @Order(1)
    void aSmallSessionIsNotHeldUpByOneThatTakesAllItGets() throws InterruptedException {
        TrafficLimits limits = new TrafficLimits(0, RelayLimits.MAX_MESSAGE, 0);
        Ends greedy = pair(limits);
        Ends small = pair(limits);
        CompletableFuture<Void> all = CompletableFuture.runAsync(() -> transfer(greedy, 6 * MESSAGE));
        byte[] word = new byte[100];
        List<Long> trips = new ArrayList<>();
        while (!all.isDone()) {
            long begun = System.nanoTime();
            small.client().send(word);
            assertThat(small.device().next().binary()).isEqualTo(word);
            small.device().send(word);
            assertThat(small.client().next().binary()).isEqualTo(word);
            trips.add(Duration.ofNanos(System.nanoTime() - begun).toMillis());
            TimeUnit.MILLISECONDS.sleep(20);
        }
        all.join();
        assertThat(trips).as("milliseconds").hasSizeGreaterThan(50);
        assertThat(Collections.max(trips)).as("milliseconds").isLessThan(400);
    }

    @Test
    @Order(1)
    void aSessionTooManyIsRefusedAndTheOthersGoOn() {
        TrafficLimits limits = new TrafficLimits(0, 0, 1);
        SessionId sid = SessionId.random();
        RelayClient client = admitted(sid, RelayRole.CLIENT, limits);
        assertThat(client.next().text()).isEqualTo("waiting");
        assertThat(admitted(SessionId.random(), RelayRole.CLIENT, limits).closeCode())
                .isEqualTo(4003);
        RelayClient device = admitted(sid, RelayRole.DEVICE, limits);
        assertThat(device.next().text()).as("its other end").isEqualTo("paired");
        assertThat(client.next().text()).isEqualTo("paired");
        client.close();
        assertThat(device.closeCode()).isEqualTo(4002);
        assertThat(admitted(SessionId.random(), RelayRole.CLIENT, limits).next().text())
                .as("when there is room again")
                .isEqualTo("waiting");
    }

    @Test
    @Order(1)
    void whoComesThroughAProxyIsTheAddressThatItSays() throws Exception {
        String proxy = "127.0.44.9";
        assertFull(proxy, i -> "198.51.100.1");
        assertTaken(proxy, "198.51.100.2");
        // what a client wrote stands before what the proxy added
        assertFull(proxy, i -> "203.0.113." + i + ", 198.51.100.3");
    }

    @Test
    @Order(1)
    void whatAnybodyElseSaysOfItsAddressDoesNotCount() throws Exception {
        assertFull("127.0.44.1", i -> "198.51.100." + (10 + i));
    }

    /** A network has 200 connections that say nothing; this proxy is in one that is full. */
    @Test
    @Order(1)
    void aProxyHasMoreConnectionsThatSayNothingThanANetwork() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) {
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(),
                        relay.micro.port(),
                        InetAddress.getByName(i < 250 ? "127.0.44.9" : "127.0.44.77"),
                        0);
                silent.add(socket);
            }
            assertThat(silent.stream().filter(LimitsIT::isOpen)).as("of both").hasSize(250 + 200);
            assertTaken("127.0.44.9", "198.51.100.77");
        } finally {
            for (Socket socket : silent) {
                socket.close();
            }
        }
    }

    private static boolean isOpen(Socket socket) {
        try {
            socket.setSoTimeout(10);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** So many connections without a proof, and no more. */
    private static void assertFull(String from, IntFunction<String> forwardedFor) throws Exception {
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < UNPROVED; i++) {
                RawClient client = through(from, forwardedFor.apply(i));
                open.add(client);
                assertTaken(client);
            }
            RawClient tooMany = through(from, forwardedFor.apply(UNPROVED));
            open.add(tooMany);
            assertThat(tooMany.next().closeCode()).isEqualTo(4003);
        } finally {
            for (RawClient client : open) {
                client.close();
            }
        }
    }

    private static void assertTaken(String from, String forwardedFor) throws Exception {
        try (RawClient client = through(from, forwardedFor)) {
            assertTaken(client);
        }
    }

    private static void assertTaken(RawClient client) throws IOException {
        client.send(RawClient.PING, new byte[0]);
        assertThat(client.next().first()).isEqualTo(RawClient.PONG);
    }

    private static RawClient through(String from, String forwardedFor) throws IOException {
        return RawClient.open(
                relay.micro.port(),
                SessionId.random(),
                InetAddress.getByName(from),
                "X-Forwarded-For: " + forwardedFor);
    }

    /** Sessions that went well and others, from an address that nothing else has. */
    @Test
    @Order(2)
    void nothingIsKeptOfSessions() throws Exception {
        InetAddress from = InetAddress.getByName("127.0.42.77");
        int port = relay.micro.port();
        SessionId sid = SessionId.random();
        SessionId refused = SessionId.random();
        TrafficLimits limits = new TrafficLimits(0, 0, 1);
        relay.access.answer("{\"state\":\"approved\",\"drain\":false}");
        String signed = token(sid, RelayRole.CLIENT, limits).sign(relay.installation.tokenKey);
        try (RawClient client = RawClient.admitted(
                        port, token(sid, RelayRole.CLIENT, limits), relay.installation.tokenKey, proof, from);
                RawClient tooMany = RawClient.admitted(
                        port, token(refused, RelayRole.CLIENT, limits), relay.installation.tokenKey, proof, from);
                RawClient otherSession = RawClient.open(port, refused, from)) {
            assertThat(client.next().text()).isEqualTo("waiting");
            assertThat(tooMany.next().closeCode()).isEqualTo(4003);
            otherSession.send(RawClient.TEXT, signed.getBytes(StandardCharsets.US_ASCII));
            assertThat(otherSession.next().closeCode()).isEqualTo(4001);
            RelayClient device = admitted(sid, RelayRole.DEVICE, limits);
            assertThat(device.next().text()).isEqualTo("paired");
            assertThat(client.next().text()).isEqualTo("paired");
            byte[] secret = "what they say".getBytes(StandardCharsets.UTF_8);
            client.send(RawClient.BINARY, secret);
            assertThat(device.next().binary()).isEqualTo(secret);
            client.send(RawClient.TEXT, secret);
            assertThat(client.next().closeCode()).isEqualTo(4001);
            assertThat(device.closeCode()).isEqualTo(4002);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (relay.access.traffic().isEmpty()) {
            assertThat(System.nanoTime()).as("it tells what it forwarded").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
        relay.micro.close();

        List<String> traces =
                List.of(sid.hex(), B64.encode(sid.bytes()), refused.hex(), tag, from.getHostAddress(), "what they say");
        assertThat(relay.micro.log()).contains("relay relay-1 is up").doesNotContain(traces);
        assertThat(files()).contains(folder.resolve("key-set"), folder.resolve("relay-key.pem"));
        for (Path file : files()) {
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .as(file.toString())
                    .doesNotContain(traces);
        }
    }

    /** All that the relay has, but for what it was unpacked from. */
    private static List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return new ArrayList<>(walk.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".jar"))
                    .toList());
        }
    }
}
