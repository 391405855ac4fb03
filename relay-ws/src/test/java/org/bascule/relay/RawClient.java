package org.bascule.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayToken;

/** One end of a session that says frame by frame what it sends, from an address of its own choice. */
final class RawClient implements AutoCloseable {

    static final int TEXT = 0x81;
    static final int BINARY = 0x82;
    static final int FIRST_FRAGMENT = 0x02;
    static final int FRAGMENT = 0x00;
    static final int LAST_FRAGMENT = 0x80;
    static final int CLOSE = 0x88;
    static final int PING = 0x89;
    static final int PONG = 0x8a;

    private static final int TIMEOUT_MILLIS = 20_000;
    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

    /**
     * What came.
     *
     * @param first byte, with opcode and FIN
     */
    record Frame(int first, byte[] payload) {

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** Of a close frame. */
        int closeCode() {
            assertThat(first).as(text()).isEqualTo(CLOSE);
            return ByteBuffer.wrap(payload).getShort() & 0xffff;
        }
    }

    final Socket socket;
    private final DataInputStream in;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /** Connects from a loopback address, and the protocol is switched. */
    static RawClient open(int port, SessionId sid, InetAddress from) throws IOException {
        return open(port, from, opening(sid.hex()));
    }

    /** The same with a line of the header, as a proxy adds it. */
    static RawClient open(int port, SessionId sid, InetAddress from, String header) throws IOException {
        String opening = new String(opening(sid.hex()), StandardCharsets.US_ASCII);
        return open(port, from, opening.replace("Host:", header + "\r\nHost:").getBytes(StandardCharsets.US_ASCII));
    }

    private static RawClient open(int port, InetAddress from, byte[] opening) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.getOutputStream().write(opening);
        assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 101");
        return new RawClient(socket);
    }

    /** Connects and proves itself; what the relay says then is to be read with {@link #next}. */
    static RawClient admitted(
            int port, RelayToken token, RelayTokenSigningKey key, RelayProofKey proof, InetAddress from)
            throws IOException {
        RawClient client = open(port, token.sid(), from);
        client.send(TEXT, token.sign(key).getBytes(StandardCharsets.US_ASCII));
        byte[] nonce = client.next().payload();
        client.send(BINARY, proof.sign(RelayProof.signedBytes(token.relay(), nonce, token.sid(), token.role())));
        return client;
    }

    static byte[] opening(String session) {
        return ("GET /relay/v1/" + session
                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) in.read());
        }
        return head.toString();
    }

    /** Sends bytes as they are. */
    void send(String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
        socket.getOutputStream().flush();
    }

    /** Sends a masked frame. */
    void send(int first, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(14 + payload.length);
        frame.put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % MASK.length]));
        }
        socket.getOutputStream().write(frame.array(), 0, frame.position());
        socket.getOutputStream().flush();
    }

    Frame next() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        return new Frame(first, in.readNBytes(length));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
