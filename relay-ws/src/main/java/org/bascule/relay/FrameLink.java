package org.bascule.relay;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.relay.frame.FrameDecoder;
import org.bascule.relay.frame.FrameEncoder;
import org.bascule.relay.frame.FrameException;
import org.bascule.relay.pairing.Connection;
import org.bascule.relay.pairing.Link;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on the container's non-blocking I/O. No thread waits here: what the other end does not take is queued, and whoever sends it is not read any more until that is gone.
 *
 * <p>Two locks, and whoever holds {@link #output} takes no other: {@link #input} while something is read and handled, so one thread at a time reads, whichever it is;
 * {@link #output} while something is written. A connection is closed with both, when the peer has answered the close frame, or after a while; so the container never
 * recycles it under a thread that still uses it.
 */
final class FrameLink implements Link, ReadListener, WriteListener {

    private static final System.Logger LOG = System.getLogger(FrameLink.class.getName());
    private static final long ANSWER_WITHIN_MILLIS = 3_000;
    /** Headers are put in front of what is read. */
    private static final int ROOM = FrameEncoder.MAX_HEADER;

    private static final int READ = 64 * 1_024;
    /** Then it is somebody else's turn on this thread. */
    private static final int MAX_READS = 64;

    private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[ROOM + READ]);

    private static final Sent NOBODY = ok -> {};

    private final String address;
    private final Executor workers;
    private final ScheduledExecutorService timer;
    private final FrameDecoder decoder = new FrameDecoder(RelayLimits.MAX_MESSAGE);
    private final FrameDecoder.Sink sink = new Incoming();
    private final AtomicBoolean ended = new AtomicBoolean();

    /** Guards reading; the fields are set once, before the container calls. */
    private final Object input = new Object();

    private @Nullable WebConnection connection;
    private @Nullable ServletInputStream in;
    private volatile @Nullable Connection party;
    /** What comes is read and dropped, so that no unread data turns the close into a reset, which would lose the close frame. */
    private boolean dropping;
    /** The peer sends nothing more. */
    private boolean readOver;

    /** Guards writing. */
    private final Object output = new Object();

    private @Nullable ServletOutputStream out;
    private final Queue<Queued> queue = new ArrayDeque<>();
    private boolean started;
    private boolean unflushed;
    /** A close frame is queued: nothing follows it. */
    private boolean closing;
    /** The close frame is on its way. */
    private boolean closeSent;

    private boolean writeOver;

    private record Queued(byte[] frame, Sent sent) {}

    /**
     * @param address of the peer
     * @param workers for reading on
     * @param timer for the time that a peer has to answer a close frame
     */
    FrameLink(String address, Executor workers, ScheduledExecutorService timer) {
        this.address = address;
        this.workers = workers;
        this.timer = timer;
    }

    /** The container has switched protocols. */
    void open(WebConnection opened) throws IOException {
        synchronized (input) {
            connection = opened;
            in = opened.getInputStream();
            synchronized (output) {
                out = opened.getOutputStream();
            }
        }
        opened.getOutputStream().setWriteListener(this);
        opened.getInputStream().setReadListener(this);
    }

    /** Who hears what comes; nothing may have come before. */
    void serve(Connection served) {
        party = served;
    }

    // ---- reading

    @Override
    public void onDataAvailable() {
        read();
    }

    @Override
    public void onAllDataRead() {
        lost();
    }

    /** Of reading or writing. */
    @Override
    public void onError(Throwable failure) {
        LOG.log(Level.DEBUG, "error on a connection", failure);
        lost();
    }

    private void read() {
        boolean gone = false;
        synchronized (input) {
            ServletInputStream from = in;
            if (from == null) {
                return;
            }
            byte[] buffer = BUFFER.get();
            try {
                for (int reads = 0; !readOver && !pauses() && from.isReady(); reads++) {
                    if (reads == MAX_READS) {
                        readOn();
                        break;
                    }
                    int count = from.read(buffer, ROOM, READ);
                    if (count < 0) {
                        gone = true;
                        break;
                    }
                    decode(buffer, count);
                    flushPeer();
                }
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection is lost", e);
                gone = true;
            }
        }
        if (gone) {
            lost();
        }
    }

    private void decode(byte[] buffer, int count) {
        if (dropping) {
            return;
        }
        try {
            decoder.decode(buffer, ROOM, count, sink);
        } catch (FrameException e) {
            LOG.log(Level.DEBUG, "from {0}: {1}", address, e.getMessage());
            violated(e);
        }
    }

    /** Whether what came is to be forwarded first; then reading goes on by itself. */
    private boolean pauses() {
        Connection served = party;
        return served != null && served.pause(this::readOn);
    }

    private void readOn() {
        try {
            workers.execute(this::read);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the relay is being stopped", e);
        }
    }

    private void flushPeer() {
        Connection served = party;
        if (served != null) {
            served.flush();
        }
    }

    private void violated(FrameException violation) {
        Connection served = party;
        dropping = true;
        closeWith(violation.code(), "");
        if (served != null) {
            served.gone();
        }
    }

    /** What the decoder found; with {@link #input}. */
    private final class Incoming implements FrameDecoder.Sink {

        @Override
        public void text(String message) {
            Connection served = party;
            if (served == null || isClosing()) {
                return;
            }
            if (message.length() > RelayLimits.MAX_TOKEN) {
                served.oversized();
            } else {
                served.text(message);
            }
        }

        @Override
        public void binary(ByteBuffer message) {
            Connection served = party;
            if (served != null && !isClosing()) {
                served.binary(message);
            }
        }

        @Override
        public void ping(byte[] payload) {
            send(FrameEncoder.pong(payload), NOBODY);
            flush();
        }

        @Override
        public void pong() {
            // nobody asked
        }

        @Override
        public void tooLong() {
            Connection served = party;
            dropping = true;
            if (served != null) {
                served.oversized();
            }
        }

        @Override
        public void close(int code) {
            readOver = true;
            boolean answered;
            synchronized (output) {
                answered = closing;
            }
            if (answered) {
                // both closed at the same moment: this end's frame may not be on its way yet
                flush();
                shutIfAnswered();
                return;
            }
            closeWith(code, "");
            Connection served = party;
            if (served != null) {
                served.gone();
            }
        }
    }

    // ---- writing

    @Override
    public void onWritePossible() {
        List<Sent> sent;
        synchronized (output) {
            started = true;
            sent = drain();
        }
        sent.forEach(one -> one.done(true));
        shutIfAnswered();
    }

    /** With {@link #output}. */
    private List<Sent> drain() {
        List<Sent> sent = new ArrayList<>();
        try {
            while (!queue.isEmpty() && isWritable()) {
                Queued next = queue.remove();
                write(next.frame(), 0, next.frame().length);
                sent.add(next.sent());
            }
            if (unflushed && isWritable()) {
                unflushed = false;
                stream().flush();
            }
            closeSent = closing && queue.isEmpty() && !unflushed;
        } catch (IOException e) {
            failed(e);
        }
        return sent;
    }

    private boolean isWritable() {
        return started && !writeOver && stream().isReady();
    }

    private ServletOutputStream stream() {
        ServletOutputStream to = out;
        if (to == null) {
            throw new IllegalStateException("not open");
        }
        return to;
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        stream().write(bytes, offset, length);
        unflushed = true;
    }

    private void failed(IOException e) {
        LOG.log(Level.DEBUG, "not sent", e);
        writeOver = true;
        queue.clear();
        try {
            workers.execute(this::lost);
        } catch (RejectedExecutionException stopping) {
            LOG.log(Level.DEBUG, "the relay is being stopped", stopping);
        }
    }

    /** Sends a frame, or queues it. */
    private void send(byte[] frame, Sent sent) {
        boolean ok;
        synchronized (output) {
            if (closing || writeOver) {
                ok = false;
            } else if (queue.isEmpty() && isWritable()) {
                ok = written(frame, 0, frame.length);
            } else {
                queue.add(new Queued(frame, sent));
                return;
            }
        }
        sent.done(ok);
    }

    private boolean written(byte[] bytes, int offset, int length) {
        try {
            write(bytes, offset, length);
            return true;
        } catch (IOException e) {
            failed(e);
            return false;
        }
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void sendText(String text) {
        send(FrameEncoder.text(text), NOBODY);
        flush();
    }

    @Override
    public void sendBinary(ByteBuffer message, Sent sent) {
        int length = message.remaining();
        int payload = message.arrayOffset() + message.position();
        boolean ok;
        synchronized (output) {
            if (closing || writeOver) {
                ok = false;
            } else if (payload < FrameEncoder.headerLength(length) || !queue.isEmpty() || !isWritable()) {
                queue.add(new Queued(FrameEncoder.binary(message.array(), payload, length), sent));
                return;
            } else {
                int begin = FrameEncoder.binaryHeader(message.array(), payload, length);
                ok = written(message.array(), begin, payload + length - begin);
            }
        }
        sent.done(ok);
    }

    @Override
    public void flush() {
        List<Sent> sent;
        synchronized (output) {
            sent = drain();
        }
        sent.forEach(one -> one.done(true));
    }

    // ---- the end

    @Override
    public void close(RelayClose reason, String detail) {
        closeWith(reason.code(), detail);
    }

    private void closeWith(int code, String detail) {
        synchronized (output) {
            if (closing || writeOver) {
                return;
            }
            queue.add(new Queued(FrameEncoder.close(code, detail), NOBODY));
            closing = true;
        }
        try {
            // whoever closes may hold locks of others
            workers.execute(() -> {
                flush();
                shutIfAnswered();
                readOn();
            });
            timer.schedule(() -> workers.execute(this::shut), ANSWER_WITHIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the relay is being stopped", e);
            flush();
        }
    }

    private boolean isClosing() {
        synchronized (output) {
            return closing;
        }
    }

    /** The peer has closed first: it waits for this end's frame, and for nothing else. */
    private void shutIfAnswered() {
        boolean both;
        synchronized (input) {
            synchronized (output) {
                both = readOver && closeSent;
            }
        }
        if (both) {
            shut();
        }
    }

    /** The connection is no more, by whatever end. */
    void lost() {
        shut();
        if (ended.compareAndSet(false, true)) {
            Connection served = party;
            if (served != null) {
                served.ended();
            }
        }
    }

    private void shut() {
        WebConnection closed;
        List<Queued> unsent;
        synchronized (input) {
            readOver = true;
            closed = connection;
            connection = null;
            in = null;
            synchronized (output) {
                writeOver = true;
                unsent = new ArrayList<>(queue);
                queue.clear();
                if (closed != null) {
                    try {
                        closed.close();
                    } catch (Exception e) {
                        LOG.log(Level.DEBUG, "closed already", e);
                    }
                }
            }
        }
        unsent.forEach(one -> one.sent().done(false));
        if (closed != null && ended.compareAndSet(false, true)) {
            Connection served = party;
            if (served != null) {
                served.ended();
            }
        }
    }
}
