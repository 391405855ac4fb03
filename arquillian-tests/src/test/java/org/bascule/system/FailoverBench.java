package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** REL-4 at length ({@code docs/benchmarks}). Run by {@code -Pbench}; 15 minutes, for a relay takes 20 s to start, and less with fewer of them killed ({@code -Dbench.kills=8}). */
@ExtendWith(RunningSystem.class)
class FailoverBench {

    private static final int KILLS = Integer.getInteger("bench.kills", 20);
    private static final long BYTES = KILLS * (25L << 20);
    private static final Duration LIMIT = Duration.ofSeconds(180);
    /** The longest pause for a killed relay (REL-4). */
    private static final Duration WORST = Duration.ofSeconds(3);
    /** What a session lives without a transport. */
    private static final Duration WITHIN = Duration.ofSeconds(120);

    private final TheSystem system = TheSystem.get();
    private final Outages outages = new Outages(system);

    @AfterEach
    void everythingIsBack() throws Exception {
        outages.close();
    }

    /** 25 MB for each kill, 500 in all, both ways at once. Each part of the stream begins when both relays serve; at a random moment of it the one that carries the session is killed. */
    @Test
    void relaysAreKilled() throws Exception {
        Random random = new Random(20);
        long part = BYTES / KILLS;
        List<Double> pauses = new ArrayList<>();
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            stream.sendUpTo(1);
            Eventually.within(LIMIT, "it runs", () -> stream.received() > 0);
            Carrier carrier = Carrier.ofNewest(system);
            for (int i = 0; i < KILLS; i++) {
                long begin = i * part;
                long moment = begin + 1 + (long) (random.nextDouble() * part * 0.8);
                String killed = carrier.relay();
                stream.sendUpTo(begin + part);
                Eventually.within(LIMIT, "bytes come back", () -> stream.received() >= moment);
                var unused = stream.longestPause();
                outages.kill(killed);
                Eventually.within(LIMIT, "it goes on", () -> stream.received() >= begin + part);
                assertThat(carrier.awaitOtherThan(killed, LIMIT)).isNotEqualTo(killed);
                Duration pause = stream.longestPause();
                System.out.printf("%d. %s killed: longest pause %d ms%n", i + 1, killed, pause.toMillis());
                pauses.add(pause.toNanos() / 1e6);
                outages.start(killed);
            }
            assertThat(stream.exitCode(LIMIT)).as(stream.error()).isZero();
            assertThat(stream.received()).isEqualTo(BYTES);
            assertThat(stream.echoed()).isEqualTo(stream.sent());
        }
        Figures.print(
                "pause for a killed relay, " + KILLS + " kills while " + (BYTES >> 20) + " MB go both ways", pauses);
        assertThat(pauses).as("milliseconds").hasSize(KILLS).allMatch(pause -> pause <= WORST.toMillis());
    }

    /** Neither the access server nor a relay comes back in time: both ends end the session for that reason, and the log has it later. */
    @Test
    void nothingComesBack() throws Exception {
        try (EchoedStream stream = new EchoedStream(system, 2 << 20)) {
            stream.sendUpTo(1 << 20);
            Eventually.within(LIMIT, "it runs", () -> stream.received() == 1 << 20);
            String sid = Carrier.ofNewest(system).sid();
            for (String part : List.of("access-server", "relay-1", "relay-2")) {
                outages.kill(part);
            }
            long begun = System.nanoTime();
            stream.sendUpTo(2 << 20);
            assertThat(stream.exitCode(WITHIN.plusSeconds(60)))
                    .as(stream.error())
                    .isEqualTo(7);
            Duration lived = Duration.ofNanos(System.nanoTime() - begun);
            System.out.printf("without anything it ended after %d ms: %s%n", lived.toMillis(), stream.error());
            assertThat(lived).isGreaterThan(WITHIN.minusSeconds(10));
            assertThat(stream.error())
                    .contains("the connection was lost: no way to the other end for 120 s")
                    .contains("relay-1: ", "relay-2: ");
            outages.close();
            Eventually.within(LIMIT, "the device has told of it", () -> isTold(sid));
            assertThat(events(sid))
                    .allMatch(event -> event.getString("detail").contains("interrupted")
                            && event.getString("detail").contains("no way to the other end for 120 s"));
            JsonObject row = system.api("automation").items("/api/connections?limit=50").stream()
                    .filter(connection -> connection.getString("sid").equals(sid))
                    .findFirst()
                    .orElseThrow();
            assertThat(row.getString("endReason")).isEqualTo("interrupted");
            assertThat(row.getJsonNumber("bytesIn").longValue()).isGreaterThanOrEqualTo(1 << 20);
        }
    }

    /** Both relays are gone and stay away, and what the ends have in reserve leads nowhere: the access server comes back, and names one that they did not know. */
    @Test
    void theAccessServerComesBackAndNamesAnotherRelay() throws Exception {
        try (AddedRelay relay = AddedRelay.start(system, "relay-3", "localhost")) {
            relay.approve();
            relay.drain(true);
            try (EchoedStream stream = new EchoedStream(system, 2 << 20)) {
                stream.sendUpTo(1 << 20);
                Eventually.within(LIMIT, "it runs", () -> stream.received() == 1 << 20);
                Carrier carrier = Carrier.ofNewest(system);
                for (String part : List.of("access-server", "relay-1", "relay-2")) {
                    outages.kill(part);
                }
                var unused = stream.longestPause();
                stream.sendUpTo(2 << 20);
                outages.start("access-server");
                relay.drain(false);
                assertThat(stream.exitCode(WITHIN)).as(stream.error()).isZero();
                assertThat(stream.echoed()).isEqualTo(stream.sent());
                assertThat(carrier.relay()).isEqualTo(relay.id());
                System.out.printf(
                        "access server and relays killed, access server started, another relay: longest pause %d ms%n",
                        stream.longestPause().toMillis());
            }
        }
    }

    /** False as well while the realm gives no tokens, because the access server has just come back. */
    private boolean isTold(String sid) {
        try {
            return !events(sid).isEmpty();
        } catch (AssertionError e) {
            return false;
        }
    }

    /** What the device said about the end of a session. */
    private List<JsonObject> events(String sid) {
        return system.api("automation").items("/api/audit?limit=200&code=device.report").stream()
                .filter(event -> event.toString().contains(sid)
                        && event.getString("detail").startsWith("session-ended"))
                .toList();
    }
}
