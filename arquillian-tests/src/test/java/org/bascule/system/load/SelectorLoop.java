package org.bascule.system.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One thread for many connections: their events, what is handed over to it, and what is due at a time. Its buffers are used by each connection in turn. */
public final class SelectorLoop implements AutoCloseable {

    /** More than a TLS record, with its header and padding. */
    static final int BUFFER = 48 * 1_024;

    /** Bytes as they came. */
    final ByteBuffer received = ByteBuffer.allocate(BUFFER);
    /** What they say. */
    final ByteBuffer decrypted = ByteBuffer.allocate(BUFFER);
    /** Bytes as they go. */
    final ByteBuffer encrypted = ByteBuffer.allocate(BUFFER);

    private final Selector selector;
    private final Queue<Runnable> handedOver = new ConcurrentLinkedQueue<>();
    /** Of this thread alone. */
    private final PriorityQueue<Due> due = new PriorityQueue<>();

    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean stopped;

    private record Due(long nanos, Runnable task) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            return Long.compare(nanos - other.nanos, 0);
        }
    }

    public SelectorLoop(String name) throws IOException {
        selector = Selector.open();
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    Selector selector() {
        return selector;
    }

    /** Runs a task on this thread, soon. From any thread. */
    public void execute(Runnable task) {
        handedOver.add(task);
        selector.wakeup();
    }

    /** Runs a task later. On this thread only. */
    public void after(Duration delay, Runnable task) {
        due.add(new Due(System.nanoTime() + delay.toNanos(), task));
    }

    /** @throws RuntimeException what a task threw: the load is not what it was meant to be */
    public void check() {
        RuntimeException thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a task of the load failed", thrown);
        }
    }

    private void run() {
        try (selector) {
            while (!stopped) {
                selector.select(SelectorLoop::ready, untilDue());
                for (Runnable task = handedOver.poll(); task != null; task = handedOver.poll()) {
                    guarded(task);
                }
                for (Due next = due.peek(); next != null && next.nanos() - System.nanoTime() <= 0; next = due.peek()) {
                    guarded(due.remove().task());
                }
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (IOException e) {
            failure.compareAndSet(null, new UncheckedIOException(e));
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    /** @return ms; 0 for ever */
    private long untilDue() {
        Due next = due.peek();
        return next == null ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.nanos() - System.nanoTime()));
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private static void ready(SelectionKey key) {
        if (key.attachment() instanceof TlsConnection connection) {
            connection.ready();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        selector.wakeup();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }
}
