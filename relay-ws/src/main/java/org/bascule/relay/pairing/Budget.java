package org.bascule.relay.pairing;

import java.util.concurrent.atomic.AtomicLong;

/** The memory for queued messages that all pairs of a relay share. */
public final class Budget {

    private final long maxQueued;
    private final AtomicLong queued = new AtomicLong();

    /** @param maxQueued bytes queued in all pairs together */
    public Budget(long maxQueued) {
        this.maxQueued = maxQueued;
    }

    void add(long bytes) {
        queued.addAndGet(bytes);
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
}
