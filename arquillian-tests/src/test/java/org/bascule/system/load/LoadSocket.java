package org.bascule.system.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client's WebSocket (RFC 6455) for text messages in one frame each, as Bascule's server sends them. On the thread of its {@link SelectorLoop} only. Its masks are
 * drawn from a generator that anybody can foresee: what it sends is its own.
 */
public final class LoadSocket implements TlsConnection.Listener {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY = 16;
    private static final int MAX_MESSAGE = 256 * 1_024;
    private static final int FIN_TEXT = 0x81;
    private static final int FIN_CLOSE = 0x88;
    private static final int FIN_PING = 0x89;
    private static final int FIN_PONG = 0x8a;
    private static final int MASKED = 0x80;
    private static final int LENGTH_2 = 126;
    private static final int LENGTH_8 = 127;
    private static final ThreadLocal<SplittableRandom> MASKS = ThreadLocal.withInitial(SplittableRandom::new);

    /**
     * Where to.
     *
     * @param authority of the URL, for the header {@code Host}
     * @param forwardedFor for the header {@code X-Forwarded-For}: whom the client comes from
     */
    public record Target(InetSocketAddress address, String authority, String path, String forwardedFor) {}

    /** Told of everything; never again after {@link #ended}. */
    public interface Listener {

        void opened();

        void text(String message);

        void ended(String why);
    }

    private final Target target;
    private final Listener listener;
    private final String key;
    private @Nullable TlsConnection connection;
    private boolean open;
    /** A head or a frame that has not come wholly. */
    private byte @Nullable [] held;

    private LoadSocket(Target target, Listener listener) {
        this.target = target;
        this.listener = listener;
        byte[] random = new byte[KEY];
        ThreadLocalRandom.current().nextBytes(random);
        this.key = Base64.getEncoder().encodeToString(random);
    }

    /** Connects. A failure is told at once by the exception, or later to the listener. */
    public static LoadSocket open(SelectorLoop loop, PinnedTls tls, Target target, Listener listener)
            throws IOException {
        LoadSocket socket = new LoadSocket(target, listener);
        socket.connection = TlsConnection.open(
                loop, target.address(), tls.engine(target.address().getHostString()), socket);
        return socket;
    }

    @Override
    public void secured() {
        String head = "GET " + target.path() + " HTTP/1.1\r\nHost: " + target.authority()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key
                + "\r\nSec-WebSocket-Version: 13\r\nX-Forwarded-For: " + target.forwardedFor() + "\r\n\r\n";
        bytes(head.getBytes(StandardCharsets.US_ASCII));
    }

    private void bytes(byte[] bytes) {
        TlsConnection to = connection;
        if (to != null) {
            to.send(bytes);
        }
    }

    @Override
    public void received(ByteBuffer bytes) throws IOException {
        byte[] before = held;
        ByteBuffer in = bytes;
        if (before != null) {
            byte[] all = Arrays.copyOf(before, before.length + bytes.remaining());
            bytes.get(all, before.length, bytes.remaining());
            in = ByteBuffer.wrap(all);
            held = null;
        }
        boolean more = true;
        while (more && in.hasRemaining() && connection != null) {
            more = open ? frame(in) : head(in);
        }
        if (in.hasRemaining()) {
            if (in.remaining() > MAX_MESSAGE) {
                throw new IOException("the server's message is too long");
            }
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            held = rest;
        }
    }

    private boolean head(ByteBuffer in) throws IOException {
        String text =
                new String(in.array(), in.arrayOffset() + in.position(), in.remaining(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        in.position(in.position() + end + 4);
        if (!text.startsWith("HTTP/1.1 101 ") || !text.substring(0, end).contains(accept())) {
            throw new IOException("the server answers " + text.substring(0, text.indexOf("\r\n")));
        }
        open = true;
        listener.opened();
        return true;
    }

    private String accept() {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1")
                            .digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return false if it has not come wholly */
    private boolean frame(ByteBuffer in) throws IOException {
        int begin = in.position();
        int available = in.remaining();
        if (available < 2) {
            return false;
        }
        int first = in.get(begin) & 0xff;
        long length = in.get(begin + 1) & 0xff;
        int header = length == LENGTH_2 ? 4 : length == LENGTH_8 ? 10 : 2;
        if (available < header) {
            return false;
        }
        if (header == 4) {
            length = in.getShort(begin + 2) & 0xffff;
        } else if (header == 10) {
            length = in.getLong(begin + 2);
        }
        if (length < 0 || length > MAX_MESSAGE) {
            throw new IOException("the server's message is too long, or masked");
        }
        if (available < header + length) {
            return false;
        }
        byte[] payload = new byte[(int) length];
        in.position(begin + header);
        in.get(payload);
        switch (first) {
            case FIN_TEXT -> listener.text(new String(payload, StandardCharsets.UTF_8));
            case FIN_PING -> frame(FIN_PONG, payload);
            case FIN_PONG -> {}
            case FIN_CLOSE -> throw new IOException("the server closed");
            default -> throw new IOException("a frame that this client does not know: " + first);
        }
        return true;
    }

    /** Sends a message. After the end it has no effect. */
    public void text(String message) {
        frame(FIN_TEXT, message.getBytes(StandardCharsets.UTF_8));
    }

    private void frame(int first, byte[] payload) {
        int length = payload.length;
        if (length >= 1 << 16) {
            throw new IllegalArgumentException("no agent sends so much");
        }
        int header = (length < LENGTH_2 ? 2 : 4) + Integer.BYTES;
        ByteBuffer frame = ByteBuffer.allocate(header + length);
        frame.put((byte) first);
        if (length < LENGTH_2) {
            frame.put((byte) (MASKED | length));
        } else {
            frame.put((byte) (MASKED | LENGTH_2)).putShort((short) length);
        }
        int mask = MASKS.get().nextInt();
        frame.putInt(mask);
        for (int i = 0; i < length; i++) {
            frame.put((byte) (payload[i] ^ mask >> 8 * (3 - (i & 3))));
        }
        bytes(frame.array());
    }

    /** Ends the connection; the listener hears nothing more. */
    public void cut() {
        TlsConnection ending = connection;
        connection = null;
        held = null;
        if (ending != null) {
            ending.cut();
        }
    }

    /** As an agent ends one: with a close frame, whose answer it does not wait for. */
    public void close() {
        if (open) {
            frame(FIN_CLOSE, new byte[] {0x03, (byte) 0xe8});
        }
        cut();
    }

    @Override
    public void ended(String why) {
        connection = null;
        held = null;
        listener.ended(why);
    }
}
