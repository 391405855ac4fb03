package org.bascule.websocket;

import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bascule.websocket.container.SelectorThreads;

/**
 * The WebSockets of an application, and their threads. These come from the container's factory but are kept by executors of their own: the container's executors take
 * on the context of whoever hands over a task, and drop the task of a caller that has none, such as a health check.
 */
public final class Sockets implements Executor {

    private static final System.Logger LOG = System.getLogger(Sockets.class.getName());
    private static final int WORKERS = 4;
    static final int MOST_DISMISSED = 1_000;

    private final ThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<ServerSocket> open = ConcurrentHashMap.newKeySet();
    /** Guarded by itself; who was dismissed first comes first. */
    private final Set<ServerSocket> dismissed = new LinkedHashSet<>();

    private final SelectorThreads selectors = new SelectorThreads();

    public Sockets(ThreadFactory factory) {
        workers = threads(WORKERS, factory);
        timer = new ScheduledThreadPoolExecutor(1, factory);
        timer.setRemoveOnCancelPolicy(true);
        timer.prestartAllCoreThreads();
    }

    /**
     * So many threads, which are made here and now and stay: a container's thread has the context of whoever has it made, and what comes on a socket comes on threads that have none.
     * Beans that are made first on such a thread would have nothing injected.
     */
    public static ThreadPoolExecutor threads(int count, ThreadFactory factory) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        threads.prestartAllCoreThreads();
        return threads;
    }

    /**
     * Runs a task that may block for moments.
     *
     * @throws java.util.concurrent.RejectedExecutionException after {@link #stop}
     */
    @Override
    public void execute(Runnable task) {
        workers.execute(task);
    }

    /**
     * Runs a short task once.
     *
     * @throws java.util.concurrent.RejectedExecutionException after {@link #stop}
     */
    public ScheduledFuture<?> schedule(Runnable task, long millis) {
        return timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    }

    /** Runs a short task now and then every so often, whatever it fails with: it would never run again, for all deadlines hang on it. */
    public void repeat(Runnable task, long millis) {
        ScheduledFuture<?> unused = timer.scheduleAtFixedRate(() -> carefully(task), 0, millis, TimeUnit.MILLISECONDS);
    }

    private static void carefully(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "a task that is repeated has failed", e);
        }
    }

    SelectorThreads selectors() {
        return selectors;
    }

    void opened(ServerSocket socket) {
        open.add(socket);
    }

    void ended(ServerSocket socket) {
        open.remove(socket);
        synchronized (dismissed) {
            dismissed.remove(socket);
        }
    }

    /** It is being closed, and is the last that has time for it when there are too many of these. */
    void dismissed(ServerSocket socket) {
        ServerSocket first = null;
        synchronized (dismissed) {
            dismissed.add(socket);
            if (dismissed.size() > MOST_DISMISSED) {
                first = dismissed.iterator().next();
                dismissed.remove(first);
            }
        }
        if (first != null) {
            execute(first::shut);
        }
    }

    /**
     * Ends the threads, and before that the sockets: those that are being closed in order have some time for it.
     *
     * @param millis at most
     */
    public void stop(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        try {
            while (!open.isEmpty() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            open.forEach(ServerSocket::shut);
            selectors.stop();
        } finally {
            timer.shutdownNow();
            workers.shutdown();
        }
    }
}
