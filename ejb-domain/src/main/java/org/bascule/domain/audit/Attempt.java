package org.bascule.domain.audit;

import org.jspecify.annotations.Nullable;

/** A change that somebody attempts, on the thread that works on it: knows whether a refusal of it is recorded already, so that none is recorded twice and none not at all. */
public final class Attempt implements AutoCloseable {

    private static final ThreadLocal<@Nullable Attempt> PRESENT = new ThreadLocal<>();

    private boolean recorded;

    private Attempt() {}

    /** Begins one; it ends with {@link #close}, on the same thread. */
    public static Attempt begin() {
        Attempt attempt = new Attempt();
        PRESENT.set(attempt);
        return attempt;
    }

    /** Whether a change is attempted on this thread: whoever works on it records its refusal. */
    public static boolean isUnderWay() {
        return PRESENT.get() != null;
    }

    /** A refusal was recorded, or counted, on this thread. */
    static void recorded() {
        Attempt present = PRESENT.get();
        if (present != null) {
            present.recorded = true;
        }
    }

    public boolean isRecorded() {
        return recorded;
    }

    @Override
    public void close() {
        PRESENT.remove();
    }
}
