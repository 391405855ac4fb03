package org.bascule.session.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that the sessions of a process may hold together: what they sent and is not acknowledged, above the {@value #OWN} that each may keep in any case, and what they received and
 * is not consumed, above the first credit of each stream. Where it is used up, writers wait for an acknowledgement of their own session, and streams go on with their first credit,
 * so an end that acknowledges or consumes nothing can slow the others down, but never stop them. What a stream was lent comes
 * back when it has ended and is consumed, so a service reads to the end or ends its stream. Thread-safe.
 */
public final class MemoryBudget {

    /** What every session may keep of what it sent without asking. */
    public static final int OWN = 256 << 10;

    /** For a process with few sessions and much memory. */
    public static final MemoryBudget UNLIMITED = new MemoryBudget(Long.MAX_VALUE / 2);

    private final AtomicLong free;

    public MemoryBudget(long bytes) {
        free = new AtomicLong(bytes);
    }

    boolean has(long bytes) {
        return free.get() >= bytes;
    }

    void take(long bytes) {
        free.addAndGet(-bytes);
    }

    /** Takes all of it or nothing. */
    boolean tryTake(long bytes) {
        return free.getAndUpdate(left -> left >= bytes ? left - bytes : left) >= bytes;
    }

    void giveBack(long bytes) {
        free.addAndGet(bytes);
    }
}
