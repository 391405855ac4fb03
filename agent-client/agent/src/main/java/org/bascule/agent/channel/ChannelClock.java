package org.bascule.agent.channel;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time as the authenticated channel gave it, carried on by a monotonic clock: a device may have no clock of its own, and setting its clock must not
 * revive an old ticket. Before the first channel it is the system's. Thread-safe.
 */
public final class ChannelClock implements InstantSource {

    /** Access servers need not agree to the second. Further back than this a channel does not take the time, however often it is opened. */
    static final Duration MAX_BACK = Duration.ofMinutes(5);

    private record Base(Instant time, long nanos) {
        Instant at(long now) {
            return time.plus(Duration.ofNanos(now - nanos));
        }
    }

    private final LongSupplier monotonic;
    private volatile Base base;
    /** The latest that a channel gave. */
    private @Nullable Base latest;

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
        return base.at(monotonic.getAsLong());
    }

    /** Nanoseconds of the monotonic clock. */
    public long nanos() {
        return monotonic.getAsLong();
    }

    /**
     * Takes the time of a channel that was authenticated.
     *
     * @return false if an earlier channel had a time so much later that this one's cannot be right
     */
    synchronized boolean set(Instant time) {
        Base given = new Base(time, monotonic.getAsLong());
        if (latest != null) {
            Instant known = latest.at(given.nanos());
            if (time.isBefore(known.minus(MAX_BACK))) {
                return false;
            }
            latest = time.isAfter(known) ? given : latest;
        } else {
            latest = given;
        }
        base = given;
        return true;
    }
}
