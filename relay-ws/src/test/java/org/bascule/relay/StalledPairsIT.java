package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bascule.relay.TestRelay.Ends;
import org.bascule.wire.relay.RelayLimits;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receivers that take nothing hold up their own senders and nobody else. 100 pairs; with {@code -Dbascule.scale=true} 1,000, in a heap of 512 MB. */
class StalledPairsIT {

    private static final boolean SCALE = Boolean.getBoolean("bascule.scale");
    private static final int PAIRS = SCALE ? 1_000 : 100;
    private static final int STALLED_SECONDS = SCALE ? 60 : 20;
    /** More than any socket between takes, for each pair. */
    private static final int MESSAGES = 2_000;

    private static TestRelay relay;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException, InterruptedException {
        relay = new TestRelay(
                folder,
                SCALE ? System.getProperty("bascule.heap", "512m") : "256m",
                Map.of(
                        RelaySettings.MAX_UNPROVED_PER_ADDRESS,
                        "1000",
                        RelaySettings.STALLED_SECONDS,
                        String.valueOf(STALLED_SECONDS)));
        relay.open();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @Test
    void stalledPairsAreBoundedAndClosedAndNobodyElseIsHeldUp() throws Exception {
        Ends other = relay.pair();
        List<Ends> stalled =
                IntStream.range(0, PAIRS).mapToObj(i -> relay.pair()).toList();
        stalled.forEach(ends -> ends.device().stopReading());
        byte[] message = new byte[RelayLimits.MAX_MESSAGE];
        List<CompletableFuture<?>> sending = new ArrayList<>();
        for (Ends ends : stalled) {
            sending.add(sendOn(ends.client(), message, MESSAGES));
        }
        Instant until = Instant.now().plusSeconds(STALLED_SECONDS / 3);
        Duration slowest = Duration.ZERO;
        while (Instant.now().isBefore(until)) {
            Instant start = Instant.now();
            other.client().send(new byte[] {5});
            assertThat(other.device().next().binary()).containsExactly(5);
            assertThat(relay.micro.readiness().statusCode()).isEqualTo(200);
            Duration took = Duration.between(start, Instant.now());
            slowest = took.compareTo(slowest) > 0 ? took : slowest;
            TimeUnit.MILLISECONDS.sleep(100);
        }
        System.out.printf(
                "%d stalled pairs: a message and a health check took at most %d ms%n", PAIRS, slowest.toMillis());
        assertThat(slowest).isLessThan(Duration.ofSeconds(5));
        assertThat(sending).as("held up by their receivers").noneMatch(CompletableFuture::isDone);
        for (Ends ends : stalled) {
            assertThat(ends.client().closeCode(Duration.ofSeconds(2L * STALLED_SECONDS)))
                    .isEqualTo(4005);
            // all along: who says nothing for two minutes is given up
            other.client().send(new byte[] {6});
            assertThat(other.device().next().binary()).containsExactly(6);
        }
        assertThat(relay.micro.log()).doesNotContain("OutOfMemoryError");
    }

    /** Sends one after the other has been taken. */
    private static CompletableFuture<?> sendOn(RelayClient end, byte[] message, int count) {
        CompletableFuture<?> sent = end.sendAsync(message);
        return count == 1 ? sent : sent.thenCompose(taken -> sendOn(end, message, count - 1));
    }
}
