package org.bascule.agent.desktop;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.bascule.agent.consent.InputHold;
import org.bascule.wire.Json;

/** Has a helper press nothing while somebody at the device is asked. Thread-safe. */
final class HelperHold implements InputHold.Input {

    /** What the client sent before is done by then; a helper that has not answered waits for a client that takes nothing. */
    private static final int WITHIN_SECONDS = 5;

    private final Helper helper;
    private final Executor executor;
    private final BooleanSupplier controlled;
    private final Runnable late;

    // guarded by this
    /** What is said to the helper, one after the other. */
    private CompletableFuture<Void> said = CompletableFuture.completedFuture(null);

    private CompletableFuture<Void> counts = CompletableFuture.completedFuture(null);
    /** Of what was said last: what is answered to something before does not count. */
    private int number;

    /**
     * @param controlled whether it was ever permitted to press anything: what came then may wait before what forbids it
     * @param late ends the helper, which has not said in time that it holds
     */
    HelperHold(Helper helper, Executor executor, BooleanSupplier controlled, Runnable late) {
        this.helper = helper;
        this.executor = executor;
        this.controlled = controlled;
        this.late = late;
    }

    /** A helper that is still starting reads it before anything of the client. */
    @Override
    public void beginHeld() {
        say(true, next(), new CompletableFuture<>());
    }

    private synchronized int next() {
        return ++number;
    }

    @Override
    public CompletableFuture<Void> hold(boolean held) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        synchronized (this) {
            int which = next();
            counts = done;
            said = said.thenRunAsync(() -> say(held, which, done), executor);
        }
        return held
                ? done.orTimeout(WITHIN_SECONDS, TimeUnit.SECONDS).handleAsync(this::end, executor)
                : CompletableFuture.completedFuture(null);
    }

    private Void end(Void nothing, Throwable problem) {
        if (problem != null) {
            late.run();
        }
        return nothing;
    }

    private void say(boolean held, int which, CompletableFuture<Void> done) {
        JsonObject message = Json.createObjectBuilder()
                .add("hold", held)
                .add("number", which)
                .build();
        try {
            helper.to.message(message);
            if (!controlled.getAsBoolean()) {
                done.complete(null); // control begins after it
            }
        } catch (IOException e) {
            done.complete(null); // it has ended
        }
    }

    /** The helper says that it has done it. */
    synchronized void counts(long which) {
        if (which == number) {
            counts.complete(null);
        }
    }

    /** The helper has ended. */
    synchronized void over() {
        counts.complete(null);
    }
}
