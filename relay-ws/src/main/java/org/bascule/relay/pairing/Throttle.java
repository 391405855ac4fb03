package org.bascule.relay.pairing;

import java.util.concurrent.TimeUnit;

/** A rate that is kept on average, with what a second brings as reserve. Nothing is refused: whoever took too much waits until it is made up for. */
final class Throttle {

    private final Ticker ticker;

    private volatile long perSecond;

    // guarded by this
    private long left;
    private long since;

    /** @param bytes a second; 0 for no limit */
    Throttle(Ticker ticker, long bytes) {
        this.ticker = ticker;
        this.perSecond = bytes;
        this.left = bytes;
        this.since = ticker.nanos();
    }

    /** @param bytes a second; 0 for no limit */
    synchronized void limit(long bytes) {
        if (bytes != perSecond) {
            perSecond = bytes;
            left = bytes;
            since = ticker.nanos();
        }
    }

    void take(int bytes) {
        if (perSecond > 0) {
            synchronized (this) {
                refill();
                left -= bytes;
            }
        }
    }

    /** Nanoseconds until the rate is kept; 0 where it is. */
    long waitNanos() {
        if (perSecond == 0) {
            return 0;
        }
        synchronized (this) {
            refill();
            return left >= 0 ? 0 : nanos(-left);
        }
    }

    /** Whether nothing that was taken is still to be made up for. */
    boolean isWhole() {
        synchronized (this) {
            refill();
            return left >= perSecond;
        }
    }

    private void refill() {
        long now = ticker.nanos();
        long second = TimeUnit.SECONDS.toNanos(1);
        long elapsed = Math.min(now - since, 60 * second);
        long earned = (long) ((double) elapsed * perSecond / second);
        if (earned > 0) {
            left = Math.min(perSecond, left + earned);
            since = now;
        }
    }

    private long nanos(long bytes) {
        return perSecond == 0 ? 0 : (long) Math.ceil((double) bytes * TimeUnit.SECONDS.toNanos(1) / perSecond);
    }
}
