package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.relay.TestRelay.Ends;
import org.bascule.relay.admission.InstallationKeys;
import org.bascule.wire.B64;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The WAR alone on Payara Micro: admission, pairing, forwarding, every close code. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RelayIT {

    private static final String ID = TestRelay.ID;
    private static final int PAIRS = 50;
    private static final int MESSAGES = 40;

    private static TestRelay test;
    private static TestInstallation installation;
    private static TestAccessServer access;
    private static PayaraMicro micro;
    private static URI relay;

    private final RelayProofKey proof = RelayProofKey.generate();
    private final SessionId sid = SessionId.random();

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, InterruptedException {
        test = new TestRelay(
                folder,
                "256m",
                Map.of(
                        RelaySettings.MAX_UNPROVED_PER_ADDRESS,
                        String.valueOf(3 * PAIRS),
                        RelaySettings.PEER_SECONDS,
                        "12"));
        installation = test.installation;
        access = test.access;
        micro = test.micro;
        relay = test.url();
    }

    @AfterAll
    static void stop() {
        test.close();
    }

    private RelayToken token(RelayRole role, long attempt) {
        return TestInstallation.token(ID, sid, role, attempt, proof);
    }

    private RelayClient admitted(RelayToken token) {
        return RelayClient.admitted(relay, token, installation.tokenKey, proof);
    }

    private RelayClient waiting(RelayRole role) {
        RelayClient client = admitted(token(role, 0));
        assertThat(client.next().text()).isEqualTo("waiting");
        return client;
    }

    private Ends pair() {
        return test.pair(sid, proof);
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    @Order(1)
    void withoutKeySetNobodyIsAdmittedAndLaterEverybodyIs() throws Exception {
        assertThat(micro.readiness().statusCode()).isEqualTo(503);
        RelayClient early = new RelayClient(relay, sid);
        early.send(token(RelayRole.CLIENT, 0).sign(installation.tokenKey));
        assertThat(early.closeCode()).isEqualTo(4001);

        access.serve(installation.keySet(RootSigningKey.generate(), 9, installation.tokenKey));
        assertThat(closeCodeOfFreshToken()).as("a key set of another root").isEqualTo(4001);

        access.serve(installation.keySet(5, installation.tokenKey));
        await(() -> micro.readiness().statusCode() == 200);
        assertThat(micro.readiness().body()).contains("bascule-relay").contains("ready");
        pair();
    }

    private int closeCodeOfFreshToken() {
        RelayClient client = new RelayClient(relay, sid);
        client.send(token(RelayRole.CLIENT, 0).sign(installation.tokenKey));
        return client.closeCode();
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        Instant deadline = Instant.now().plus(RelayClient.WITHIN);
        while (!condition.holds()) {
            assertThat(Instant.now()).as("deadline").isBefore(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Test
    @Order(2)
    void newTokenKeyIsFetchedAndOlderKeySetIsNot() throws Exception {
        RelayTokenSigningKey next = RelayTokenSigningKey.generate();
        access.serve(installation.keySet(6, installation.tokenKey, next));
        await(() -> {
            SessionId session = SessionId.random();
            RelayClient client = new RelayClient(relay, session);
            client.send(TestInstallation.token(ID, session, RelayRole.CLIENT, 0, proof)
                    .sign(next));
            // 4001 as long as the relay may not fetch again
            return client.next().binary() != null;
        });
        int before = access.requests();
        pair();
        assertThat(access.requests()).as("both keys are known now").isEqualTo(before);
        RelayTokenSigningKey rolledBack = RelayTokenSigningKey.generate();
        access.serve(installation.keySet(4, rolledBack));
        TimeUnit.NANOSECONDS.sleep(InstallationKeys.PAUSE.toNanos());
        RelayClient client = new RelayClient(relay, sid);
        client.send(token(RelayRole.CLIENT, 0).sign(rolledBack));
        assertThat(client.closeCode()).isEqualTo(4001);
        access.serve(installation.keySet(6, installation.tokenKey, next));
    }

    @Test
    @Order(3)
    void pairsAndForwardsBothWays() {
        Ends ends = pair();
        for (int length : new int[] {1, 125, 126, 4_096, 65_535, 65_536, RelayLimits.MAX_MESSAGE}) {
            byte[] message = random(length, length);
            ends.client().send(message);
            assertThat(ends.device().next().binary()).isEqualTo(message);
            ends.device().send(message);
            assertThat(ends.client().next().binary()).isEqualTo(message);
        }
        byte[] parts = random(3_000, 7);
        ends.client().sendPart(Arrays.copyOf(parts, 1_000), false);
        ends.client().sendPart(Arrays.copyOfRange(parts, 1_000, 3_000), true);
        assertThat(ends.device().next().binary())
                .as("a message in two fragments")
                .isEqualTo(parts);
        ends.client().close();
        assertThat(ends.device().closeCode()).isEqualTo(4002);
    }

    static Stream<Arguments> badTokens() {
        RelayProofKey key = RelayProofKey.generate();
        SessionId session = SessionId.random();
        Instant now = Instant.now();
        RelayToken good = TestInstallation.token(ID, session, RelayRole.CLIENT, 0, key);
        String signed = good.sign(installation.tokenKey);
        return Stream.of(
                Arguments.of("no JWS", session, "hello"),
                Arguments.of(
                        "expired",
                        session,
                        times(good, now.minusSeconds(90), now.minusSeconds(30)).sign(installation.tokenKey)),
                Arguments.of(
                        "from the future",
                        session,
                        times(good, now.plusSeconds(90), now.plusSeconds(120)).sign(installation.tokenKey)),
                Arguments.of(
                        "another relay",
                        session,
                        TestInstallation.token("relay-2", session, RelayRole.CLIENT, 0, key)
                                .sign(installation.tokenKey)),
                Arguments.of("another session", SessionId.random(), signed),
                Arguments.of("unknown signer", session, good.sign(RelayTokenSigningKey.generate())),
                Arguments.of("changed claims", session, signed.replaceFirst("\\.eyJhdWQi", ".eyJhdWQg")),
                Arguments.of("cut signature", session, signed.substring(0, signed.length() - 2)),
                Arguments.of(
                        "other type",
                        session,
                        signed.replaceFirst(
                                "^[^.]+",
                                B64.encode(("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\""
                                                + installation
                                                        .tokenKey
                                                        .publicKey()
                                                        .kid() + "\"}")
                                        .getBytes(StandardCharsets.UTF_8)))),
                Arguments.of(
                        "alg none",
                        session,
                        signed.replaceFirst(
                                "^[^.]+",
                                B64.encode("{\"alg\":\"none\",\"typ\":\"bascule-relay+jwt\",\"kid\":\"x\"}"
                                        .getBytes(StandardCharsets.UTF_8)))));
    }

    private static RelayToken times(RelayToken token, Instant issued, Instant expires) {
        return new RelayToken(
                token.relay(),
                token.sid(),
                token.role(),
                token.attempt(),
                issued,
                expires,
                UUID.randomUUID().toString(),
                token.cnf(),
                token.tag());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    @Order(4)
    void refusesBadToken(String name, SessionId session, String token) {
        RelayClient client = new RelayClient(relay, session);
        client.send(token);
        assertThat(client.closeCode()).isEqualTo(4001);
    }

    @Test
    @Order(5)
    void refusesBadSessionIdInPath() {
        assertThat(new RelayClient(relay, "not-a-session").closeCode()).isEqualTo(4001);
    }

    @Test
    @Order(5)
    void refusesBadProof() {
        RelayToken token = token(RelayRole.CLIENT, 0);
        record Attempt(String name, java.util.function.Function<byte[], byte[]> sign) {}
        List<Attempt> attempts = List.of(
                new Attempt("another key", nonce -> RelayProofKey.generate()
                        .sign(RelayProof.signedBytes(ID, nonce, sid, RelayRole.CLIENT))),
                new Attempt(
                        "another role", nonce -> proof.sign(RelayProof.signedBytes(ID, nonce, sid, RelayRole.DEVICE))),
                new Attempt(
                        "another session",
                        nonce -> proof.sign(RelayProof.signedBytes(ID, nonce, SessionId.random(), RelayRole.CLIENT))),
                new Attempt(
                        "another relay",
                        nonce -> proof.sign(RelayProof.signedBytes("relay-2", nonce, sid, RelayRole.CLIENT))),
                new Attempt(
                        "another nonce",
                        nonce -> proof.sign(RelayProof.signedBytes(ID, new byte[32], sid, RelayRole.CLIENT))),
                new Attempt("too short", nonce -> new byte[63]),
                new Attempt("zeros", nonce -> new byte[64]),
                new Attempt("too long", nonce -> new byte[1_000]));
        for (Attempt attempt : attempts) {
            RelayClient client = new RelayClient(relay, sid);
            client.send(token.sign(installation.tokenKey));
            client.send(attempt.sign().apply(client.nonce()));
            assertThat(client.closeCode()).as(attempt.name()).isEqualTo(4001);
        }
        // whoever lacks the key has not used the token up
        assertThat(admitted(token).next().text()).isEqualTo("waiting");
    }

    @Test
    @Order(6)
    void tokenIsAcceptedOnce() {
        RelayToken token = token(RelayRole.CLIENT, 0);
        RelayClient first = admitted(token);
        assertThat(first.next().text()).isEqualTo("waiting");
        first.abort();
        assertThat(admitted(token).closeCode()).isEqualTo(4001);
    }

    @Test
    @Order(7)
    void secondOfTheSameRoleIsRefusedWithoutHarmToTheFirst() {
        Ends ends = pair();
        assertThat(admitted(token(RelayRole.CLIENT, 0)).closeCode()).isEqualTo(4001);
        assertThat(admitted(token(RelayRole.DEVICE, 0)).closeCode()).isEqualTo(4001);
        ends.client().send(new byte[] {1});
        assertThat(ends.device().next().binary()).containsExactly(1);
    }

    @Test
    @Order(8)
    void higherAttemptReplacesTheOlder() {
        Ends ends = pair();
        RelayClient again = admitted(token(RelayRole.CLIENT, 1));
        assertThat(again.next().text()).isEqualTo("waiting");
        assertThat(ends.client().closeCode()).isEqualTo(4001);
        assertThat(ends.device().closeCode()).isEqualTo(4002);
        RelayClient device = admitted(token(RelayRole.DEVICE, 1));
        assertThat(device.next().text()).isEqualTo("paired");
        assertThat(again.next().text()).isEqualTo("paired");
        device.send(new byte[] {2});
        assertThat(again.next().binary()).containsExactly(2);
    }

    @Test
    @Order(9)
    void everythingSentBeforeTheEndArrivesBeforePeerGone() throws Exception {
        Ends ends = pair();
        MessageDigest sent = MessageDigest.getInstance("SHA-256");
        int messages = 200;
        for (int i = 0; i < messages; i++) {
            byte[] message = random(30_000, i);
            sent.update(message);
            ends.device().send(message);
        }
        ends.device().close();
        MessageDigest received = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < messages; i++) {
            received.update(ends.client().next().binary());
        }
        assertThat(received.digest()).isEqualTo(sent.digest());
        assertThat(ends.client().closeCode()).isEqualTo(4002);

        Ends lost = test.pair();
        lost.client().abort();
        assertThat(lost.device().closeCode()).as("a lost connection").isEqualTo(4002);
    }

    @Test
    @Order(10)
    void deadlines() throws Exception {
        RelayClient noToken = new RelayClient(relay, sid);
        RelayClient noProof = new RelayClient(relay, SessionId.random());
        noProof.send(TestInstallation.token(ID, sid, RelayRole.CLIENT, 0, proof).sign(installation.tokenKey));
        RelayClient noPeer = waiting(RelayRole.DEVICE);
        assertThat(noToken.closeCode()).isEqualTo(4006);
        assertThat(noPeer.closeCode()).isEqualTo(4006);
    }

    @Test
    @Order(11)
    void violationsCloseTheViolatorAndTellThePeer() {
        record Violation(String name, java.util.function.Consumer<RelayClient> act, int code) {}
        List<Violation> violations = List.of(
                new Violation("text after pairing", end -> end.send("hello"), 4001),
                new Violation("one byte too long", end -> end.send(new byte[RelayLimits.MAX_MESSAGE + 1]), 4003),
                new Violation(
                        "too long in fragments",
                        end -> {
                            end.sendPart(new byte[40_000], false);
                            end.sendPart(new byte[40_000], true);
                        },
                        4003));
        for (Violation violation : violations) {
            Ends ends = test.pair();
            violation.act().accept(ends.device());
            assertThat(ends.device().closeCode(violation.name()))
                    .as(violation.name())
                    .isEqualTo(violation.code());
            assertThat(ends.client().closeCode(violation.name()))
                    .as(violation.name())
                    .isEqualTo(4002);
        }
        RelayClient binaryFirst = new RelayClient(relay, sid);
        binaryFirst.send(new byte[] {1});
        assertThat(binaryFirst.closeCode()).as("binary before the token").isEqualTo(4001);
        RelayClient longToken = new RelayClient(relay, sid);
        longToken.send("x".repeat(RelayLimits.MAX_TOKEN + 1));
        assertThat(longToken.closeCode()).as("token too long").isEqualTo(4003);
        RelayClient early = waiting(RelayRole.CLIENT);
        early.send(new byte[] {1});
        assertThat(early.closeCode()).as("record before pairing").isEqualTo(4001);
    }

    @Test
    @Order(13)
    void fiftyPairsAtOnceStayIntact() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(PAIRS * 2);
        try {
            List<Future<Boolean>> results = new ArrayList<>();
            for (int i = 0; i < PAIRS; i++) {
                int seed = i;
                Ends ends = test.pair();
                results.add(threads.submit(() -> exchange(ends, seed, threads)));
            }
            for (Future<Boolean> result : results) {
                assertThat(result.get(40, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Both ends send messages of random lengths at the same time; each end compares hashes. */
    private static boolean exchange(Ends ends, int seed, ExecutorService threads) throws Exception {
        Future<byte[]> other = threads.submit(() -> sendAll(ends.client(), seed));
        byte[] sentByDevice = sendAll(ends.device(), seed + 1_000);
        byte[] sentByClient = other.get(40, TimeUnit.SECONDS);
        boolean intact = Arrays.equals(receiveAll(ends.device()), sentByClient)
                && Arrays.equals(receiveAll(ends.client()), sentByDevice);
        ends.client().close();
        return intact;
    }

    private static byte[] sendAll(RelayClient end, int seed) throws Exception {
        Random random = new Random(seed);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < MESSAGES; i++) {
            byte[] message = random(1 + random.nextInt(4_000), random.nextLong());
            digest.update(message);
            end.send(message);
        }
        return digest.digest();
    }

    private static byte[] receiveAll(RelayClient end) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < MESSAGES; i++) {
            digest.update(end.next().binary());
        }
        return digest.digest();
    }

    @Test
    @Order(14)
    void stalledReceiverEndsThePairAndOthersGoOn() {
        Ends other = test.pair();
        Ends ends = pair();
        ends.device().stopReading();
        Instant start = Instant.now();
        byte[] message = new byte[RelayLimits.MAX_MESSAGE];
        CompletableFuture<?> sending = ends.client().sendAsync(message);
        int sent = 0;
        Instant lastProgress = start;
        while (Instant.now().isBefore(lastProgress.plusSeconds(3))) {
            if (sending.isDone()) {
                sent++;
                lastProgress = Instant.now();
                sending = ends.client().sendAsync(message);
            }
            Thread.onSpinWait();
        }
        assertThat((long) sent * message.length)
                .as("bytes taken for a receiver that does not read")
                .isLessThan(64L << 20);
        other.client().send(new byte[] {5});
        assertThat(other.device().next().binary()).containsExactly(5);
        assertThat(ends.client().closeCode()).isEqualTo(4005);
        assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(20));
    }

    private static String probeToken() {
        Instant now = Instant.now();
        return new ProbeToken(now, now.plusSeconds(600), "jti").sign(installation.tokenKey);
    }

    @Test
    @Order(15)
    void aProbeIsSentBackTenTimesAtMost() {
        RelayClient client = new RelayClient(relay, RelayLimits.PROBE);
        client.send(probeToken());
        assertThat(client.next().text()).isEqualTo(RelayLimits.READY);
        for (int i = 0; i < RelayLimits.PROBE_MESSAGES; i++) {
            byte[] message = random(RelayLimits.PROBE_MESSAGE - i, i);
            client.send(message);
            assertThat(client.next().binary()).isEqualTo(message);
        }
        assertThat(client.closeCode()).isEqualTo(1_000);

        RelayClient idle = new RelayClient(relay, RelayLimits.PROBE);
        idle.send(probeToken());
        assertThat(idle.next().text()).isEqualTo(RelayLimits.READY);
        RelayClient other = new RelayClient(relay, RelayLimits.PROBE);
        other.send(token(RelayRole.CLIENT, 0).sign(installation.tokenKey));
        assertThat(other.closeCode()).as("a relay token").isEqualTo(4001);
        RelayClient longer = new RelayClient(relay, RelayLimits.PROBE);
        longer.send(probeToken());
        assertThat(longer.next().text()).isEqualTo(RelayLimits.READY);
        longer.send(new byte[RelayLimits.PROBE_MESSAGE + 1]);
        assertThat(longer.closeCode()).isEqualTo(4001);
        RelayClient huge = new RelayClient(relay, RelayLimits.PROBE);
        huge.send("x".repeat(RelayLimits.MAX_TOKEN + 1));
        assertThat(huge.closeCode()).isEqualTo(4001);
        RelayClient session = new RelayClient(relay, sid);
        session.send(probeToken());
        assertThat(session.closeCode()).as("no admission to a session").isEqualTo(4001);
        assertThat(idle.closeCode()).as("after 5 s").isEqualTo(1_000);
    }

    @Test
    @Order(98)
    void logHoldsNeitherTokensNorSecrets() throws IOException {
        assertThat(micro.log()).doesNotContain("eyJ").doesNotContain("at org.bascule");
    }

    @Test
    @Order(99)
    void stoppingClosesWithDraining() {
        Ends ends = pair();
        micro.terminate();
        assertThat(ends.client().closeCode()).isEqualTo(4004);
        assertThat(ends.device().closeCode()).isEqualTo(4004);
    }
}
