package org.bascule.agent.channel;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential from half a second to 30, each wait drawn from the whole range (full jitter), so that a
 * thousand devices do not come back as one. Not thread-safe.
 */
public final class Backoff {

    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LAST = Duration.ofSeconds(30);
    /** After a refusal that only a person can change, which people do not do within seconds. */
    static final Duration FINAL_FIRST = Duration.ofMinutes(2);

    static final Duration FINAL_LAST = Duration.ofMinutes(20);
    /** A connection that lived so long was a good one. */
    static final Duration GOOD = Duration.ofMinutes(1);

    private final RandomGenerator random;
    private int failures;
    private int finals;

    public Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The wait after a connection that lived so long; zero for one that never stood. */
    public Duration next(Duration lived) {
        if (lived.compareTo(GOOD) >= 0) {
            failures = 0;
            finals = 0;
        }
        long ceiling = Math.min(LAST.toMillis(), FIRST.toMillis() << Math.min(failures, 10));
        failures++;
        return Duration.ofMillis(random.nextLong(ceiling + 1));
    }

    /** The wait after a refusal that only a person can change: from minutes to a third of an hour. */
    public Duration afterFinalRefusal() {
        long ceiling = Math.min(FINAL_LAST.toMillis(), FINAL_FIRST.toMillis() << Math.min(finals, 10));
        finals++;
        return Duration.ofMillis(random.nextLong(ceiling / 2, ceiling + 1));
    }

    /** The wait after the server refused this device: trying sooner would not help. */
    public Duration afterRefusal() {
        failures = 10;
        return Duration.ofMillis(random.nextLong(LAST.toMillis() / 2, LAST.toMillis() + 1));
    }
}
