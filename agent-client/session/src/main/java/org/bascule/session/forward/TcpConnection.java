package org.bascule.session.forward;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.jspecify.annotations.Nullable;

/**
 * A stream and a socket, joined as long as either lasts. What arrives on the stream before there is a socket waits. Each direction ends by itself: the end of what the socket brings is
 * {@code CLOSE}, and {@code CLOSE} ends what the socket gets. A socket that breaks resets the stream, and a stream that is reset breaks the socket (RST), so that nobody takes a part for the whole. Thread-safe.
 */
public final class TcpConnection implements StreamHandler {

    /** What the other end may send beyond the usual once a stream turns out to be long. */
    private static final int AHEAD = 768 << 10;

    private static final int LONG = 256 << 10;
    /** After both directions have ended in order the socket gets the rest for so long. */
    private static final long LINGER = 30_000_000_000L;

    /** Who is told. Called while the connection is locked: must not block. */
    public interface Observer {

        /** Something beside the bytes. This alone is called without a lock. */
        default void event(TcpConnection connection, SessionStream stream, JsonObject event) {}

        /** Whether it may go on; asked every second. A sentence if not. */
        default @Nullable String objection() {
            return null;
        }

        /**
         * It is over, once.
         *
         * @param reason {@code DONE} if both directions ended in order
         * @param text hostile if it comes from the other end
         */
        void over(TcpConnection connection, EndReason reason, String text);
    }

    private final Connections connections;
    private final Observer observer;
    private final boolean client;

    /** The fields below are guarded by this object's monitor. */
    private final Waiting toSocket = new Waiting();
    /** Read, and the stream did not take it. */
    private final Waiting toStream = new Waiting();

    private @Nullable SessionStream stream;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private boolean streamFinished;
    private boolean streamOver;
    private long streamOverSince;
    private boolean outputShut;
    private boolean socketFinished;
    private boolean closed;
    private boolean widened;
    private long bytesToSocket;
    private long bytesToStream;

    /** For a stream that this end is about to open. */
    public TcpConnection(Connections connections, Observer observer) {
        this.connections = connections;
        this.observer = observer;
        this.client = true;
    }

    /** For a stream that the other end has opened. */
    public TcpConnection(Connections connections, Observer observer, SessionStream stream) {
        this.connections = connections;
        this.observer = observer;
        this.client = false;
        this.stream = stream;
    }

    /** The socket is there. It may be in blocking mode until now, and belongs to this from now on. */
    public void attach(SessionStream to, SocketChannel socket) {
        boolean late;
        synchronized (this) {
            late = closed;
            stream = to;
            channel = socket;
        }
        if (late) {
            breakOff(socket);
            return;
        }
        try {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            connections.add(this, socket);
        } catch (IOException e) {
            fail("the connection is closed already");
        }
    }

    // ---- on the thread of the connections ----

    synchronized void registered(SelectionKey own) {
        key = own;
        if (closed) {
            own.cancel();
            return;
        }
        socketWritable();
        wantToRead(true);
    }

    synchronized void socketWritable() {
        SocketChannel socket = channel;
        SessionStream from = stream;
        if (socket == null || from == null || closed) {
            return;
        }
        try {
            if (!toSocket.isEmpty()) {
                taken(from, toSocket.writeTo(socket));
            }
            wantToWrite(!toSocket.isEmpty());
            flushed(socket);
        } catch (IOException e) {
            broken(e);
        }
    }

    private void taken(SessionStream from, int count) {
        bytesToSocket += count;
        from.consumed(count);
        if (client && !widened && bytesToSocket >= LONG) {
            widened = true;
            from.widen(AHEAD);
        }
    }

    /** With what waited written, the end of it can follow. */
    private void flushed(SocketChannel socket) throws IOException {
        if (!toSocket.isEmpty()) {
            return;
        }
        if (streamFinished && !outputShut) {
            outputShut = true;
            socket.shutdownOutput();
        }
        if (streamOver) {
            close(EndReason.DONE, "", false);
        }
    }

    synchronized void socketReadable(ByteBuffer buffer, byte[] array) {
        SocketChannel socket = channel;
        SessionStream to = stream;
        if (socket == null || to == null || closed || socketFinished || !toStream.isEmpty()) {
            return;
        }
        try {
            int room = to.room();
            if (room == 0) {
                wantToRead(false);
                return;
            }
            buffer.clear().limit(Math.min(room, buffer.capacity()));
            int count = socket.read(buffer);
            if (count < 0) {
                socketFinished = true;
                wantToRead(false);
                to.finish();
            } else if (count > 0) {
                buffer.flip().get(array, 0, count);
                bytesToStream += count;
                int done = to.tryWrite(array, 0, count);
                if (done < count) {
                    toStream.add(array, done, count - done);
                    wantToRead(false);
                }
            }
        } catch (StreamEndedException e) {
            // its handler is told
        } catch (IOException e) {
            broken(e);
        }
    }

