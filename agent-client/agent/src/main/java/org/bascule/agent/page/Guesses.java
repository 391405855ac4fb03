package org.bascule.agent.page;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Wrong passwords of each account of this machine: five are free, then each costs a wait that doubles, up to 15 minutes. Thread-safe. */
final class Guesses {

    static final int FREE = 5;
    static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final int MAX_ACCOUNTS = 256;

    private record Wrong(int count, long until) {}

    private final LongSupplier nanos;

    // guarded by this
    private final Map<Long, Wrong> wrong = new LinkedHashMap<>();

    Guesses(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** How long this account has to wait before it may try; zero if it may now. A try counts as wrong until it is {@link #right}. */
    synchronized Duration attempt(long uid) {
        Wrong before = wrong.getOrDefault(uid, new Wrong(0, nanos.getAsLong()));
        long left = before.until() - nanos.getAsLong();
        if (left > 0) {
            return Duration.ofNanos(left);
        }
        if (wrong.size() >= MAX_ACCOUNTS && !wrong.containsKey(uid)) {
            wrong.remove(wrong.keySet().iterator().next());
        }
        int count = before.count() + 1;
        wrong.put(uid, new Wrong(count, nanos.getAsLong() + after(count).toNanos()));
        return Duration.ZERO;
    }

    private static Duration after(int count) {
        if (count < FREE) {
            return Duration.ZERO;
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(count - FREE, 16));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    synchronized void right(long uid) {
        wrong.remove(uid);
    }
}
