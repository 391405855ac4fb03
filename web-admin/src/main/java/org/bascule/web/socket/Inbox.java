package org.bascule.web.socket;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What came on one socket and takes time: done by other threads, one after the other. While something is left to do the socket is not read ({@link #pause}), so what can
 * pile up is what came in one read.
 */
public final class Inbox {

    private static final System.Logger LOG = System.getLogger(Inbox.class.getName());

    private final Executor executor;

    // guarded by this
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean working;
    private @Nullable Runnable resume;

    public Inbox(Executor executor) {
        this.executor = executor;
    }

    /** Must not throw. */
    public void add(Runnable task) {
        synchronized (this) {
            tasks.add(task);
            if (working) {
                return;
            }
            working = true;
        }
        next();
    }

    /** Whether nothing is left to do, so that what comes next may be done at once, if it takes no time. */
    public synchronized boolean isEmpty() {
        return !working;
    }

    /** As {@link org.bascule.websocket.Receiver#pause}. */
    public synchronized boolean pause(Runnable then) {
        if (working) {
            resume = then;
        }
        return working;
    }

    /** One task at a time: sockets take turns. */
    private void next() {
        try {
            executor.execute(this::work);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the application is being stopped", e);
        }
    }

    private void work() {
        Runnable task;
        synchronized (this) {
            task = tasks.remove();
        }
        try {
            task.run();
        } finally {
            proceed();
        }
    }

    private void proceed() {
        Runnable then = null;
        boolean more;
        synchronized (this) {
            more = !tasks.isEmpty();
            working = more;
            if (!more) {
                then = resume;
                resume = null;
            }
        }
        if (more) {
            next();
        } else if (then != null) {
            then.run();
        }
    }
}
