package org.bascule.relay.registry;

import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.bascule.relay.pairing.Lobby;

/** Sends the heartbeats of a registration, on a thread of its own since they may block. */
public final class Heartbeats {

    private static final System.Logger LOG = System.getLogger(Heartbeats.class.getName());

    private final Registration registration;
    private final ScheduledThreadPoolExecutor executor;

    public Heartbeats(Registration registration, ThreadFactory factory) {
        this.registration = registration;
        this.executor = new ScheduledThreadPoolExecutor(1, factory);
    }

    /** The first one comes a second later, when the relay can be reached. */
    public void start() {
        ScheduledFuture<?> unused =
                executor.scheduleWithFixedDelay(() -> carefully(registration::tick), 1, 1, TimeUnit.SECONDS);
    }

    /** Drains the relay for good, and tells of it with the last heartbeat. */
    public void stop(Lobby lobby) {
        registration.stop();
        lobby.drain();
        executor.execute(() -> carefully(registration::beat));
        executor.shutdown();
    }

    /** Whatever it fails with, an Error too: otherwise no heartbeat would follow, from a relay that runs. */
    private static void carefully(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.log(Level.ERROR, "the relay cannot tell of itself", e);
        }
    }
}
