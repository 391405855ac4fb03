package org.bascule.session.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.jspecify.annotations.Nullable;

/**
 * Plays the relay's part of {@code docs/protocol/relay.md} on loopback for one session, and misbehaves on request. It frames WebSocket messages itself, so that it
 * can send what a proper server would not.
 */
public final class TestRelay implements AutoCloseable {

    public static final String ID = "relay-t";

    private static final int LINGER_MS = 5_000;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CONTINUATION = 0;
    private static final int CLOSE = 8;
    private static final int FIN = 0x80;

    private final ServerSocket server;
    private final SessionId sid;
    private final String id;
    private final CopyOnWriteArrayList<Connection> connections = new CopyOnWriteArrayList<>();
    private @Nullable Connection waiting;
    private volatile int fragment = Integer.MAX_VALUE;
    private volatile String firstWord = "";
    private volatile int refusal;

    public TestRelay(SessionId sid) throws IOException {
        this(sid, ID);
    }

    public TestRelay(SessionId sid, String id) throws IOException {
        this.sid = sid;
        this.id = id;
        this.server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    public String url() {
        return "ws://127.0.0.1:" + server.getLocalPort() + "/relay";
    }

    /** Messages are passed on in frames of at most that many bytes. */
    public void fragmentBy(int bytes) {
        fragment = bytes;
    }

    /** Closes with this instead of asking for a proof. */
    public void refuse(int code) {
        refusal = code;
    }

    /** Answers this instead of {@code waiting} or {@code paired}. */
    public void answer(String word) {
        firstWord = word;
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "test-relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Connection connection = new Connection(server.accept());
                added(connection);
                thread(connection::run);
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** The connection that was made as the n-th. */
    public Connection connection(int n) {
        return connections.get(n);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.cut();
        }
    }

    /**
     * The one who came second is told first: its messages are not read before this returns, and the other sends none before it is told. So
     * {@code paired} precedes the first record at both ends, as with the real relay; told in the other order, the one who waited may send a record
     * that overtakes the other's {@code paired}.
     */
    private synchronized void pair(Connection connection) throws IOException {
        if (!firstWord.isEmpty()) {
            connection.text(firstWord);
        } else if (waiting == null || waiting.role == connection.role) {
            if (waiting != null) {
                waiting.closeQuietly(4001);
            }
            waiting = connection;
            notifyAll();
            connection.text("waiting");
        } else {
            Connection first = waiting;
            connection.peer = first;
            first.peer = connection;
            connection.text("paired");
            first.text("paired");
            if (connection.reserve) {
                waiting = null;
            }
        }
    }

    private synchronized void added(Connection connection) {
        connections.add(connection);
        notifyAll();
    }

    /** Waits until so many sockets were accepted; there must not be more. */
    public synchronized void awaitConnections(int count) throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (connections.size() < count) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("nobody came");
            }
            wait(left);
        }
        if (connections.size() > count) {
            throw new AssertionError(connections.size() + " connections");
        }
    }

    /** Returns when the first end is there, so that a test knows which connection is whose. */
    public synchronized void awaitFirst() throws InterruptedException {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (waiting == null) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("nobody came");
            }
            wait(left);
        }
    }

    /** One end. */
    public final class Connection {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        private volatile @Nullable Connection peer;
        private volatile boolean closing;
        private @Nullable RelayRole role;
        private boolean reserve;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        void run() {
            try {
                upgrade();
                admit();
                forward();
            } catch (IOException | WireException | NoSuchAlgorithmException e) {
                leave();
                Connection other = peer;
                if (other != null) {
                    other.closeQuietly(4002);
                }
            }
        }

        private void upgrade() throws IOException, NoSuchAlgorithmException {
            String key = "";
            for (String line = line(); !line.isEmpty(); line = line()) {
                if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                    key = line.substring(18).strip();
                }
            }
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        }

        private String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
                if (c != '\r') {
                    line.write(c);
                }
            }
            return line.toString(StandardCharsets.US_ASCII);
        }

        /** The token is {@code role:point}, or {@code role:point:reserve}; it is not this class's part to verify real ones. */
        private void admit() throws IOException, WireException {
            String[] token = new String(message(TEXT), StandardCharsets.US_ASCII).split(":");
            RelayRole shown = RelayRole.parse(token[0]);
            role = shown;
            reserve = token.length > 2;
            if (refusal != 0) {
                closeQuietly(refusal);
                throw new EOFException("refused");
            }
            byte[] nonce = new byte[32];
            nonce[0] = (byte) shown.code();
            frame(BINARY | FIN, nonce, 0, nonce.length);
            try {
                ByteBuffer proof = ByteBuffer.wrap(message(BINARY));
                byte[] signed = reserve
                        ? RelayProof.signedBytes(id, nonce, sid, shown, Integer.toUnsignedLong(proof.getInt()))
                        : RelayProof.signedBytes(id, nonce, sid, shown);
                byte[] signature = new byte[proof.remaining()];
                proof.get(signature);
                RelayProofPublicKey.parse(java.util.HexFormat.of().parseHex(token[1]))
                        .verify(signed, signature);
            } catch (WireException e) {
                closeQuietly(4001);
                throw e;
            }
            pair(this);
        }

        private void forward() throws IOException {
            while (true) {
                byte[] message = message(BINARY);
                Connection to = peer;
                if (to == null) {
                    throw new EOFException("not paired");
                }
                to.binary(message);
            }
        }

        private byte[] message(int expected) throws IOException {
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            while (true) {
                int first = in.readUnsignedByte();
                int opcode = first & 0x0f;
                int length = in.readUnsignedByte() & 0x7f;
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = (int) in.readLong();
                }
                byte[] mask = new byte[4];
                in.readFully(mask);
                byte[] payload = new byte[length];
                in.readFully(payload);
                for (int i = 0; i < length; i++) {
                    payload[i] ^= mask[i % 4];
                }
                if (opcode == CLOSE) {
                    throw new EOFException("closed");
                }
                if (opcode != expected && opcode != CONTINUATION) {
                    throw new IOException("opcode " + opcode);
                }
                message.write(payload);
                if ((first & FIN) != 0) {
                    return message.toByteArray();
                }
            }
        }

        public void text(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            frame(TEXT | FIN, bytes, 0, bytes.length);
        }

        public void binary(byte[] message) throws IOException {
            synchronized (out) {
                int at = 0;
                do {
                    int part = Math.min(fragment, message.length - at);
                    int last = at + part == message.length ? FIN : 0;
                    frame((at == 0 ? BINARY : CONTINUATION) | last, message, at, part);
                    at += part;
                } while (at < message.length);
            }
        }

        private void frame(int first, byte[] payload, int offset, int length) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(10 + length).put((byte) first);
            if (length < 126) {
                frame.put((byte) length);
            } else if (length < 65_536) {
                frame.put((byte) 126).putShort((short) length);
            } else {
                frame.put((byte) 127).putLong(length);
            }
            frame.put(payload, offset, length);
            synchronized (out) {
                out.write(frame.array(), 0, frame.position());
                out.flush();
            }
        }

        public void closeQuietly(int code) {
            closing = true;
            try {
                frame(CLOSE | FIN, new byte[] {(byte) (code >> 8), (byte) code}, 0, 2);
            } catch (IOException e) {
                cut();
            }
        }

        /** After a close frame the answer is read first: a socket closed over unread bytes is reset, and the frame may be lost with it. */
        private void leave() {
            if (closing) {
                try {
                    socket.setSoTimeout(LINGER_MS);
                    socket.shutdownOutput();
                    in.readAllBytes();
                } catch (IOException e) {
                    // it did not answer in time
                }
            }
            cut();
        }

        /** Pulls the cable. */
        public void cut() {
            try {
                socket.close();
            } catch (IOException e) {
                // it is gone either way
            }
        }
    }
}
