package org.bascule.relay.pairing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The memory for messages, queued or half read, that all pairs of a relay share. What a direction may queue is a part of what is left, so that many slow receivers together stay within it, and
 * one that comes late still gets something (dynamic thresholds; Choudhury and Hahne 1998). When nothing is left, a sender is paused at the first message that waits.
 */
public final class Budget {

    /** A direction may have this part of what is left. */
    private static final int PARTS = 16;

    private final long maxQueued;
    private final AtomicLong queued = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final LongAdder forwarded = new LongAdder();

    /** @param maxQueued bytes queued in all pairs together */
    public Budget(long maxQueued) {
        this.maxQueued = maxQueued;
    }

    /**
     * A message is to be forwarded. Beyond the budget senders are paused, but each has brought something before that: so there is a second bound, which many of them meet together.
     *
     * @param waits whether something of that direction is queued already: it meets the bound earlier than one that is taken at once
     * @return false if it is not to be: that would be one and a half times the budget, or twice
     */
    boolean take(long bytes, boolean waits) {
        if (queued.addAndGet(bytes) > (waits ? maxQueued + maxQueued / 2 : 2 * maxQueued)) {
            queued.addAndGet(-bytes);
            return false;
        }
        forwarded.add(bytes);
        return true;
    }

    /** It was sent. */
    void release(long bytes) {
        queued.addAndGet(-bytes);
    }

    /**
     * Messages that have not come completely take so much more memory, or less. It leaves less for queues, and nobody is closed for it: each end has no more than one such message, and a relay takes no more
     * pairs than it has memory for those.
     */
    void hold(long bytes) {
        held.addAndGet(bytes);
    }

    boolean isExceeded() {
        return left() < 0;
    }

    /** Bytes that one direction may queue now. */
    long share() {
        return Math.max(0, left()) / PARTS;
    }

    private long left() {
        return maxQueued - queued.get() - held.get();
    }

    /** Bytes that messages take which have not come completely. */
    public long held() {
        return held.get();
    }

    /** Bytes queued in all pairs together. */
    public long queued() {
        return queued.get();
    }

    /** Bytes forwarded since the start. */
    public long forwarded() {
        return forwarded.sum();
    }
}
