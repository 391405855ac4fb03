package org.bascule.session.network;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Something that must be done in time: when it is not, or is given up, the socket that it is busy with is closed, which ends every blocking call on it. Thread-safe. */
final class Attempt implements AutoCloseable {

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final long end;

    // guarded by this
    private @Nullable Closeable busyWith;
    private boolean late;
    private boolean cancelled;

    Attempt(Duration within) {
        end = System.nanoTime() + within.toNanos();
        done.orTimeout(Math.max(1, within.toMillis()), TimeUnit.MILLISECONDS).whenComplete((nothing, failure) -> {
            if (failure instanceof TimeoutException) {
                over(true);
            }
        });
    }

    /** What is left of the time, at least 1 ms. */
    int millisLeft() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (end - System.nanoTime()) / 1_000_000));
    }

    Duration left() {
        return Duration.ofMillis(millisLeft());
    }

    /** From now on this is closed when time is up. */
    void busyWith(Closeable socket) throws IOException {
        synchronized (this) {
            busyWith = socket;
            if (!late && !cancelled) {
                return;
            }
        }
        socket.close();
        check();
    }

    /** Fails if the time is up or the attempt was given up. */
    synchronized void check() throws IOException {
        if (cancelled) {
            throw new InterruptedIOException("given up");
        }
        if (late) {
            throw new SocketTimeoutException("no answer in time");
        }
    }

    synchronized boolean isOver() {
        return late || cancelled;
    }

    /** The failure of a call, or why it really failed: the time was up. */
    synchronized IOException explain(IOException failure) {
        if (!late && !cancelled) {
            return failure;
        }
        IOException real =
                cancelled ? new InterruptedIOException("given up") : new SocketTimeoutException("no answer in time");
        real.initCause(failure);
        return real;
    }

    /** Gives up. */
    void cancel() {
        over(false);
        done.complete(null);
    }

    private void over(boolean timeIsUp) {
        Closeable open;
        synchronized (this) {
            late |= timeIsUp;
            cancelled |= !timeIsUp;
            open = busyWith;
        }
        if (open != null) {
            Connection.closeQuietly(open);
        }
    }

    /** It is done: nothing is closed any more. Fails if the time was up just before. */
    void succeeded() throws IOException {
        done.complete(null);
        synchronized (this) {
            busyWith = null;
            check();
        }
    }

    @Override
    public void close() {
        done.complete(null);
    }
}
