package org.bascule.agent.desktop;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;

/** Tells a helper the mode, and whether it has followed. Thread-safe. */
final class ModeOrders {

    /** So long a helper has to end control when the right to it is gone. */
    private static final int WITHIN_SECONDS = 5;

    private static final int LOOK_SECONDS = 1;

    private final Executor executor;

    // guarded by this
    private int ordered;
    private int written;
    private long done;
    private boolean clientWaitedFor;

    ModeOrders(Executor executor) {
        this.executor = executor;
    }

    /** Blocks while the helper reads nothing. */
    void tell(Helper helper, Mode mode) throws IOException {
        int number = next();
        helper.to.message(Json.createObjectBuilder()
                .add("mode", mode.text())
                .add("number", number)
                .build());
        synchronized (this) {
            written = Math.max(written, number);
        }
    }

    private synchronized int next() {
        return ++ordered;
    }

    /** The helper says which it has followed. */
    synchronized void done(long number) {
        done = number;
    }

    /** Meanwhile nothing is heard of the helper. */
    synchronized void waitForClient(boolean now) {
        clientWaitedFor = now;
    }

    /**
     * Sees to it that the next order is followed.
     *
     * @param late run if it is not, so that the helper is ended: it may do later what was sent before
     */
    synchronized void requireNext(Runnable late) {
        look(ordered + 1, WITHIN_SECONDS, late);
    }

    private void look(int number, int seconds, Runnable late) {
        CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS, executor).execute(() -> {
            boolean again;
            synchronized (this) {
                if (done >= number) {
                    return;
                }
                again = written >= number && clientWaitedFor;
            }
            if (again) {
                look(number, LOOK_SECONDS, late);
            } else {
                late.run();
            }
        });
    }
}
