package org.bascule.relay;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** One end of a load: a socket, with or without the framing of RFC 6455, as cheap as it can be. */
final class LoadEnd implements AutoCloseable {

    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};
    private static final int BUFFER = 1 << 18;
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final boolean framed;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    private LoadEnd(Socket socket, boolean framed) throws IOException {
        this.socket = socket;
        this.framed = framed;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Bytes without frames. */
    static LoadEnd raw(Socket socket) throws IOException {
        return new LoadEnd(socket, false);
    }

    static Socket connect(int port) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    /** Whoever answers is taken for the right one: this is a load on loopback. */
    static Socket connectTls(int port) throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Everybody()}, null);
        return context.getSocketFactory().createSocket(connect(port), "127.0.0.1", port, true);
    }

    /** A client of WebSocket. */
    static LoadEnd client(Socket socket, String path, String more) throws IOException {
        LoadEnd end = new LoadEnd(socket, true);
        end.out.write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        String answer = end.head();
        if (!answer.startsWith("HTTP/1.1 101")) {
            throw new IOException("not switched: " + answer);
        }
        return end;
    }

    /** The server's end behind a proxy: answers the opening handshake, and takes masked frames. */
    static LoadEnd server(Socket socket) throws IOException {
        LoadEnd end = new LoadEnd(socket, true);
        end.head();
        // what the key asks for: it is always the same
        end.out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return end;
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException(head.toString());
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** A message as it goes over the wire, to be sent again and again. */
    byte[] wire(byte[] payload) {
        return framed ? frame(0x82, payload) : payload;
    }

    private byte[] frame(int first, byte[] payload) {
        int length = payload.length;
        ByteBuffer frame = ByteBuffer.allocate(14 + length);
        frame.put((byte) first);
        if (length < 126) {
            frame.put((byte) (0x80 | length));
        } else if (length < 1 << 16) {
            frame.put((byte) (0x80 | 126)).putShort((short) length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(length);
        }
        frame.put(MASK);
        for (int i = 0; i < length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i & 3]));
        }
        return Arrays.copyOf(frame.array(), frame.position());
    }

    void text(String message) throws IOException {
        send(frame(0x81, message.getBytes(StandardCharsets.UTF_8)));
    }

    void send(byte[] wire) throws IOException {
        out.write(wire);
    }

    /** One message. */
    byte[] message() throws IOException {
        byte[] payload = new byte[(int) header()];
        for (int done = 0; done < payload.length; ) {
            if (position == limit) {
                fill();
            }
            int count = Math.min(limit - position, payload.length - done);
            System.arraycopy(buffer, position, payload, done, count);
            position += count;
            done += count;
        }
        return payload;
    }

    /** Takes so many bytes of payload and drops them. */
    void receive(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            left -= framed ? skip(header()) : skip(left);
        }
    }

    private long skip(long bytes) throws IOException {
        long left = bytes;
        while (left > 0) {
            if (position == limit) {
                fill();
            }
            int count = (int) Math.min(limit - position, left);
            position += count;
            left -= count;
        }
        return bytes;
    }

    /** @return length of the payload that follows */
    private long header() throws IOException {
        int first = next() & 0xff;
        int second = next();
        int length = second & 0x7f;
        if (first == 0x88) {
            byte[] reason = new byte[length];
            for (int i = 0; i < length; i++) {
                reason[i] = (byte) next();
            }
            throw new IOException("closed: " + HexFormat.of().formatHex(reason));
        }
        long extended = length;
        if (length >= 126) {
            extended = 0;
            for (int i = length == 126 ? 2 : 8; i > 0; i--) {
                extended = extended << 8 | next() & 0xff;
            }
        }
        for (int mask = (second & 0x80) == 0 ? 0 : MASK.length; mask > 0; mask--) {
            next();
        }
        return extended;
    }

    private int next() throws IOException {
        if (position == limit) {
            fill();
        }
        return buffer[position++];
    }

    private void fill() throws IOException {
        limit = in.read(buffer);
        position = 0;
        if (limit < 0) {
            throw new EOFException();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Everybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
