package org.bascule.system;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What an agent costs on a metered line while nobody uses it ({@code docs/benchmarks}). Run by {@code -Pbench}; 12 minutes. */
@ExtendWith(RunningSystem.class)
class IdleBench {

    /** It has connected, measured the relays, and sent its inventory. */
    private static final Duration SETTLED = Duration.ofSeconds(60);
    /** It measures the relays once in it. */
    private static final Duration TIME = Duration.ofMinutes(11);

    private final TheSystem system = TheSystem.get();

    @Test
    void traffic() throws Exception {
        try (Cable cable = Cable.to(system);
                EnrolledDevice device = cable.device(system, "idle")) {
            Thread.sleep(SETTLED.toMillis());
            long before = cable.bytes();
            for (int minute = 1; minute <= TIME.toMinutes(); minute++) {
                Thread.sleep(60_000);
                System.out.printf("%s after %d min: %d bytes%n", device.uid(), minute, cable.bytes() - before);
            }
        }
    }
}
