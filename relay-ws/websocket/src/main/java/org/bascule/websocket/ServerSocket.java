package org.bascule.websocket;

import jakarta.servlet.ReadListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.bascule.websocket.container.Passing;
import org.bascule.websocket.container.Streams;
import org.bascule.websocket.container.TakenConnection;
import org.bascule.websocket.frame.FrameDecoder;
import org.bascule.websocket.frame.FrameEncoder;
import org.bascule.websocket.frame.FrameException;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket on the container's non-blocking I/O. No thread waits here: what the other end does not take is queued, and whoever sends it is not read any more until that is gone.
 *
 * <p>Locks are taken in this order: {@link #turn}, held while something is read and handled, so one thread at a time reads, whichever it is; {@link #output}, for the
 * queue and what is written; the one of the {@link ContainerStreams}. What the container says of the end of a connection is handled on another thread, because the
 * container holds locks of its own then.
 */
final class ServerSocket implements Link, ReadListener, WriteListener, Passing {

    private static final System.Logger LOG = System.getLogger(ServerSocket.class.getName());
    private static final long ANSWER_WITHIN_MILLIS = 3_000;
    /** So many times as long it may take until the close frame is sent. */
    private static final int MOST_WAITS = 4;
    /** Headers are put in front of what is read. */
    private static final int ROOM = FrameEncoder.MAX_HEADER;

    private static final int READ = TakenConnection.ROOM;
    /** After so many reads, or so many frames, it is somebody else's turn on this thread. */
    private record Most(int reads, int frames) {}

    private static final Most OF_WORKER = new Most(64, 8_192);
    /** Other connections wait for the same thread. */
    private static final Most OF_EVENT_LOOP = new Most(4, 1_024);
    /** Bytes that are read and dropped of a peer that is being closed: more than can be on the way from one that stops. */
    private static final int MAX_DROPPED = 4 << 20;

    private static final ThreadLocal<byte[]> BUFFER = ThreadLocal.withInitial(() -> new byte[ROOM + READ]);

    private static final Sent NOBODY = ok -> {};

    private final String address;
    private final Sockets sockets;
    private final FrameDecoder decoder;
    private final FrameDecoder.Sink sink = new Incoming();
    private final AtomicBoolean ended = new AtomicBoolean();

    private final ContainerStreams container;
    /** What is read from and written to; changes once, with both locks. */
    private volatile Streams streams;

    private final Supplier<Optional<TakenConnection>> handling;
    /** Whose turn it is to read. */
    private final Object turn = new Object();

    private volatile @Nullable Receiver receiver;
    /** What is there is handled on the thread that waits for what arrives. */
    private volatile boolean onEventLoop;
    /** The connection itself, which the container is to give as soon as it can. */
    private volatile @Nullable TakenConnection wanted;
    /** Before that nothing is read: the container would refuse it. */
    private boolean listening;
    /** What comes is read and dropped, so that no unread data turns the close into a reset, which would lose the close frame. */
    private boolean dropping;
    /** Bytes that have come while this end was closing. */
    private int dropped;
    /** Payload of the last ping of what was read: the others need no answer (RFC 6455, section 5.5.3). */
    private byte @Nullable [] pinged;
    /** The peer sends nothing more. */
    private boolean readOver;

    /** Guards writing. */
    private final Object output = new Object();

    private final Queue<Queued> queue = new ArrayDeque<>();
    /** The answer to the last ping, if it is still to be sent: who takes no answers gets one in the end (RFC 6455, section 5.5.3). */
    private byte @Nullable [] pong;

    private boolean started;
    private boolean unflushed;
    /** Goes at the latest with the next flush. While there is something in it, the queue is empty. */
    private final Batch batch = new Batch();
    /** A close frame is queued: nothing follows it. */
    private boolean closing;
    /** The close frame is on its way. */
    private boolean closeSent;

    private boolean writeOver;

    private record Queued(byte[] frame, Sent sent) {}

    /**
     * @param request which is being upgraded
     * @param address of who is there
     * @param sockets for reading on, and for the time that a peer has to answer a close frame
     * @param maxMessage bytes
     */
    ServerSocket(HttpServletRequest request, String address, Sockets sockets, int maxMessage) {
        this.address = address;
        this.container = new ContainerStreams(request);
        this.streams = container;
        this.handling = sockets.selectors().handling(request, this);
        this.sockets = sockets;
        this.decoder = new FrameDecoder(maxMessage);
    }

    /** The container has switched protocols. It may call back before this returns. */
    void open(WebConnection opened) throws IOException {
        sockets.opened(this);
        if (!container.open(opened)) {
            sockets.ended(this);
            return;
        }
        opened.getOutputStream().setWriteListener(this);
        synchronized (turn) {
            listening = true;
            opened.getInputStream().setReadListener(this);
        }
    }

    /** Who hears what comes; nothing may have come before. */
    void serve(Receiver served) {
        receiver = served;
        if (ended.get()) {
            served.ended();
        }
    }

    // ---- reading

    @Override
    public void onDataAvailable() {
        read(onEventLoop ? OF_EVENT_LOOP : OF_WORKER);
    }

    @Override
    public void readable() {
        read(OF_EVENT_LOOP);
    }

    @Override
    public void writable() {
        onWritePossible();
    }

    @Override
    public boolean takes(TakenConnection taken) {
        synchronized (turn) {
            synchronized (output) {
                try {
                    // the container also says so while a call of it is due, but nobody asks here then
                    if (readOver
                            || unflushed
                            || !queue.isEmpty()
                            || !isWritable()
                            || !container.isRead()
                            || !taken.isQuiet()) {
                        return false;
                    }
                } catch (IOException e) {
                    LOG.log(Level.DEBUG, "a connection is lost", e);
                    return false;
                }
                streams = taken;
                return true;
            }
        }
    }

    @Override
    public void onAllDataRead() {
        later(this::shut);
    }

    /** Of reading or writing. */
    @Override
    public void onError(Throwable failure) {
        LOG.log(Level.DEBUG, "error on a connection", failure);
        container.gone();
        later(this::lost);
    }

    private void read(Most most) {
        boolean end;
        boolean over;
        synchronized (turn) {
            if (!listening) {
                return;
            }
            try {
                end = readsEnd(most);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "a connection is lost", e);
                end = true;
            } catch (RuntimeException | Error e) {
                // the container would forget the connection and not end it
                LOG.log(Level.WARNING, "a connection is ended, for reading it failed", e);
                end = true;
            }
            readOver |= end;
            over = readOver;
        }
        if (end) {
            later(this::shut);
        } else if (over) {
            shutIfAnswered();
        }
    }

    /** With {@link #turn}. @return whether nothing more is to be read, ever */
    private boolean readsEnd(Most most) throws IOException {
        byte[] buffer = BUFFER.get();
        int before = decoder.frames();
        for (int reads = 0; !readOver && !pauses(); reads++) {
            if (reads == most.reads() || decoder.frames() - before >= most.frames()) {
                readOn();
                break;
            }
            int count = streams.read(buffer, ROOM, READ);
            if (count == Streams.NONE) {
                break;
            }
            if (count == Streams.END || !isTaken(count)) {
                return true;
            }
            decode(buffer, count);
            answerPing();
            flushPeer();
        }
        return false;
    }

    /** Tells the receiver of so many bytes. @return false if the peer goes on and on although this end is closing */
    private boolean isTaken(int count) {
        if (isClosing()) {
            dropped += count;
            return dropped <= MAX_DROPPED;
        }
        Receiver served = receiver;
        if (served != null) {
            served.came(count);
        }
        return true;
    }

    private void answerPing() {
        byte[] payload = pinged;
        if (payload != null) {
            pinged = null;
            synchronized (output) {
                pong = FrameEncoder.pong(payload);
            }
            flush();
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
        Receiver served = receiver;
        return served != null && served.pause(this::readOn);
    }

    /** On its own thread once the connection is taken, which may be by the time that a worker comes to it. */
    private void readOn() {
        if (streams instanceof TakenConnection taken) {
            taken.readOn();
        } else {
            later(() -> {
                if (streams instanceof TakenConnection taken) {
                    taken.readOn();
                } else {
                    read(OF_WORKER);
                }
            });
        }
    }

    private void later(Runnable task) {
        try {
            sockets.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the application is being stopped", e);
        }
    }

    private void flushPeer() {
        Receiver served = receiver;
        if (served != null) {
            served.holds(decoder.held());
            served.flush();
        }
    }

    private void violated(FrameException violation) {
        Receiver served = receiver;
        dropping = true;
        close(violation.code(), "");
        if (served != null) {
            served.gone();
        }
    }

    /** What the decoder found; with {@link #turn}. */
    private final class Incoming implements FrameDecoder.Sink {

        @Override
        public void text(String message) {
            Receiver served = receiver;
            if (served != null && !isClosing()) {
                served.text(message);
            }
        }

        @Override
        public void binary(ByteBuffer message) {
            Receiver served = receiver;
            if (served != null && !isClosing()) {
                served.binary(message);
            }
        }

        @Override
        public void ping(byte[] payload) {
            pinged = payload;
        }

        @Override
        public void pong() {
            // nobody asked
        }

        @Override
        public void tooLong() {
            Receiver served = receiver;
            dropping = true;
            if (served != null) {
                served.tooLong();
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
                return;
            }
            ServerSocket.this.close(code, "");
            Receiver served = receiver;
            if (served != null) {
                served.gone();
            }
        }
    }

    // ---- writing

    @Override
    public void onWritePossible() {
        synchronized (output) {
            started = true;
        }
        flush();
        if (isClosing()) {
            // not here: the container holds locks of its own
            later(this::shutIfAnswered);
        }
    }

    /** With {@link #output}. */
    private List<Sent> drain() {
        List<Sent> sent = new ArrayList<>();
        try {
            writeBatch();
            while (!queue.isEmpty() && isWritable()) {
                Queued next = queue.remove();
                sent.add(next.sent());
                write(next.frame(), 0, next.frame().length);
            }
            byte[] answer = pong;
            if (answer != null && !closing && isWritable()) {
                pong = null;
                write(answer, 0, answer.length);
            }
            if (unflushed && isWritable()) {
                unflushed = false;
                streams.flush();
            }
            closeSent = closing && queue.isEmpty() && !unflushed && isWritable();
        } catch (IOException e) {
            failed(e);
        } catch (RuntimeException | Error e) {
            // what has gone is told all the same, and who waits for the rest hears of the end
            failed(new IOException("writing failed", e));
        }
        return sent;
    }

    /** With {@link #output}: what was collected is written, or queued. */
    private void writeBatch() throws IOException {
        if (batch.isEmpty()) {
            return;
        }
        try {
            if (isWritable()) {
                write(batch.frames(), 0, batch.length());
            } else {
                queue.add(new Queued(batch.copy(), NOBODY));
            }
        } finally {
            batch.clear();
        }
    }

    /** With {@link #output}: collects a small message. */
    private boolean collect(byte[] bytes, int payload, int length) throws IOException {
        if (!Batch.isSmall(length) || !queue.isEmpty()) {
            return false;
        }
        if (!batch.hasRoom(length)) {
            writeBatch();
            if (!queue.isEmpty()) {
                return false;
            }
        }
        batch.add(bytes, payload, length);
        return true;
    }

    private boolean isWritable() throws IOException {
        return started && !writeOver && streams.isWritable();
    }

    private void write(byte[] bytes, int offset, int length) throws IOException {
        streams.write(bytes, offset, length);
        unflushed = true;
    }

    /** What is queued is given back by {@link #lost}. The container may keep the connection, and tell nobody, until it is closed. */
    private void failed(IOException e) {
        LOG.log(Level.DEBUG, "not sent", e);
        writeOver = true;
        later(this::shut);
    }

    /** Sends a frame, or queues it. */
    private void send(byte[] frame, Sent sent) {
        boolean ok = false;
        synchronized (output) {
            try {
                if (!closing && !writeOver) {
                    writeBatch();
                    if (!queue.isEmpty() || !isWritable()) {
                        queue.add(new Queued(frame, sent));
                        return;
                    }
                    write(frame, 0, frame.length);
                    ok = true;
                }
            } catch (IOException e) {
                failed(e);
            }
        }
        sent.done(ok);
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public void sendText(String text, Sent sent) {
        send(FrameEncoder.text(text), sent);
        flush();
    }

    @Override
    public void sendBinary(ByteBuffer message, Sent sent) {
        int length = message.remaining();
        int payload = message.arrayOffset() + message.position();
        boolean ok = false;
        synchronized (output) {
            try {
                if (!closing && !writeOver) {
                    ok = collect(message.array(), payload, length);
                    if (!ok) {
                        writeBatch();
                        if (payload < FrameEncoder.headerLength(length) || !queue.isEmpty() || !isWritable()) {
                            queue.add(new Queued(FrameEncoder.binary(message.array(), payload, length), sent));
                            return;
                        }
                        int begin = FrameEncoder.binaryHeader(message.array(), payload, length);
                        write(message.array(), begin, payload + length - begin);
                        ok = true;
                    }
                }
            } catch (IOException e) {
                failed(e);
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
        take();
    }

    private void take() {
        TakenConnection connection = wanted;
        if (connection != null && !connection.equals(streams)) {
            connection.take();
        }
    }

    /** The container sends on by itself what it has taken; when that fails it closes the connection, calls no listener, and says so at the next flush. */
    @Override
    public void check() {
        synchronized (output) {
            try {
                if (isWritable()) {
                    streams.flush();
                }
            } catch (IOException e) {
                failed(e);
            }
        }
    }

    @Override
    public void stayOnEventLoop() {
        onEventLoop = true;
        wanted = handling.get().orElse(null);
        take();
    }

    // ---- the end

    @Override
    public void close(int code, String reason) {
        synchronized (output) {
            if (closing || writeOver) {
                return;
            }
            try {
                writeBatch();
            } catch (IOException e) {
                failed(e);
                return;
            }
            queue.add(new Queued(FrameEncoder.close(code, reason), NOBODY));
            closing = true;
        }
        // whoever closes may hold locks of others
        later(() -> {
            flush();
            shutIfAnswered();
            readOn();
        });
        try {
            sockets.schedule(() -> later(() -> shutInTime(MOST_WAITS)), ANSWER_WITHIN_MILLIS);
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "the application is being stopped", e);
        }
    }

    /** The peer has had its time to answer, unless it has not got the close frame: then it has some more for what is before that. */
    private void shutInTime(int waits) {
        boolean sending;
        synchronized (output) {
            sending = !closeSent && !writeOver;
        }
        if (!sending || waits == 0) {
            shut();
            return;
        }
        try {
            sockets.schedule(() -> later(() -> shutInTime(waits - 1)), ANSWER_WITHIN_MILLIS);
        } catch (RejectedExecutionException e) {
            shut();
        }
    }

    @Override
    public void dismiss(int code, String reason) {
        sockets.dismissed(this);
        close(code, reason);
        if (ended.get()) {
            sockets.ended(this); // it may have been so before
        }
    }

    private boolean isClosing() {
        synchronized (output) {
            return closing;
        }
    }

    /** Both ends have closed: the peer waits for nothing but the end of the connection. That takes the container's locks, so it is not done on the thread that reads. */
    private void shutIfAnswered() {
        boolean both;
        synchronized (turn) {
            synchronized (output) {
                both = readOver && closeSent;
            }
        }
        if (both) {
            later(this::shut);
        }
    }

    /** The container takes its handler back. */
    void destroyed() {
        later(this::lost);
    }

    void shut() {
        synchronized (turn) {
            readOver = true;
        }
        container.close();
        lost();
    }

    /** The connection is no more, by whatever end. */
    private void lost() {
        List<Queued> unsent;
        synchronized (output) {
            writeOver = true;
            batch.clear();
            unsent = new ArrayList<>(queue);
            queue.clear();
        }
        unsent.forEach(one -> one.sent().done(false));
        if (ended.compareAndSet(false, true)) {
            sockets.ended(this);
            Receiver served = receiver;
            if (served != null) {
                served.ended();
            }
        }
    }
}
