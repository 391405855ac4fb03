package org.bascule.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that a test moves: both wall clock and monotonic. */
public final class MutableClock implements InstantSource {

    private volatile Instant now;
    private volatile long nanos;

    public MutableClock(Instant now) {
        this.now = now;
    }

    @Override
    public Instant instant() {
        return now;
    }

    public long nanos() {
        return nanos;
    }

    public void advance(Duration time) {
        now = now.plus(time);
        nanos += time.toNanos();
    }
}
