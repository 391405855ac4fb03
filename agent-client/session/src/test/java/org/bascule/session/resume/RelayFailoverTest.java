package org.bascule.session.resume;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.session.network.Network;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.TestRelay;
import org.bascule.wire.Json;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both ends over real WebSockets, with the product's times. */
@Timeout(60)
class RelayFailoverTest {

    private static final Network NETWORK = Network.ofPlatform("test/1");
    private static final Duration PAIR = Duration.ofSeconds(20);

    private final RelayProofKey clientKey = RelayProofKey.generate();
    private final RelayProofKey deviceKey = RelayProofKey.generate();

    private static String token(RelayRole role, RelayProofKey key) {
        return role.text() + ":" + HexFormat.of().formatHex(key.publicKey().point());
    }

    private static RelayAddress address(String id, TestRelay relay) {
        return new RelayAddress(id, relay.url());
    }

    private CompletableFuture<RelayTransport> join(TestRelay relay, RelayRole role, RelayProofKey key) {
        return RelayTransport.join(
                NETWORK,
                new RelayJoin(address("r1", relay), ResumerTest.KEYS.sid(), role, token(role, key), key),
                PAIR);
    }

    private static List<ReserveRelay> reserve(TestRelay one, TestRelay two, RelayRole role, RelayProofKey key) {
        String token = token(role, key) + ":reserve";
        return List.of(new ReserveRelay(address("r1", one), token), new ReserveRelay(address("r2", two), token));
    }

    @Test
    void aRelayDiesWhileBothEndsWrite() throws Exception {
        try (TestRelay one = new TestRelay(ResumerTest.KEYS.sid(), "r1");
                TestRelay two = new TestRelay(ResumerTest.KEYS.sid(), "r2")) {
            ResumerTest.End atClient = new ResumerTest.End(
                    RelayRole.CLIENT,
                    clientKey,
                    (join, connect) -> RelayDialer.overWebSocket(NETWORK, join, connect, Optional.empty()),
                    ResumeTimes.DEFAULT,
                    reserve(one, two, RelayRole.CLIENT, clientKey),
                    false);
            ResumerTest.End atDevice = new ResumerTest.End(
                    RelayRole.DEVICE,
                    deviceKey,
                    (join, connect) -> RelayDialer.overWebSocket(NETWORK, join, connect, Optional.empty()),
                    ResumeTimes.DEFAULT,
                    reserve(one, two, RelayRole.DEVICE, deviceKey),
                    false);
            CompletableFuture<RelayTransport> deviceJoins = join(one, RelayRole.DEVICE, deviceKey);
            RelayTransport clientTransport =
                    join(one, RelayRole.CLIENT, clientKey).get(20, TimeUnit.SECONDS);
            AtomicInteger resumed = new AtomicInteger();
            ResumerTest.Sum input = new ResumerTest.Sum();
            CompletableFuture<CompletableFuture<byte[]>> back = new CompletableFuture<>();
            ServiceHandler services = new ServiceHandler() {
                @Override
                public StreamHandler open(SessionStream stream, Service service, JsonObject arguments) {
                    back.complete(ResumerTest.write(stream, 5, () -> resumed.get() > 0));
                    return input;
                }
            };
            Session.device(
                    ResumerTest.KEYS,
                    ResumerTest.EXEC,
                    deviceJoins.get(20, TimeUnit.SECONDS),
                    "r1",
                    services,
                    atDevice.listener(),
                    SessionConfig.DEFAULT);
            Session client = Session.client(
                    ResumerTest.KEYS,
                    ResumerTest.EXEC,
                    clientTransport,
                    "r1",
                    atClient.listener(),
                    SessionConfig.DEFAULT);
            ResumerTest.Sum output = new ResumerTest.Sum();
            SessionStream stream =
                    client.open(Service.PROCESS, Json.createObjectBuilder().build(), output);
            CompletableFuture<byte[]> out = ResumerTest.write(stream, 6, () -> resumed.get() > 0);
            await(() -> input.count.get() > 1 << 20 && output.count.get() > 1 << 20);
            long killed = System.nanoTime();
            one.close();
            await(() -> atClient.relays.equals(List.of("r2")) && atDevice.relays.equals(List.of("r2")));
            Duration pause = Duration.ofNanos(System.nanoTime() - killed);
            long atResume = input.count.get();
            await(() -> input.count.get() > atResume + (1 << 20));
            resumed.incrementAndGet();
            assertThat(input.finished.get(20, TimeUnit.SECONDS)).isEqualTo(out.get(20, TimeUnit.SECONDS));
            assertThat(output.finished.get(20, TimeUnit.SECONDS))
                    .isEqualTo(back.get(20, TimeUnit.SECONDS).get(20, TimeUnit.SECONDS));
            assertThat(pause).as("3 s, and slack").isLessThan(Duration.ofSeconds(10));
            client.end(EndReason.DONE, "");
            assertThat(atDevice.ended.get(20, TimeUnit.SECONDS).reason()).isEqualTo(EndReason.DONE);
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
