package org.bascule.system;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that something else brings about, with a deadline. */
final class Eventually {

    private static final long SHORTEST_NANOS = 20_000_000;
    private static final long LONGEST_NANOS = 250_000_000;

    private Eventually() {}

    /**
     * Looks the more seldom the longer it takes: what is asked is often a server that has the same processors as what is waited for.
     *
     * @return how long it took, a twentieth more at most
     */
    static Duration within(Duration limit, String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long waited = System.nanoTime() - start;
            if (waited > limit.toNanos()) {
                throw new AssertionError("not within " + limit + ": " + what);
            }
            LockSupport.parkNanos(Math.min(LONGEST_NANOS, Math.max(SHORTEST_NANOS, waited / 20)));
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
