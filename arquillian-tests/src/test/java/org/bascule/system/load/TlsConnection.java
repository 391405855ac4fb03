package org.bascule.system.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import org.jspecify.annotations.Nullable;

/** A client's connection by TLS on a {@link SelectorLoop}, used on its thread only. Idle it holds the TLS state and no bytes. */
final class TlsConnection {

    /** Bytes that may wait for the peer to take them. */
    private static final int MAX_WAITING = 256 * 1_024;

    /** Told of everything; never again after {@link #ended}. */
    interface Listener {

        /** The handshake is over. */
        void secured();

        /** The bytes from position to limit, until this returns. */
        void received(ByteBuffer bytes) throws IOException;

        void ended(String why);
    }

    private final SelectorLoop loop;
    private final Listener listener;
    private final SSLEngine engine;
    private final SocketChannel channel;
    private final SelectionKey key;

    /** Of a record that has not come wholly. */
    private byte @Nullable [] partial;
    /** What the peer has not taken. */
    private byte @Nullable [] unsent;

    private boolean secured;
    private boolean over;

    private TlsConnection(SelectorLoop loop, SocketChannel channel, SSLEngine engine, Listener listener)
            throws IOException {
        this.loop = loop;
        this.channel = channel;
        this.engine = engine;
        this.listener = listener;
        this.key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
    }

    /** Connects. A failure is told at once by the exception, or later to the listener. */
    static TlsConnection open(SelectorLoop loop, InetSocketAddress server, SSLEngine engine, Listener listener)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            TlsConnection connection = new TlsConnection(loop, channel, engine, listener);
            if (channel.connect(server)) {
                loop.execute(connection::ready);
            }
            return connection;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The selector says that something can be done. */
    void ready() {
        if (over) {
            return;
        }
        try {
            if ((key.interestOps() & SelectionKey.OP_CONNECT) != 0) {
                if (!channel.finishConnect()) {
                    return;
                }
                key.interestOps(SelectionKey.OP_READ);
                engine.beginHandshake();
                negotiate();
                return;
            }
            byte[] waiting = unsent;
            if (waiting != null && key.isWritable()) {
                unsent = null;
                write(ByteBuffer.wrap(waiting));
            }
            if (key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    private void read() throws IOException {
        ByteBuffer in = loop.received;
        boolean more = true;
        while (more && !over) {
            in.clear();
            byte[] before = partial;
            if (before != null) {
                in.put(before);
                partial = null;
            }
            int count = channel.read(in);
            if (count < 0) {
                throw new EOFException("the server ended the connection");
            }
            more = !in.hasRemaining();
            in.flip();
            unwrap(in);
        }
    }

    private void unwrap(ByteBuffer in) throws IOException {
        while (in.hasRemaining() && !over) {
            ByteBuffer out = loop.decrypted;
            out.clear();
            SSLEngineResult result = engine.unwrap(in, out);
            negotiate();
            if (out.position() > 0 && !over) {
                out.flip();
                listener.received(out);
            }
            switch (result.getStatus()) {
                case BUFFER_UNDERFLOW -> {
                    partial = Arrays.copyOfRange(in.array(), in.position(), in.limit());
                    return;
                }
                case CLOSED -> throw new EOFException("the server ended TLS");
                case BUFFER_OVERFLOW -> throw new IOException("a record that is too long");
                case OK -> {}
            }
        }
    }

    /** Does what TLS asks for until it asks for bytes. */
    private void negotiate() throws IOException {
        while (!over) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                case NOT_HANDSHAKING, FINISHED -> {
                    if (!secured) {
                        secured = true;
                        listener.secured();
                    }
                    return;
                }
                default -> {
                    return;
                }
            }
        }
    }

    /** Sends; what the peer does not take waits, within bounds. */
    void send(byte[] bytes) {
        if (over) {
            return;
        }
        try {
            ByteBuffer from = ByteBuffer.wrap(bytes);
            while (from.hasRemaining()) {
                wrap(from);
            }
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    private void wrap(ByteBuffer from) throws IOException {
        ByteBuffer out = loop.encrypted;
        out.clear();
        SSLEngineResult result = engine.wrap(from, out);
        out.flip();
        write(out);
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new IOException("TLS ends with " + result.getStatus());
        }
    }

    private void write(ByteBuffer out) throws IOException {
        byte[] waiting = unsent;
        if (waiting == null) {
            channel.write(out);
            waiting = new byte[0];
        }
        if (out.hasRemaining()) {
            int length = waiting.length;
            if (length + out.remaining() > MAX_WAITING) {
                throw new IOException("the server does not read");
            }
            byte[] all = Arrays.copyOf(waiting, length + out.remaining());
            out.get(all, length, out.remaining());
            unsent = all;
        }
        key.interestOps(SelectionKey.OP_READ | (unsent == null ? 0 : SelectionKey.OP_WRITE));
    }

    /** Ends the connection without telling the listener. */
    void cut() {
        if (over) {
            return;
        }
        over = true;
        try {
            channel.close();
        } catch (IOException e) {
            // it is gone either way
        }
        partial = null;
        unsent = null;
    }

    private void end(String why) {
        if (!over) {
            cut();
            listener.ended(why);
        }
    }
}
