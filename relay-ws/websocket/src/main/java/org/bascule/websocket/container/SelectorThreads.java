package org.bascule.websocket.container;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.catalina.connector.RequestFacade;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOStrategy;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * The threads on which the container waits for what arrives. It hands each connection that has something to a worker, stops looking at it, and is woken to look again: two changes of threads for
 * each piece that is read, which cost more than a piece does that only has to be passed on. Such connections can be handled where they are found instead.
 */
public final class SelectorThreads {

    private static final Logger LOG = System.getLogger(SelectorThreads.class.getName());

    /** What the container queues for such a connection: whoever passes on has a bound of memory of his own before that. */
    static final int MOST_QUEUED = 64 * 1_024;

    private final Map<Transport, Selecting> changed = new HashMap<>();
    private boolean stopped;

    /**
     * How the connection of a request comes to be handled on the thread that finds something to read; nothing where the container is another, or the application is being stopped.
     *
     * @param request as the container made it
     * @param owner is given the connection itself as soon as the container has nothing of it
     */
    public Supplier<Optional<TakenConnection>> handling(HttpServletRequest request, Passing owner) {
        try {
            if (request instanceof RequestFacade facade) {
                Connection<?> connection = facade.getUnwrappedCoyoteRequest()
                        .getCoyoteRequest()
                        .getContext()
                        .getConnection();
                if (connection instanceof NIOConnection own) {
                    return () -> handle(own, owner);
                }
            }
        } catch (LinkageError e) {
            LOG.log(Level.DEBUG, "the container is another", e);
        }
        return Optional::empty;
    }

    synchronized Optional<TakenConnection> handle(NIOConnection connection, Passing owner) {
        Transport transport = connection.getTransport();
        if (stopped) {
            return Optional.empty();
        }
        changed.computeIfAbsent(transport, SelectorThreads::change);
        connection.setMaxAsyncWriteQueueSize(MOST_QUEUED);
        return Optional.of(Selecting.wants(connection, owner));
    }

    private static Selecting change(Transport transport) {
        Selecting ours = new Selecting(transport.getIOStrategy());
        transport.setIOStrategy(ours);
        return ours;
    }

    /** As it was before. */
    public synchronized void stop() {
        stopped = true;
        changed.forEach((transport, ours) -> {
            ours.stop();
            transport.setIOStrategy(withoutStopped(transport.getIOStrategy()));
        });
        changed.clear();
    }

    /** Those of another application may lie above and below: they are of classes of its own. */
    private static IOStrategy withoutStopped(IOStrategy strategy) {
        IOStrategy left = strategy;
        while (left instanceof Supplier<?> stopped && stopped.get() instanceof IOStrategy before) {
            left = before;
        }
        return left;
    }
}
