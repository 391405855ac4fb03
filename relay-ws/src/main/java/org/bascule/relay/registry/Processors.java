package org.bascule.relay.registry;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How much of its processors this process uses. */
final class Processors {

    private static final long AT_LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ALL = 100;

    private long used = usedNanos();
    private long since = System.nanoTime();
    private int percent;

    /** From 0 to 100: since the last call, or what that said if it was just now. 0 where the platform does not tell. */
    int percent() {
        long now = System.nanoTime();
        long elapsed = now - since;
        if (elapsed >= AT_LEAST_NANOS) {
            long all = usedNanos();
            double most = (double) elapsed * Runtime.getRuntime().availableProcessors();
            percent = (int) Math.max(0, Math.min(ALL, Math.round(ALL * (all - used) / most)));
            used = all;
            since = now;
        }
        return percent;
    }

    private static long usedNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }
}
