package org.bascule.session.resume;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bascule.session.handshake.HandshakeVectors;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.transport.LostTransport;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions whose transports break all the time. */
@Timeout(120)
class ResumerTest {

    static final SessionKeys KEYS = HandshakeVectors.keys();
    static final Operations EXEC = Operations.of(Operations.EXEC);
    private static final ResumeTimes QUICK = times(Duration.ofSeconds(60));

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "writer");
        thread.setDaemon(true);
        return thread;
    });

    private static ResumeTimes times(Duration within) {
        return times(within, Duration.ofMillis(8));
    }

    private static ResumeTimes times(Duration within, Duration refused) {
        return new ResumeTimes(
                within,
                within,
                Duration.ZERO,
                Duration.ofMillis(2),
                Duration.ofMillis(1),
                Duration.ofMillis(8),
                refused,
                Duration.ZERO,
                Duration.ofSeconds(60),
                Duration.ofSeconds(10));
    }

    private static List<ReserveRelay> reserve(String... ids) {
        return List.of(ids).stream()
                .map(id -> new ReserveRelay(new RelayAddress(id, "wss://" + id + ".example/relay"), "token"))
                .toList();
    }

    /** One end. */
    static final class End implements SessionListener {
        final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
        final CompletableFuture<Session> started = new CompletableFuture<>();
        final List<String> relays = new CopyOnWriteArrayList<>();
        final List<OptionalLong> asked = new CopyOnWriteArrayList<>();
        final Resumer resumer;
        /** What the access server does when it is asked. */
        volatile Consumer<Resumer> accessServer = asking -> {};

        End(RelayRole role, MemoryRelays network, ResumeTimes times, List<ReserveRelay> reserve) {
            this(role, RelayProofKey.generate(), network::dial, times, reserve, false);
        }

        End(
                RelayRole role,
                RelayProofKey proof,
                RelayDialer network,
                ResumeTimes times,
                List<ReserveRelay> reserve,
                boolean opening) {
            resumer = new Resumer(KEYS.sid(), role, proof, reserve, network, this::asked, times, opening);
        }

        private void asked(List<String> relays, List<String> struck, OptionalLong lost) {
            asked.add(lost);
            accessServer.accept(resumer);
        }

        SessionListener listener() {
            return new ResumingListener(this, resumer);
        }

        @Override
        public void started(Session session) {
            started.complete(session);
        }

        @Override
        public void resumed(Session session, String relay) {
            relays.add(relay);
        }

        @Override
        public void ended(Session session, SessionEnd end) {
            ended.complete(end);
        }
    }

    /** Counts and hashes what arrives. */
    static final class Sum implements StreamHandler {
        final MessageDigest digest;
        final AtomicLong count = new AtomicLong();
        final CompletableFuture<byte[]> finished = new CompletableFuture<>();

        Sum() throws Exception {
            digest = MessageDigest.getInstance("SHA-256");
        }

        @Override
        public void data(SessionStream stream, byte[] buffer, int offset, int length) {
            digest.update(buffer, offset, length);
            count.addAndGet(length);
            stream.consumed(length);
        }

        @Override
        public void finished(SessionStream stream) {
            finished.complete(digest.digest());
        }

        @Override
        public void ended(SessionStream stream, EndReason reason, String text) {
            if (!finished.isDone()) {
                finished.completeExceptionally(new IOException(reason + " " + text));
            }
        }
    }

    static CompletableFuture<byte[]> write(SessionStream stream, long seed, BooleanSupplier enough) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Random random = new Random(seed);
                        MessageDigest digest = MessageDigest.getInstance("SHA-256");
                        while (!enough.getAsBoolean()) {
                            byte[] chunk = new byte[1 + random.nextInt(random.nextInt(50) == 0 ? 100_000 : 3_000)];
                            random.nextBytes(chunk);
                            stream.write(chunk);
                            digest.update(chunk);
                        }
                        stream.finish();
                        return digest.digest();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                THREADS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyByteOnceThroughHundredsOfCuts(long seed) throws Exception {
        MemoryRelays network = new MemoryRelays(seed, 40);
        End atClient = new End(RelayRole.CLIENT, network, QUICK, reserve("r1", "r2", "r3"));
        End atDevice = new End(RelayRole.DEVICE, network, QUICK, reserve("r1", "r2", "r3"));
        MemoryTransport.Pair first = network.pair();
        List<Sum> inputs = new CopyOnWriteArrayList<>();
        List<CompletableFuture<byte[]>> written = new CopyOnWriteArrayList<>();
        BooleanSupplier enough = () -> network.cuts.get() >= 500;
        ServiceHandler services = new ServiceHandler() {
            @Override
            public StreamHandler open(SessionStream stream, Service service, JsonObject arguments) {
                try {
                    Sum sum = new Sum();
                    inputs.add(sum);
                    written.add(write(stream, seed + 1_000 + stream.id(), enough));
                    return sum;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        Session device =
                Session.device(KEYS, EXEC, first.device(), "r1", services, atDevice.listener(), SessionConfig.DEFAULT);
        Session client = Session.client(KEYS, EXEC, first.client(), "r1", atClient.listener(), SessionConfig.DEFAULT);
        List<Sum> outputs = List.of(new Sum(), new Sum());
        List<CompletableFuture<byte[]>> sent = new CopyOnWriteArrayList<>();
        for (Sum output : outputs) {
            SessionStream stream =
                    client.open(Service.PROCESS, Json.createObjectBuilder().build(), output);
            sent.add(write(stream, seed + stream.id(), enough));
        }
        for (int i = 0; i < 2; i++) {
            byte[] out = sent.get(i).get(100, TimeUnit.SECONDS);
            assertThat(inputs.get(i).finished.get(30, TimeUnit.SECONDS)).isEqualTo(out);
            byte[] back = written.get(i).get(30, TimeUnit.SECONDS);
            assertThat(outputs.get(i).finished.get(30, TimeUnit.SECONDS)).isEqualTo(back);
            assertThat(inputs.get(i).count.get()).isPositive();
            assertThat(outputs.get(i).count.get()).isPositive();
        }
        assertThat(network.cuts.get()).isGreaterThanOrEqualTo(500);
        assertThat(client.isRunning()).isTrue();
        assertThat(device.isRunning()).isTrue();
        network.calm = true;
        client.end(EndReason.DONE, "");
        assertThat(atClient.ended.get(20, TimeUnit.SECONDS).reason()).isEqualTo(EndReason.DONE);
    }

    @Test
    void theNextRelayIsTakenAndADeadOneIsNotMissed() throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        End atClient = new End(RelayRole.CLIENT, network, QUICK, reserve("r1", "r2", "r3"));
        End atDevice = new End(RelayRole.DEVICE, network, QUICK, reserve("r1", "r2", "r3"));
        MemoryTransport.Pair first = network.pair();
        Session.device(
                KEYS, EXEC, first.device(), "r1", ServiceHandler.none(), atDevice.listener(), SessionConfig.DEFAULT);
        Session client = Session.client(KEYS, EXEC, first.client(), "r1", atClient.listener(), SessionConfig.DEFAULT);
        atDevice.started.get(20, TimeUnit.SECONDS);
        network.dead.addAll(List.of("r1", "r2", "r3"));
        network.kill("r1");
        await(() -> atClient.asked.contains(OptionalLong.of(0)));
        network.dead.remove("r3");
        await(() -> atClient.relays.equals(List.of("r3")) && atDevice.relays.equals(List.of("r3")));
        assertThat(client.isConnected()).isTrue();
        assertThat(client.attempt()).isPositive();
        // only the device has lost it
        int before = network.dialled.get();
        network.kill("r3");
        network.dead.clear();
        await(() -> atClient.relays.size() == 2 && atDevice.relays.size() == 2);
        assertThat(network.dialled.get()).isGreaterThan(before);
        client.close();
        assertThat(atDevice.ended.get(20, TimeUnit.SECONDS).reason()).isEqualTo(EndReason.DONE);
    }

    private static End opening(RelayRole role, MemoryRelays network, String... ids) {
        return new End(role, RelayProofKey.generate(), network::dial, QUICK, reserve(ids), true);
    }

    private static final LostTransport NO_TRANSPORT =
            new LostTransport(new TransportEnd(TransportEnd.Kind.LOST, "no such relay"));

    @Test
    void aSessionWhoseFirstRelayIsDeadOpensAtAnother() throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        network.dead.add("r1");
        End atClient = opening(RelayRole.CLIENT, network, "r1", "r2");
        End atDevice = opening(RelayRole.DEVICE, network, "r1", "r2");
        Sum arrived = new Sum();
        ServiceHandler services = new ServiceHandler() {
            @Override
            public StreamHandler open(SessionStream stream, Service service, JsonObject arguments) {
                return arrived;
            }
        };
        Session.device(KEYS, EXEC, NO_TRANSPORT, "r1", services, atDevice.listener(), SessionConfig.DEFAULT);
        Session client = Session.client(KEYS, EXEC, NO_TRANSPORT, "r1", atClient.listener(), SessionConfig.DEFAULT);
        assertThat(atClient.resumer.resumed().get(20, TimeUnit.SECONDS)).isTrue();
        byte[] sent = "over the second".getBytes(StandardCharsets.UTF_8);
        SessionStream stream =
                client.open(Service.PROCESS, Json.createObjectBuilder().build(), new Sum());
        stream.write(sent);
        stream.finish();
        assertThat(arrived.finished.get(20, TimeUnit.SECONDS))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(sent));
        assertThat(atClient.relays).containsExactly("r2");
        // from now on it is a session like every other: what is away may come back
        network.kill("r2");
        await(() -> network.dialled.get() > 10);
        assertThat(atClient.ended).isNotDone();
        network.dead.clear();
        await(() -> atClient.relays.size() == 2 && atDevice.relays.size() == 2);
        client.close();
        assertThat(atDevice.ended.get(20, TimeUnit.SECONDS).reason()).isEqualTo(EndReason.DONE);
    }

    @Test
    void openingTriesEachRelayOnce() throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        network.dead.addAll(List.of("r1", "r2"));
        End atClient = opening(RelayRole.CLIENT, network, "r1", "r2");
        Session.client(KEYS, EXEC, NO_TRANSPORT, "r1", atClient.listener(), SessionConfig.DEFAULT);
        assertThat(atClient.ended.get(20, TimeUnit.SECONDS).text())
                .isEqualTo("no way to the other end (r1: no such relay; r2: no such relay)");
        assertThat(network.dialled).hasValue(2);
    }

    /** Connecting over a slow way is given up too soon at first, not for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void slowWaysAreGivenMoreTimeWhenTheyWereTooSlow(boolean opening) throws Exception {
        List<Long> given = new CopyOnWriteArrayList<>();
        RelayDialer tooSlow = (join, connect) -> {
            given.add(connect.toSeconds());
            return new RelayDialer.Dialling(CompletableFuture.failedFuture(new IOException("too slow")), () -> {});
        };
        End atClient = new End(RelayRole.CLIENT, RelayProofKey.generate(), tooSlow, QUICK, reserve("r1"), opening);
        Session client = Session.client(KEYS, EXEC, NO_TRANSPORT, "r1", atClient.listener(), SessionConfig.DEFAULT);
        if (opening) {
            atClient.ended.get(20, TimeUnit.SECONDS);
            assertThat(given).as("it is tried once").containsExactly(20L);
        } else {
            await(() -> given.size() >= 5);
            client.close();
            assertThat(given).startsWith(5L, 10L, 20L, 20L, 20L);
        }
    }

    /** All that the ends hold is gone, and the access server, which was away as well, has another one when it is back. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1_000})
    void aRelayOfWhichTheyLearnMeanwhileIsTaken(long millis) throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        End atClient = new End(RelayRole.CLIENT, network, QUICK, reserve("r1", "r2", "r3"));
        End atDevice = new End(RelayRole.DEVICE, network, QUICK, reserve("r1", "r2", "r3"));
        MemoryTransport.Pair first = network.pair();
        Sum arrived = new Sum();
        ServiceHandler services = new ServiceHandler() {
            @Override
            public StreamHandler open(SessionStream stream, Service service, JsonObject arguments) {
                return arrived;
            }
        };
        Session.device(KEYS, EXEC, first.device(), "r1", services, atDevice.listener(), SessionConfig.DEFAULT);
        Session client = Session.client(KEYS, EXEC, first.client(), "r1", atClient.listener(), SessionConfig.DEFAULT);
        atDevice.started.get(20, TimeUnit.SECONDS);
        for (End end : List.of(atClient, atDevice)) {
            end.accessServer = asking -> CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
                    .execute(() -> asking.reserve(reserve("r4")));
        }
        long lost = System.nanoTime();
        network.dead.addAll(List.of("r2", "r3"));
        network.kill("r1");
        byte[] sent = "sent while there is no relay".getBytes(StandardCharsets.UTF_8);
        SessionStream stream =
                client.open(Service.PROCESS, Json.createObjectBuilder().build(), new Sum());
        stream.write(sent);
        stream.finish();
        await(() -> atClient.relays.equals(List.of("r4")) && atDevice.relays.equals(List.of("r4")));
        assertThat(Duration.ofNanos(System.nanoTime() - lost)).isGreaterThanOrEqualTo(Duration.ofMillis(millis));
        assertThat(arrived.finished.get(20, TimeUnit.SECONDS))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(sent));
        assertThat(atClient.resumer.relays()).containsExactly("r4");
        client.close();
        assertThat(atDevice.ended.get(20, TimeUnit.SECONDS).reason()).isEqualTo(EndReason.DONE);
    }

    @Test
    void endsWithAReasonAtBothEndsWhenNoRelayIsLeft() throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        ResumeTimes times = times(Duration.ofMillis(300));
        End atClient = new End(RelayRole.CLIENT, network, times, reserve("r1", "r2"));
        End atDevice = new End(RelayRole.DEVICE, network, times, reserve("r1", "r2"));
        MemoryTransport.Pair first = network.pair();
        Session.device(
                KEYS, EXEC, first.device(), "r1", ServiceHandler.none(), atDevice.listener(), SessionConfig.DEFAULT);
        Session.client(KEYS, EXEC, first.client(), "r1", atClient.listener(), SessionConfig.DEFAULT);
        atDevice.started.get(20, TimeUnit.SECONDS);
        network.dead.add("r2");
        network.kill("r1");
        for (End end : List.of(atClient, atDevice)) {
            SessionEnd how = end.ended.get(20, TimeUnit.SECONDS);
            assertThat(how.reason()).isEqualTo(EndReason.INTERRUPTED);
            assertThat(how.text()).contains("r1: no such relay").contains("r2: no such relay");
        }
    }

    @Test
    void whoWaitedAtARelayUntilTheEndSaysSo() throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        network.dead.add("r1");
        End atClient = new End(RelayRole.CLIENT, network, times(Duration.ofMillis(300)), reserve("r1", "r2"));
        Session.client(KEYS, EXEC, NO_TRANSPORT, "r1", atClient.listener(), SessionConfig.DEFAULT);
        assertThat(atClient.ended.get(20, TimeUnit.SECONDS).text())
                .endsWith("(r1: no such relay; r2: the other end did not come)");
    }

    /** What is known of a relay stays known while it is dialled once more. */
    @Test
    void anAttemptThatIsUnderWaySaysNothingYet() throws Exception {
        AtomicLong dialled = new AtomicLong();
        RelayDialer full = (join, connect) -> dialled.incrementAndGet() == 1
                ? new RelayDialer.Dialling(
                        CompletableFuture.failedFuture(
                                new TransportException(new TransportEnd(TransportEnd.Kind.LIMIT, "it is full"))),
                        () -> {})
                : new RelayDialer.Dialling(new CompletableFuture<>(), () -> {});
        End atClient = new End(
                RelayRole.CLIENT, RelayProofKey.generate(), full, times(Duration.ofMillis(500)), reserve("r1"), false);
        Session.client(KEYS, EXEC, NO_TRANSPORT, "r1", atClient.listener(), SessionConfig.DEFAULT);
        assertThat(atClient.ended.get(20, TimeUnit.SECONDS).text()).endsWith("(r1: it is full)");
        assertThat(dialled).hasValue(2);
    }

    /** Where too many came at once there is room again soon, where it is full there is not. */
    @ParameterizedTest
    @EnumSource(
            value = TransportEnd.Kind.class,
            names = {"CROWDED", "LIMIT"})
    void aCrowdedRelayIsDialledAgainSoon(TransportEnd.Kind kind) throws Exception {
        List<Long> dialled = new CopyOnWriteArrayList<>();
        RelayDialer relay = (join, connect) -> {
            dialled.add(System.nanoTime());
            return new RelayDialer.Dialling(
                    CompletableFuture.failedFuture(new TransportException(new TransportEnd(kind, "4003"))), () -> {});
        };
        ResumeTimes times = times(Duration.ofSeconds(60), Duration.ofSeconds(2));
        End atClient = new End(RelayRole.CLIENT, RelayProofKey.generate(), relay, times, reserve("r1"), false);
        Session client = Session.client(KEYS, EXEC, NO_TRANSPORT, "r1", atClient.listener(), SessionConfig.DEFAULT);
        await(() -> dialled.size() >= 2);
        client.close();
        Duration between = Duration.ofNanos(dialled.get(1) - dialled.get(0));
        if (kind == TransportEnd.Kind.CROWDED) {
            assertThat(between).isLessThan(Duration.ofMillis(900));
        } else {
            assertThat(between).isGreaterThan(Duration.ofMillis(900));
        }
    }

    @Test
    void withoutTokensALostTransportIsTheEnd() throws Exception {
        MemoryRelays network = new MemoryRelays(1, Integer.MAX_VALUE);
        End atClient = new End(RelayRole.CLIENT, network, QUICK, List.of());
        MemoryTransport.Pair first = network.pair();
        Session.client(KEYS, EXEC, first.client(), "r1", atClient.listener(), SessionConfig.DEFAULT);
        first.device().close();
        assertThat(atClient.ended.get(20, TimeUnit.SECONDS).reason()).isEqualTo(EndReason.INTERRUPTED);
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
