package org.bascule.session.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.bascule.session.stream.SessionStream;
import org.jspecify.annotations.Nullable;

/** The thread of all forwarded connections of a process. It starts with the first one, and ends when there has been none for a while. */
public final class Connections implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Connections.class.getName());
    private static final String ENDED = "forwarding has ended";
    private static final int BUFFER = SessionStream.PORTION;
    /** How often connections are looked at without cause, milliseconds. */
    private static final int LOOK = 1_000;
    /** So many times nothing was there. */
    private static final int IDLE = 30;

    private record Added(TcpConnection connection, SocketChannel channel) {}

    private final String name;

    /** The fields below are guarded by this object's monitor. */
    private @Nullable Selector selector;

    private final Queue<Added> added = new ArrayDeque<>();
    private boolean closed;

    /** @param name of the thread */
    public Connections(String name) {
        this.name = name;
    }

    /**
     * From now on the connection is served.
     *
     * @throws IOException if it cannot be, or this is closed
     */
    void add(TcpConnection connection, SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        synchronized (this) {
            if (closed) {
                throw new IOException(ENDED);
            }
            if (selector == null) {
                selector = Selector.open();
                start(selector);
            }
            added.add(new Added(connection, channel));
            selector.wakeup();
        }
    }

    private synchronized List<Added> takeAdded() {
        List<Added> all = List.copyOf(added);
        added.clear();
        return all;
    }

    private static void register(Added one, Selector to) {
        try {
            one.connection().registered(one.channel().register(to, 0, one.connection()));
        } catch (IOException e) {
            one.connection().fail("the connection is closed already");
        }
    }

    private void start(Selector own) {
        Thread thread = new Thread(() -> run(own), name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Selector own) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        byte[] array = new byte[BUFFER];
        long looked = System.nanoTime();
        int idle = 0;
        try {
            while (true) {
                own.select(LOOK);
                takeAdded().forEach(one -> register(one, own));
                for (SelectionKey key : own.selectedKeys()) {
                    serve(key, buffer, array);
                }
                own.selectedKeys().clear();
                if (System.nanoTime() - looked >= LOOK * 1_000_000L) {
                    looked = System.nanoTime();
                    own.keys().forEach(Connections::look);
                    idle = own.keys().isEmpty() ? idle + 1 : 0;
                }
                if (stops(own, idle >= IDLE)) {
                    break;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "forwarded connections have ended", e);
            List<Added> left;
            synchronized (this) {
                left = List.copyOf(added);
                added.clear();
                selector = null;
            }
            end(own, left);
        }
    }

    private static void look(SelectionKey key) {
        TcpConnection connection = (TcpConnection) key.attachment();
        try {
            connection.look();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a forwarded connection failed", e);
            connection.fail("failed");
        }
    }

    private static void serve(SelectionKey key, ByteBuffer buffer, byte[] array) {
        TcpConnection connection = (TcpConnection) key.attachment();
        try {
            if (key.isWritable()) {
                connection.socketWritable();
            }
            if (key.isValid() && key.isReadable()) {
                connection.socketReadable(buffer, array);
            }
        } catch (CancelledKeyException e) {
            // ended meanwhile
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a forwarded connection failed", e);
            connection.fail("failed");
        }
    }

    /** With the next one another thread begins. */
    private boolean stops(Selector own, boolean idle) {
        List<Added> left;
        synchronized (this) {
            if (!closed && !(idle && added.isEmpty())) {
                return false;
            }
            left = List.copyOf(added);
            added.clear();
            selector = null;
        }
        end(own, left);
        return true;
    }

    private static void end(Selector own, List<Added> left) {
        left.forEach(one -> one.connection().fail(ENDED));
        own.keys().forEach(key -> ((TcpConnection) key.attachment()).fail(ENDED));
        try {
            own.close();
        } catch (IOException e) {
            // nothing is left to close
        }
    }

    /** Ends all connections. */
    @Override
    public synchronized void close() {
        closed = true;
        if (selector != null) {
            selector.wakeup();
        }
    }
}