    /** Once a second. */
    void look() {
        String objection = observer.objection();
        synchronized (this) {
            if (closed) {
                return;
            }
            if (streamOver && System.nanoTime() - streamOverSince > LINGER) {
                close(EndReason.FAILED, "the rest was not taken", true);
                return;
            }
        }
        if (objection != null) {
            refuse(objection);
        }
    }

    private void wantToRead(boolean wanted) {
        want(SelectionKey.OP_READ, wanted && !socketFinished);
    }

    private void wantToWrite(boolean wanted) {
        want(SelectionKey.OP_WRITE, wanted);
    }

    private void want(int operation, boolean wanted) {
        SelectionKey present = key;
        if (present == null) {
            return;
        }
        try {
            int before = present.interestOps();
            int now = wanted ? before | operation : before & ~operation;
            if (now != before) {
                present.interestOps(now);
                if (wanted) {
                    present.selector().wakeup();
                }
            }
        } catch (CancelledKeyException e) {
            // it is over
        }
    }

    // ---- the stream ----

    @Override
    public synchronized void data(SessionStream from, byte[] buffer, int offset, int length) {
        stream = from;
        if (closed) {
            from.consumed(length);
            return;
        }
        int done = 0;
        SocketChannel socket = channel;
        if (key != null && socket != null && toSocket.isEmpty()) {
            try {
                done = socket.write(ByteBuffer.wrap(buffer, offset, length));
                taken(from, done);
            } catch (IOException e) {
                from.consumed(length);
                broken(e);
                return;
            }
        }
        if (done < length) {
            toSocket.add(buffer, offset + done, length - done);
            wantToWrite(true);
        }
    }

    @Override
    public void event(SessionStream from, JsonObject event) {
        synchronized (this) {
            stream = from;
        }
        observer.event(this, from, event);
    }

    @Override
    public synchronized void finished(SessionStream from) {
        stream = from;
        streamFinished = true;
        if (key != null) {
            socketWritable();
        }
    }

    @Override
    public synchronized void writable(SessionStream to) {
        if (closed) {
            return;
        }
        try {
            if (!toStream.isEmpty()) {
                toStream.drop(to.tryWrite(toStream.array(), toStream.offset(), toStream.size()));
            }
            wantToRead(toStream.isEmpty());
        } catch (StreamEndedException e) {
            // told in ended
        }
    }

    @Override
    public synchronized void ended(SessionStream from, EndReason reason, String text) {
        stream = from;
        if (closed) {
            return;
        }
        if (reason == EndReason.DONE && streamFinished) {
            streamOver = true;
            streamOverSince = System.nanoTime();
            if (key != null) {
                socketWritable();
            }
        } else {
            close(reason, text, true);
        }
    }

    // ---- the end ----

    private void broken(IOException e) {
        String text =
                String.valueOf(e.getMessage()).contains("reset") ? "the connection was reset" : "the connection broke";
        close(EndReason.FAILED, text, true);
    }

    /** Ends both: something here went wrong. */
    public synchronized void fail(String text) {
        close(EndReason.FAILED, text, true);
    }

    /** Ends both: it is not permitted, or not any more. */
    public synchronized void refuse(String text) {
        close(EndReason.NOT_PERMITTED, text, true);
    }

    private void close(EndReason reason, String text, boolean abruptly) {
        if (closed) {
            return;
        }
        closed = true;
        SessionStream own = stream;
        if (own != null) {
            if (!toSocket.isEmpty()) {
                own.consumed(toSocket.size());
            }
            if (!streamOver) {
                own.reset(reason, text);
            }
        }
        toSocket.clear();
        toStream.clear();
        if (key != null) {
            key.cancel();
        }
        if (channel != null) {
            if (abruptly) {
                breakOff(channel);
            } else {
                closeQuietly(channel);
            }
        }
        observer.over(this, reason, text);
    }

    /** So that the other side sees that it did not end in order. */
    private static void breakOff(SocketChannel socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // it is closed already
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left of it
        }
    }

    /** Bytes from the stream that the socket has taken. */
    public synchronized long bytesToSocket() {
        return bytesToSocket;
    }

    /** Bytes that the socket has brought. */
    public synchronized long bytesToStream() {
        return bytesToStream;
    }
}
