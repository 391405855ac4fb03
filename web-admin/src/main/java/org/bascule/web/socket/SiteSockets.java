package org.bascule.web.socket;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.bascule.websocket.Sockets;

/** The WebSockets of this application, and the threads on which the domain handles what agents say. */
@ApplicationScoped
public class SiteSockets {

    /** Each may wait for the database; its connections are more. */
    private static final int HANDLERS = 16;

    private static final long CLOSING_MILLIS = 4_000;

    @Resource
    @SuppressWarnings("NullAway.Init") // the container sets it
    private ManagedThreadFactory factory;

    @SuppressWarnings("NullAway.Init") // when the container has made this
    private Sockets sockets;

    @SuppressWarnings("NullAway.Init") // when the container has made this
    private ThreadPoolExecutor handlers;

    private final AtomicInteger newcomers = new AtomicInteger();

    @PostConstruct
    void start() {
        sockets = new Sockets(factory);
        handlers = Sockets.threads(HANDLERS, factory);
    }

    public Sockets sockets() {
        return sockets;
    }

    /** At most one task of each socket waits here. */
    public Executor handlers() {
        return handlers;
    }

    /** A task of somebody who is just coming: as long as many of those wait, nobody else is let in. What those do who are here waits for its turn and keeps nobody out. */
    public Runnable ofNewcomer(Runnable task) {
        newcomers.incrementAndGet();
        return () -> {
            newcomers.decrementAndGet();
            task.run();
        };
    }

    /** Says how many tasks of newcomers nobody has begun; on any thread. */
    public IntSupplier waiting() {
        return newcomers::get;
    }

    /** After everybody was told: closes what is left, and ends the threads. */
    public void stop() {
        sockets.stop(CLOSING_MILLIS);
        handlers.shutdown();
    }
}
