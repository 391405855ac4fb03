package org.bascule.websocket.container;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.catalina.connector.RequestFacade;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Transport;

/**
 * The threads on which the container waits for what arrives. It hands each connection that has something to a worker, stops looking at it, and is woken to look again: two changes of threads for
 * each piece that is read, which cost more than a piece does that only has to be passed on. Such connections can be handled where they are found instead.
 */
public final class SelectorThreads {

    private static final Logger LOG = System.getLogger(SelectorThreads.class.getName());

    private final Set<Transport> changed = ConcurrentHashMap.newKeySet();

    /**
     * How the connection of a request comes to be handled on the thread that finds something to read; does nothing where the container is another.
     *
     * @param request as the container made it
     */
    public Runnable handling(HttpServletRequest request) {
        try {
            if (request instanceof RequestFacade facade) {
                Connection<?> connection = facade.getUnwrappedCoyoteRequest()
                        .getCoyoteRequest()
                        .getContext()
                        .getConnection();
                return () -> handle(connection);
            }
        } catch (LinkageError e) {
            LOG.log(Level.DEBUG, "the container is another", e);
        }
        return () -> {};
    }

    private void handle(Connection<?> connection) {
        Transport transport = connection.getTransport();
        if (changed.add(transport)) {
            transport.setIOStrategy(new Selecting(transport.getIOStrategy()));
        }
        Selecting.wants(connection);
    }

    /** As it was before. */
    public void stop() {
        for (Transport transport : changed) {
            if (transport.getIOStrategy() instanceof Selecting ours) {
                transport.setIOStrategy(ours.before());
            }
        }
        changed.clear();
    }
}
