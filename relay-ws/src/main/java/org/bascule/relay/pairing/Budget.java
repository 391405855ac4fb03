package org.bascule.relay.pairing;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all pairs of a relay share: the memory for queued messages, and the threads of the container that may be paused.
 *
 * <p>jakarta.websocket cannot stop reading from a connection but by keeping the thread that delivers its messages. Only a few threads may be
 * kept so, far fewer than the container has; a sender beyond that is not paused, its queue grows to the hard limit of the direction.
 */
public final class Budget {

    private final long maxQueued;
    private final AtomicLong queued = new AtomicLong();
    private final Semaphore pausable;

    /**
     * @param maxQueued bytes queued in all pairs together
     * @param pausedReaders threads that may be paused at the same time
     */
    public Budget(long maxQueued, int pausedReaders) {
        this.maxQueued = maxQueued;
        this.pausable = new Semaphore(pausedReaders);
    }

    void add(long bytes) {
        queued.addAndGet(bytes);
    }

    boolean isExceeded() {
        return queued.get() > maxQueued;
    }

    /** Bytes queued in all pairs together. */
    public long queued() {
        return queued.get();
    }

    boolean mayPause() {
        return pausable.tryAcquire();
    }

    void resumed() {
        pausable.release();
    }
}
