package org.bascule.session.network;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a WebSocket (RFC 6455). One thread reads and calls the {@link WebSocketListener}; another writes what is queued, as much as there is with one
 * call: {@link #send} never blocks, which a session needs, since it also sends from the reading thread. Thread-safe.
 */
public final class WebSocket {

    private static final System.Logger LOG = System.getLogger(WebSocket.class.getName());

    /** How long the other side may take to answer a close frame, and a lost connection to show. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    /** Bytes of one write, about. */
    private static final int BATCH = 64 * 1_024;

    private static final int NORMAL = 1_000;
    private static final long STACK = 256 * 1_024;

    private final Connection connection;
    private final Limits limits;
    private final WebSocketListener listener;
    private final CompletableFuture<Void> farewell = new CompletableFuture<>();

    /** Guards the fields below it, which are the sending side. */
    private final Object lock = new Object();

    private final Queue<Frame> queue = new ArrayDeque<>();
    private int queued;
    private byte @Nullable [] pong;
    private byte @Nullable [] close;
    private boolean over;

    /**
     * What a connection may use.
     *
     * @param maxMessage bytes of the greatest message that is taken
     * @param maxQueued bytes that may wait to be sent
     */
    public record Limits(int maxMessage, int maxQueued) {}

    private record Frame(int opcode, byte[] payload) {}

    WebSocket(Connection connection, Limits limits, WebSocketListener listener) {
        this.connection = connection;
        this.limits = limits;
        this.listener = listener;
    }

    static Thread thread(Runnable task, String name) {
        Thread thread = new Thread(null, task, name, STACK);
        thread.setDaemon(true);
        return thread;
    }

    /** What the server showed in this connection's TLS handshake, verified; empty without TLS. */
    public Optional<X509Certificate> certificate() {
        return connection.certificate();
    }

    /**
     * Queues a binary message, which is not copied and must not change. After the end it is dropped.
     *
     * @return false if more than the limit waits already; then it is not taken
     */
    public boolean send(byte[] message) {
        return send(FrameReader.BINARY, message);
    }

    /** Queues a text message, in UTF-8. */
    public boolean sendText(byte[] utf8) {
        return send(FrameReader.TEXT, utf8);
    }

    private boolean send(int opcode, byte[] payload) {
        synchronized (lock) {
            if (over || close != null) {
                return true;
            }
            if (queued + payload.length > limits.maxQueued) {
                return false;
            }
            queue.add(new Frame(opcode, payload));
            queued += payload.length;
            lock.notify();
        }
        return true;
    }

    /**
     * Says good-bye after what was sent before; the connection ends with the other side's answer, or 2 s later.
     *
     * @return done when it is said or the connection is over
     */
    public CompletableFuture<Void> close() {
        close(NORMAL, false);
        return farewell;
    }

    private void close(int code, boolean now) {
        synchronized (lock) {
            if (over || close != null) {
                return;
            }
            close = code == 0 ? new byte[0] : new byte[] {(byte) (code >> 8), (byte) code};
            if (now) {
                queue.clear();
                queued = 0;
            }
            lock.notify();
        }
        cutLater();
    }

    private void cutLater() {
        CompletableFuture.delayedExecutor(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::abort);
    }

    /** Cuts the connection. */
    public void abort() {
        stopWriting();
        connection.cut();
    }

    private void stopWriting() {
        synchronized (lock) {
            over = true;
            queue.clear();
            queued = 0;
            lock.notify();
        }
        farewell.complete(null);
    }

    /** The reading thread's life. */
    void run(String name, Runnable opened) {
        Thread writer = thread(this::write, name + "-out");
        listener.opened(this);
        opened.run();
        writer.start();
        WebSocketEnd end = read();
        listener.ended(end);
        if (end.kind() != WebSocketEnd.Kind.LOST) {
            leave();
        }
        abort();
    }

    private WebSocketEnd read() {
        Incoming incoming = new Incoming();
        try {
            new FrameReader(connection.in(), limits.maxMessage).readAll(incoming);
            close(incoming.code == 1_005 ? 0 : incoming.code, true);
            return new WebSocketEnd(WebSocketEnd.Kind.CLOSED, incoming.code, incoming.reason);
        } catch (FrameException e) {
            close(e.code(), true);
            return new WebSocketEnd(
                    e.code() == FrameException.TOO_LARGE ? WebSocketEnd.Kind.TOO_LARGE : WebSocketEnd.Kind.PROTOCOL,
                    0,
                    String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return new WebSocketEnd(WebSocketEnd.Kind.LOST, 0, Failure.words(e));
        } catch (RuntimeException e) {
            // the listener's mistake must not leave a connection that nobody reads
            LOG.log(System.Logger.Level.ERROR, "a message could not be taken", e);
            return new WebSocketEnd(WebSocketEnd.Kind.LOST, 0, Failure.words(e));
        }
    }

    /** Lets the close frame out, then closes in order. */
    private void leave() {
        try {
            farewell.get(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            // it is cut in any case
        }
    }

    private final class Incoming implements FrameReader.Sink {
        private int code;
        private String reason = "";

        @Override
        public void text(String message) {
            listener.text(message);
        }

        @Override
        public void binary(byte[] buffer, int offset, int length) {
            listener.binary(buffer, offset, length);
        }

        /** Only the last of several is answered if they come faster than answers leave (section 5.5.3). */
        @Override
        public void ping(byte[] payload) {
            synchronized (lock) {
                pong = payload;
                lock.notify();
            }
        }

        @Override
        public void close(int closeCode, String closeReason) {
            code = closeCode;
            reason = closeReason;
        }
    }

    /** The writing thread's life. */
    private void write() {
        FrameWriter writer = new FrameWriter(connection.out());
        try {
            boolean open = true;
            while (open) {
                open = writeNext(writer);
            }
        } catch (IOException e) {
            // the reading thread sees why: what has arrived, perhaps a close code, still counts
            cutLater();
        } catch (InterruptedException e) {
            abort();
        }
        stopWriting();
    }

    private final Queue<Frame> batch = new ArrayDeque<>();

    private boolean writeNext(FrameWriter writer) throws IOException, InterruptedException {
        byte[] answer;
        byte[] last = null;
        synchronized (lock) {
            while (!over && queue.isEmpty() && pong == null && close == null) {
                lock.wait();
            }
            if (over) {
                return false;
            }
            answer = pong;
            pong = null;
            take();
            if (queue.isEmpty()) {
                last = close;
            }
        }
        if (answer != null) {
            writer.frame(FrameReader.PONG, answer);
        }
        for (Frame next = batch.poll(); next != null; next = batch.poll()) {
            writer.frame(next.opcode, next.payload);
        }
        if (last != null) {
            writer.frame(FrameReader.CLOSE, last);
        }
        writer.flush();
        return last == null;
    }

    private void take() {
        int bytes = 0;
        for (Frame next = queue.poll(); next != null; next = bytes < BATCH ? queue.poll() : null) {
            batch.add(next);
            bytes += next.payload.length;
            queued -= next.payload.length;
        }
    }
}
