package org.bascule.websocket.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.NIOTransport;
import org.glassfish.grizzly.nio.SelectorHandler;
import org.glassfish.grizzly.ssl.SSLConnectionContext;
import org.glassfish.grizzly.ssl.SSLUtils;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the container whose socket is read and written without the container's filters, buffers and queues; its TLS is the engine that the container has made. The container still has the
 * connection: it waits for what arrives, and ends it.
 *
 * <p>Whoever reads has {@link #ROOM} bytes for it. Buffers belong to the thread. A connection keeps what has come of a record of TLS that is not complete, and what its socket did not take of one {@link #write}.
 */
public final class TakenConnection implements Streams {

    /** Bytes that a read has room for: four full records of TLS and what is left of a fifth. */
    public static final int ROOM = 5 * (16_384 + 256);

    /** More than what a record has besides its content, so that what is shorter is one. */
    private static final int RECORD = 512;
    /** Records without content that somebody may send with so many bytes of content. New keys are such, and JDKs send them with every record until the other end has answered. */
    private static final int MOST_EMPTY = 2_048;

    private static final long FORGIVEN_AFTER = 16 << 20;
    /** Answers to these that may wait for the socket. */
    private static final int MOST_ANSWERS = 512;

    private static final byte[] NOTHING = new byte[0];
    private static final ByteBuffer NO_CONTENT = ByteBuffer.wrap(NOTHING);

    private static final ThreadLocal<ByteBuffer> IN = ThreadLocal.withInitial(() -> ByteBuffer.allocate(ROOM));
    private static final ThreadLocal<ByteBuffer> OUT = ThreadLocal.withInitial(() -> ByteBuffer.wrap(NOTHING));

    private final NIOConnection connection;
    private final SocketChannel channel;
    private final @Nullable SSLEngine tls;
    private final Passing owner;
    private volatile boolean taken;
    /** A task that takes it is to come. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    // only who reads
    /** What has come of a record that is not complete. */
    private byte[] coded = NOTHING;
    /** The last read took everything. */
    private boolean drained;

    private boolean over;
    private int empty;
    /** Bytes since {@link #empty} was counted from none. */
    private long content;

    private final Object writing = new Object();
    /** What the socket did not take; guarded by {@link #writing}, as is the other one. */
    private final Queue<ByteBuffer> left = new ArrayDeque<>(2);

    private @Nullable IOException failure;

    TakenConnection(NIOConnection connection, Passing owner) {
        this.connection = connection;
        this.channel = (SocketChannel) connection.getChannel();
        this.tls = SSLUtils.getSSLEngine(connection);
        this.owner = owner;
    }

    // ---- events, on the thread that selects

    /** @return whether it is handled; otherwise the container is to handle it */
    boolean handles(IOEvent event) throws IOException {
        if (!taken && (event != IOEvent.READ || !isTakenNow())) {
            return false;
        }
        if (event == IOEvent.READ) {
            // until nothing is left
            connection.disableIOEvent(IOEvent.READ);
            owner.readable();
            return true;
        }
        if (event == IOEvent.WRITE && isQuiet()) {
            if (sendsLeft()) {
                owner.writable();
            }
            return true;
        }
        return false;
    }

    /** The container has nothing in hand of it: it would look for nothing to read as long as it had. */
    private boolean isTakenNow() {
        TlsRecords records = Unopened.records(connection);
        if (tls == null || (records != null && records.isBetween() && !SSLUtils.isHandshaking(tls))) {
            taken = owner.takes(this);
        }
        if (taken) {
            Unopened.forget(connection);
            dropBuffers();
        }
        return taken;
    }

    /** The container keeps the last buffer of TLS with its context of a connection, which is 25 KB. */
    private void dropBuffers() {
        if (tls != null) {
            SSLConnectionContext fresh = new SSLConnectionContext(connection);
            fresh.configure(tls);
            fresh.attach();
        }
    }

    /** Takes the connection soon, where nothing comes on it that would be an occasion. */
    public void take() {
        boolean possible = tls == null || Unopened.records(connection) != null;
        if (!taken && possible && waiting.compareAndSet(false, true)) {
            onEventLoop(() -> {
                waiting.set(false);
                SelectionKey key = connection.getSelectionKey();
                if (!taken && key.isValid() && (key.interestOps() & SelectionKey.OP_READ) != 0) {
                    isTakenNow();
                }
            });
        }
    }

    /** Has the owner read on when it is this connection's turn. */
    public void readOn() {
        onEventLoop(owner::readable);
    }

    private void onEventLoop(Runnable task) {
        SelectorHandler.Task once = () -> {
            task.run();
            return true;
        };
        ((NIOTransport) connection.getTransport())
                .getSelectorHandler()
                .enque(connection.getSelectorRunner(), once, null);
    }

    /** Nothing that the container was given is still to be sent. */
    public boolean isQuiet() {
        return connection.getAsyncWriteQueue().isEmpty();
    }

    // ---- reading

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int count = next(buffer, offset, length);
        if (count == NONE) {
            drained = false;
            connection.enableIOEvent(IOEvent.READ);
        }
        return count;
    }

    private int next(byte[] buffer, int offset, int length) throws IOException {
        if (over) {
            return END;
        }
        if (drained) {
            return NONE;
        }
        return tls == null ? plain(buffer, offset, length) : coded(tls, buffer, offset, length);
    }

    private int plain(byte[] buffer, int offset, int length) throws IOException {
        int count = channel.read(ByteBuffer.wrap(buffer, offset, length));
        drained = count > 0 && count < length;
        return count;
    }

    private int coded(SSLEngine engine, byte[] buffer, int offset, int length) throws IOException {
        ByteBuffer in = IN.get().clear().put(coded);
        coded = NOTHING;
        over = channel.read(in) < 0;
        drained = in.hasRemaining();
        in.flip();
        ByteBuffer out = ByteBuffer.wrap(buffer, offset, length);
        decrypt(engine, in, out);
        if (in.hasRemaining()) {
            coded = new byte[in.remaining()];
            in.get(coded);
        }
        int count = out.position() - offset;
        content += count;
        return count > 0 ? count : over ? END : NONE;
    }

    /** All records that are complete. There is room for them: none has more content than bytes. */
    private void decrypt(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws IOException {
        while (true) {
            SSLEngineResult result = engine.unwrap(in, out);
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                over = true;
                in.position(in.limit());
                return;
            }
            if (result.getStatus() != SSLEngineResult.Status.OK) {
                return;
            }
            if (result.bytesProduced() == 0) {
                countEmpty();
            }
            answer(engine, result.getHandshakeStatus());
        }
    }

    private void countEmpty() throws SSLException {
        if (content >= FORGIVEN_AFTER) {
            content = 0;
            empty = 0;
        }
        empty++;
        if (empty > MOST_EMPTY) {
            throw new SSLException("too many records without content");
        }
    }

    /** What TLS wants done besides: in 1.3 an answer to new keys (RFC 8446, section 4.6.3); a new handshake, which 1.2 has, is refused. */
    private void answer(SSLEngine engine, HandshakeStatus status) throws IOException {
        if (status == HandshakeStatus.NOT_HANDSHAKING || status == HandshakeStatus.FINISHED) {
            return;
        }
        if (status != HandshakeStatus.NEED_WRAP
                || !"TLSv1.3".equals(engine.getSession().getProtocol())) {
            throw new SSLException("a new handshake is not taken");
        }
        synchronized (writing) {
            if (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
                // it went before something that was just written
                return;
            }
            if (left.size() >= MOST_ANSWERS) {
                throw new SSLException("answers are not taken");
            }
            encrypt(engine, NO_CONTENT.duplicate());
        }
    }

    // ---- writing

    @Override
    public boolean isWritable() throws IOException {
        synchronized (writing) {
            if (failure != null) {
                throw failure;
            }
            return left.isEmpty();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer content = ByteBuffer.wrap(bytes, offset, length);
        synchronized (writing) {
            if (tls == null) {
                send(content);
            } else {
                encrypt(tls, content);
            }
        }
    }

    /** Everything was sent as it was written. */
    @Override
    public void flush() {}

    /** With {@link #writing}. */
    private void encrypt(SSLEngine engine, ByteBuffer content) throws IOException {
        int packet = engine.getSession().getPacketBufferSize();
        ByteBuffer out = out(content.remaining() < packet - RECORD ? packet : ROOM);
        SSLEngineResult result;
        do {
            if (out.remaining() < packet) {
                send(out.flip());
                out.clear();
            }
            result = engine.wrap(content, out);
            if (result.getStatus() != SSLEngineResult.Status.OK
                    || (result.bytesProduced() == 0 && content.hasRemaining())) {
                throw new SSLException("nothing can be sent any more");
            }
        } while (content.hasRemaining()
                || (result.bytesProduced() > 0 && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP));
        send(out.flip());
    }

    /** Many threads send now and then, and few send much. */
    private static ByteBuffer out(int size) {
        ByteBuffer out = OUT.get();
        if (out.capacity() < size) {
            out = ByteBuffer.allocate(size);
            OUT.set(out);
        }
        return out.clear();
    }

    /** With {@link #writing}: what the socket does not take is copied. */
    private void send(ByteBuffer bytes) throws IOException {
        if (left.isEmpty()) {
            channel.write(bytes);
            if (!bytes.hasRemaining()) {
                return;
            }
            connection.enableIOEvent(IOEvent.WRITE);
        }
        left.add(ByteBuffer.allocate(bytes.remaining()).put(bytes).flip());
    }

    /** @return whether the owner is to be told: everything is sent, or nothing can be sent any more */
    private boolean sendsLeft() throws IOException {
        synchronized (writing) {
            try {
                for (ByteBuffer next = left.peek(); next != null; next = left.peek()) {
                    channel.write(next);
                    if (next.hasRemaining()) {
                        return false;
                    }
                    left.remove();
                }
            } catch (IOException e) {
                failure = e;
                left.clear();
            }
            connection.disableIOEvent(IOEvent.WRITE);
            return true;
        }
    }
}
