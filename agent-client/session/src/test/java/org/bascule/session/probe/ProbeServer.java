package org.bascule.session.probe;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.session.RelayAddress;

/** A relay's part of a probe over real sockets, with delays, and one that misbehaves on request. */
public final class ProbeServer implements AutoCloseable {

    public static final String TOKEN = "the probe token";

    /** What it does. */
    public enum Manner {
        PROPER,
        /** Accepts connections and says nothing. */
        SILENT,
        /** Answers before it was asked. */
        EARLY,
        /** Sends back something else. */
        OTHER,
        /** Ends after the third round trip. */
        SHORT
    }

    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;

    private final ServerSocket server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    private final RelayAddress address;
    private final Manner manner;
    private final IntUnaryOperator delay;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger measuring = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    /**
     * Begins to serve.
     *
     * @param delay milliseconds before the answer to a message, by its number from 0
     */
    ProbeServer(String id, Manner manner, IntUnaryOperator delay) throws IOException {
        this.manner = manner;
        this.delay = delay;
        address = new RelayAddress(id, "ws://127.0.0.1:" + server.getLocalPort() + "/relay");
        daemon(this::accept);
    }

    public static ProbeServer delaying(String id, int millis) throws IOException {
        return new ProbeServer(id, Manner.PROPER, number -> millis);
    }

    public static ProbeServer misbehaving(String id, Manner manner) throws IOException {
        return new ProbeServer(id, manner, number -> 0);
    }

    public RelayAddress address() {
        return address;
    }

    /** Accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** Open now. */
    int open() {
        return open.get();
    }

    /** The most that were between their token and their last answer at once. */
    int most() {
        return most.get();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "probe-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                daemon(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        open.incrementAndGet();
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            upgrade(in, out);
            if (manner == Manner.SILENT) {
                in.readAllBytes();
                return;
            }
            String token = new String(read(in, TEXT), StandardCharsets.UTF_8);
            if (!token.equals(TOKEN)) {
                frame(out, CLOSE, new byte[] {(byte) (4001 >> 8), (byte) 4001});
                in.readAllBytes();
                return;
            }
            most.accumulateAndGet(measuring.incrementAndGet(), Math::max);
            frame(out, TEXT, RelayLimits.READY.getBytes(StandardCharsets.US_ASCII));
            if (manner == Manner.EARLY) {
                frame(out, BINARY, new byte[RelayLimits.PROBE_MESSAGE]);
            }
            echo(in, out);
        } catch (IOException e) {
            // the other side has gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private void echo(DataInputStream in, OutputStream out) throws IOException, InterruptedException {
        for (int number = 0; number < RelayLimits.PROBE_MESSAGES; number++) {
            byte[] message = read(in, BINARY);
            if (message.length != RelayLimits.PROBE_MESSAGE || (manner == Manner.SHORT && number == 3)) {
                return;
            }
            Thread.sleep(delay.applyAsInt(number));
            if (number == RoundTrips.COUNT - 1) {
                measuring.decrementAndGet();
            }
            if (manner == Manner.OTHER) {
                message[63]++;
            }
            frame(out, BINARY, message);
        }
    }

    private static void upgrade(DataInputStream in, OutputStream out) throws IOException {
        String key = "";
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            if (line.startsWith("GET ") && !line.startsWith("GET /relay/v1/probe ")) {
                throw new IOException(line);
            }
            if (line.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                key = line.substring(18).strip();
            }
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(hash) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private static String line(DataInputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    /** A whole message, below 64 KiB. */
    private static byte[] read(DataInputStream in, int expected) throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte() & 0x7f;
        if (length == 126) {
            length = in.readUnsignedShort();
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < length; i++) {
            payload[i] ^= mask[i % 4];
        }
        if (first != expected) {
            throw new EOFException("frame " + first);
        }
        return payload;
    }

    private static void frame(OutputStream out, int first, byte[] payload) throws IOException {
        byte[] frame = new byte[2 + payload.length];
        frame[0] = (byte) first;
        frame[1] = (byte) payload.length;
        System.arraycopy(payload, 0, frame, 2, payload.length);
        out.write(frame);
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
