package org.bascule.websocket.container;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.IOStrategy;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;
import org.glassfish.grizzly.threadpool.Threads;
import org.jspecify.annotations.Nullable;

/** Handles what can be read on the thread that has found it, for connections that want it so, if possible without the container's filters; everything else as before. */
@SuppressWarnings("rawtypes") // as Grizzly's interfaces are
final class Selecting implements IOStrategy, Supplier<@Nullable IOStrategy> {

    /** A {@link TakenConnection}; there is one attribute of a name in the server, so it may be another application's, of a class of its own. */
    private static final Attribute<Object> WANTED =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(Selecting.class.getName());

    private final IOStrategy before;
    private volatile boolean stopped;

    Selecting(IOStrategy before) {
        this.before = before;
    }

    /** From now on, and for good. */
    static TakenConnection wants(NIOConnection connection, Passing owner) {
        if (WANTED.get(connection) instanceof TakenConnection wanted) {
            return wanted;
        }
        TakenConnection wanted = new TakenConnection(connection, owner);
        WANTED.set(connection, wanted);
        return wanted;
    }

    /** For good. */
    void stop() {
        stopped = true;
    }

    /** What is to be used instead of this one once it is stopped, for whoever has the class from another class loader. */
    @Override
    public @Nullable IOStrategy get() {
        return stopped ? before : null;
    }

    @Override
    public boolean executeIoEvent(Connection connection, IOEvent event) throws IOException {
        return executeIoEvent(connection, event, true);
    }

    @Override
    public boolean executeIoEvent(Connection connection, IOEvent event, boolean enabled) throws IOException {
        if (stopped || !(WANTED.get(connection) instanceof TakenConnection wanted)) {
            return before.executeIoEvent(connection, event, enabled);
        }
        if (wanted.handles(event)) {
            return true;
        }
        if (event != IOEvent.READ) {
            return before.executeIoEvent(connection, event, enabled);
        }
        boolean selects = Threads.isService();
        // otherwise the server hands its listeners' calls to a worker after all
        Threads.setService(false);
        try {
            return SameThreadIOStrategy.getInstance().executeIoEvent(connection, event, enabled);
        } finally {
            Threads.setService(selects);
        }
    }

    @Override
    public Executor getThreadPoolFor(Connection connection, IOEvent event) {
        return before.getThreadPoolFor(connection, event);
    }

    @Override
    public ThreadPoolConfig createDefaultWorkerPoolConfig(Transport transport) {
        return before.createDefaultWorkerPoolConfig(transport);
    }
}
