package org.bascule.agent.forward;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Runs tasks that block, at most so many at once; the others wait in order without a thread. Whoever adds them bounds how many there are. Thread-safe. */
final class Turns {

    private static final System.Logger LOG = System.getLogger(Turns.class.getName());

    private final Executor executor;
    private final int most;
    // guarded by this
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int running;

    Turns(Executor executor, int most) {
        this.executor = executor;
        this.most = most;
    }

    void add(Runnable task) {
        synchronized (this) {
            waiting.add(task);
            if (running >= most) {
                return;
            }
            running++;
        }
        executor.execute(() -> {
            for (Runnable next = next(); next != null; next = next()) {
                try {
                    next.run();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "a connection failed", e);
                }
            }
        });
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = waiting.poll();
        if (next == null) {
            running--;
        }
        return next;
    }
}
