package org.bascule.session.network;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a server's frames (RFC 6455, section 5) and puts messages together. A message that is in one frame and already here is handed on without a copy.
 * Everything that the RFC forbids a server is refused.
 */
final class FrameReader {

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int FIN = 0x80;

    private static final int RESERVED_BITS = 0x70;
    private static final int CONTROL_BIT = 8;
    private static final int MASKED = 0x80;
    static final int MAX_CONTROL = 125;
    private static final int NO_CODE = 1_005;
    private static final int BUFFER = 16 * 1_024 + 64;
    private static final int FIRST_MESSAGE = 4 * 1_024;

    /** Takes what is read. A buffer is the reader's, and used again after the call. */
    interface Sink {
        void text(String message);

        void binary(byte[] buffer, int offset, int length);

        void ping(byte[] payload);

        /** The last call. */
        void close(int code, String reason);
    }

    private final InputStream in;
    private final int maxMessage;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;

    /** The message that is being put together, and its opcode; 0 for none. */
    private byte[] message = new byte[0];

    private int filled;
    private int type;

    /** @param maxMessage bytes of the greatest message */
    FrameReader(InputStream in, int maxMessage) {
        this.in = in;
        this.maxMessage = maxMessage;
    }

    /** Reads until a close frame. @throws EOFException if the connection ends before */
    void readAll(Sink sink) throws IOException {
        boolean open = true;
        while (open) {
            open = frame(sink);
        }
    }

    private boolean frame(Sink sink) throws IOException {
        need(2);
        int first = buffer[from++] & 0xff;
        int second = buffer[from++] & 0xff;
        int opcode = first & 0x0f;
        boolean last = (first & FIN) != 0;
        if ((first & RESERVED_BITS) != 0) {
            throw FrameException.protocol("a reserved bit is set");
        }
        if ((second & MASKED) != 0) {
            throw FrameException.protocol("a server does not mask");
        }
        long length = length(second);
        if ((opcode & CONTROL_BIT) != 0) {
            return control(sink, opcode, last, length);
        }
        if (opcode > BINARY) {
            throw FrameException.protocol("an unknown opcode");
        }
        if ((opcode == CONTINUATION) != (type != 0)) {
            throw FrameException.protocol("fragments out of order");
        }
        if (filled + length > maxMessage) {
            throw new FrameException(FrameException.TOO_LARGE, "a message above " + maxMessage + " bytes");
        }
        data(sink, opcode, last, (int) length);
        return true;
    }

    private long length(int second) throws IOException {
        int length = second & 0x7f;
        if (length < 126) {
            return length;
        }
        int bytes = length == 126 ? 2 : 8;
        need(bytes);
        long extended = 0;
        for (int i = 0; i < bytes; i++) {
            extended = extended << 8 | buffer[from++] & 0xff;
        }
        if (extended < (bytes == 2 ? 126 : 65_536)) {
            throw FrameException.protocol("a length that is negative or longer than needed");
        }
        return extended;
    }

    private void data(Sink sink, int opcode, boolean last, int length) throws IOException {
        if (last && type == 0 && length <= to - from) {
            int begin = from;
            from += length;
            deliver(sink, opcode, buffer, begin, length);
            return;
        }
        if (type == 0) {
            type = opcode;
        }
        append(length);
        if (last) {
            int complete = filled;
            int completeType = type;
            filled = 0;
            type = 0;
            deliver(sink, completeType, message, 0, complete);
        }
    }

    /** Memory is taken as the bytes come, not as a header promises them. */
    private void append(int length) throws IOException {
        int left = length;
        while (left > 0) {
            if (message.length - filled == 0) {
                message = Arrays.copyOf(message, Math.min(maxMessage, Math.max(FIRST_MESSAGE, message.length * 4)));
            }
            int room = Math.min(left, message.length - filled);
            int here = to - from;
            int count;
            if (here > 0) {
                count = Math.min(room, here);
                System.arraycopy(buffer, from, message, filled, count);
                from += count;
            } else {
                count = in.read(message, filled, room);
                if (count < 0) {
                    throw new EOFException("the connection ended within a message");
                }
            }
            filled += count;
            left -= count;
        }
    }

    private static void deliver(Sink sink, int opcode, byte[] bytes, int offset, int length) throws IOException {
        if (opcode == BINARY) {
            sink.binary(bytes, offset, length);
        } else {
            sink.text(utf8(bytes, offset, length));
        }
    }

    private static String utf8(byte[] bytes, int offset, int length) throws FrameException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FrameException(FrameException.NOT_UTF_8, "a text that is not UTF-8");
        }
    }

    private boolean control(Sink sink, int opcode, boolean last, long length) throws IOException {
        if (!last || length > MAX_CONTROL) {
            throw FrameException.protocol("a control frame that is fragmented or too long");
        }
        int size = (int) length;
        need(size);
        byte[] payload = Arrays.copyOfRange(buffer, from, from + size);
        from += size;
        switch (opcode) {
            case PING -> sink.ping(payload);
            case PONG -> {
                // nothing was asked
            }
            case CLOSE -> {
                close(sink, payload);
                return false;
            }
            default -> throw FrameException.protocol("an unknown opcode");
        }
        return true;
    }

    private static void close(Sink sink, byte[] payload) throws FrameException {
        if (payload.length == 0) {
            sink.close(NO_CODE, "");
            return;
        }
        if (payload.length == 1) {
            throw FrameException.protocol("half a close code");
        }
        int code = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        if (!isAllowed(code)) {
            throw FrameException.protocol("a close code that may not be sent");
        }
        sink.close(code, utf8(payload, 2, payload.length - 2));
    }

    /** Section 7.4, and the registry of close codes. */
    private static boolean isAllowed(int code) {
        return code >= 1_000 && code <= 1_003 || code >= 1_007 && code <= 1_014 || code >= 3_000 && code < 5_000;
    }

    private void need(int count) throws IOException {
        if (to - from >= count) {
            return;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
        while (to < count) {
            int read = in.read(buffer, to, buffer.length - to);
            if (read < 0) {
                throw new EOFException("the connection ended");
            }
            to += read;
        }
    }
}
