package org.bascule.relay.pairing;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The memory for queued messages that all pairs of a relay share. */
public final class Budget {

    private final long maxQueued;
    private final AtomicLong queued = new AtomicLong();
    private final LongAdder forwarded = new LongAdder();

    /** @param maxQueued bytes queued in all pairs together */
    public Budget(long maxQueued) {
        this.maxQueued = maxQueued;
    }

    /** A message was taken to be forwarded. */
    void take(long bytes) {
        queued.addAndGet(bytes);
        forwarded.add(bytes);
    }

    /** It was sent. */
    void release(long bytes) {
        queued.addAndGet(-bytes);
    }

    /** Half of it is taken: senders are paused early, so that it is never exceeded. */
    boolean isTight() {
        return queued.get() > maxQueued / 2;
    }

    boolean isExceeded() {
        return queued.get() > maxQueued;
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
