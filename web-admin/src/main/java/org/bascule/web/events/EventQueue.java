package org.bascule.web.events;

import java.util.ArrayList;
import java.util.List;

/**
 * A bounded queue with one worker at a time: whoever adds to a queue without a worker starts one. When it is full, what waits is dropped and the
 * overflow is remembered.
 */
final class EventQueue<T> {

    private final int max;

    // all guarded by this
    private List<T> waiting = new ArrayList<>();
    private boolean working;
    private boolean overflow;

    EventQueue(int max) {
        this.max = max;
    }

    /** Adds; true if the caller must start a worker. */
    synchronized boolean offer(T event) {
        if (waiting.size() >= max) {
            waiting.clear();
            overflow = true;
        }
        waiting.add(event);
        boolean start = !working;
        working = true;
        return start;
    }

    /** Everything that waits, in order; empty when the worker may rest. */
    synchronized List<T> takeOrRest() {
        List<T> taken = waiting;
        waiting = new ArrayList<>();
        working = !taken.isEmpty();
        return taken;
    }

    /** Whether something was dropped since the last call. */
    synchronized boolean overflowed() {
        boolean was = overflow;
        overflow = false;
        return was;
    }
}
