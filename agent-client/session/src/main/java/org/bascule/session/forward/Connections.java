package org.bascule.session.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The thread of all forwarded connections of a process. It starts with the first one, and ends when there has been none for a while. */
public final class Connections implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Connections.class.getName());
    private static final int BUFFER = 64 << 10;
    /** How often connections are looked at without cause, milliseconds. */
    private static final int LOOK = 1_000;
    /** So many times nothing was there. */
    private static final int IDLE = 30;

    private final String name;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** The fields below are guarded by this object's monitor. */
    private @Nullable Selector selector;

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
                throw new IOException("forwarding has ended");
            }
            if (selector == null) {
                selector = Selector.open();
                start(selector);
            }
            Selector present = selector;
            tasks.add(() -> register(connection, channel, present));
            present.wakeup();
        }
    }

    private static void register(TcpConnection connection, SocketChannel channel, Selector to) {
        try {
            connection.registered(channel.register(to, 0, connection));
        } catch (IOException e) {
            connection.fail("the connection is closed already");
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
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                for (SelectionKey key : own.selectedKeys()) {
                    serve(key, buffer, array);
                }
                own.selectedKeys().clear();
                if (System.nanoTime() - looked >= LOOK * 1_000_000L) {
                    looked = System.nanoTime();
                    own.keys().forEach(key -> ((TcpConnection) key.attachment()).look());
                    idle = own.keys().isEmpty() ? idle + 1 : 0;
                }
                if (mayStop(own, idle >= IDLE)) {
                    break;
                }
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "forwarded connections have ended", e);
            stop(own);
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

    private boolean mayStop(Selector own, boolean idle) {
        synchronized (this) {
            if (!closed && (!idle || !tasks.isEmpty())) {
                return false;
            }
        }
        stop(own);
        return true;
    }

    private void stop(Selector own) {
        synchronized (this) {
            if (own.equals(selector)) {
                selector = null;
            }
        }
        own.keys().forEach(key -> ((TcpConnection) key.attachment()).fail("forwarding has ended"));
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
