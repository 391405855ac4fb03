package org.bascule.agent.vnc;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.consent.InputHold;

/** Has a VNC server on the device press nothing while somebody there is asked. Thread-safe. */
final class VncHold implements InputHold.Input {

    private static final int WITHIN_SECONDS = 5;
    private static final int LOOK_MILLIS = 2;

    private final ServerOutput server;
    private final Passage passage;
    private final Executor executor;
    private final Runnable changed;
    private final Runnable late;
    private volatile boolean over;

    /**
     * @param changed tells the client, on another thread
     * @param late ends the stream, whose server may still do what it was sent before
     */
    VncHold(ServerOutput server, Passage passage, Executor executor, Runnable changed, Runnable late) {
        this.server = server;
        this.passage = passage;
        this.executor = executor;
        this.changed = changed;
        this.late = late;
    }

    @Override
    public void beginHeld() {
        server.hold(true);
        changed.run();
    }

    @Override
    public CompletableFuture<Void> hold(boolean held) {
        server.hold(held);
        changed.run();
        if (!held) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> counts = new CompletableFuture<Void>().orTimeout(WITHIN_SECONDS, TimeUnit.SECONDS);
        executor.execute(() -> settle(counts));
        return counts.handleAsync(this::end, executor);
    }

    private Void end(Void nothing, Throwable problem) {
        if (problem != null) {
            late.run();
        }
        return nothing;
    }

    /** A server that waits for its client to take the picture may read none of its input meanwhile, and do what is in it when the question is shown. */
    private void settle(CompletableFuture<Void> counts) {
        server.releaseQuietly();
        try {
            while (server.wasControlled() && !passage.isIdle() && !over && !counts.isDone()) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
            counts.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The stream has ended. */
    void over() {
        over = true;
    }
}
