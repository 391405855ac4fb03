package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** REL-4 at length: 500 MB both ways at once, and 20 relays killed on the way ({@code docs/benchmarks}). Run by {@code -Pbench}; eight minutes, for a relay takes 20 s to start. */
@ExtendWith(RunningSystem.class)
class FailoverBench {

    private static final long BYTES = 500L << 20;
    private static final int KILLS = 20;
    private static final Duration LIMIT = Duration.ofSeconds(180);

    private final TheSystem system = TheSystem.get();

    /** Each part of the stream begins when both relays serve; at a random moment of it the one that carries the session is killed. */
    @Test
    void relaysAreKilled() throws Exception {
        Random random = new Random(20);
        long part = BYTES / KILLS;
        List<Double> pauses = new ArrayList<>();
        try (EchoedStream stream = new EchoedStream(system, BYTES)) {
            for (int i = 0; i < KILLS; i++) {
                long begin = i * part;
                long moment = begin + 1 + (long) (random.nextDouble() * part * 0.8);
                String killed = i == 0 ? "" : relay();
                stream.sendUpTo(begin + part);
                Eventually.within(LIMIT, "bytes come back", () -> stream.received() >= moment);
                if (killed.isEmpty()) {
                    killed = relay();
                }
                var unused = stream.longestPause();
                system.demo().kill(killed);
                Eventually.within(LIMIT, "it goes on", () -> stream.received() >= begin + part);
                pauses.add(stream.longestPause().toNanos() / 1e6);
                system.demo().start(killed);
            }
            assertThat(stream.exitCode(LIMIT)).isZero();
            assertThat(stream.received()).isEqualTo(BYTES);
            assertThat(stream.echoed()).isEqualTo(stream.sent());
        }
        Figures.print("pause for a killed relay, 20 kills while 500 MB go both ways", pauses);
    }

    private String relay() {
        List<JsonObject> sessions = system.api("engineer").items("/api/sessions");
        assertThat(sessions).isNotEmpty();
        return sessions.get(0).getString("relay");
    }
}
