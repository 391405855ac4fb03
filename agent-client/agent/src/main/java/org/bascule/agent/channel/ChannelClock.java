package org.bascule.agent.channel;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Time as the authenticated channel gave it, carried on by a monotonic clock: a device may have no clock of its own, and setting its clock must not
 * revive an old ticket. Before the first channel it is the system's. Thread-safe.
 */
public final class ChannelClock implements InstantSource {

    private record Base(Instant time, long nanos) {}

    private final LongSupplier monotonic;
    private volatile Base base;

    /**
     * @param system for the time before the first channel
     * @param monotonic nanoseconds, as {@link System#nanoTime}
     */
    public ChannelClock(InstantSource system, LongSupplier monotonic) {
        this.monotonic = monotonic;
        this.base = new Base(system.instant(), monotonic.getAsLong());
    }

    @Override
    public Instant instant() {
        Base now = base;
        return now.time().plus(Duration.ofNanos(monotonic.getAsLong() - now.nanos()));
    }

    /** Nanoseconds of the monotonic clock. */
    public long nanos() {
        return monotonic.getAsLong();
    }

    void set(Instant time) {
        base = new Base(time, monotonic.getAsLong());
    }
}
