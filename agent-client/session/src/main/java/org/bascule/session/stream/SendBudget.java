package org.bascule.session.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that the sessions of a process may together keep until they are acknowledged, above the {@value #OWN} that each may keep in any case. Where it is used up, writers wait
 * for an acknowledgement of their own session, so an end that acknowledges nothing can slow the others down, but never stop them. Thread-safe.
 */
public final class SendBudget {

    /** What every session may keep without asking. */
    public static final int OWN = 256 << 10;

    /** For a process with few sessions and much memory. */
    public static final SendBudget UNLIMITED = new SendBudget(Long.MAX_VALUE / 2);

    private final AtomicLong free;

    public SendBudget(long bytes) {
        free = new AtomicLong(bytes);
    }

    boolean has(long bytes) {
        return free.get() >= bytes;
    }

    void take(long bytes) {
        free.addAndGet(-bytes);
    }
}
