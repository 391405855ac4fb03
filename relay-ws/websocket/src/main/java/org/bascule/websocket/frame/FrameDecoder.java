package org.bascule.websocket.frame;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes what a client sends (RFC 6455, section 5), in whatever pieces it comes. A binary message that is in one piece is handed on where it lies; memory for
 * another is taken as its bytes come, never as a header promises. Not thread-safe.
 */
public final class FrameDecoder {

    /** Bytes of the longest header of a client: 2, the length in 8, the mask. */
    static final int MAX_HEADER = 14;

    private static final int CONTINUATION = 0;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int MAX_CONTROL = 125;
    private static final int CONTROL_BIT = 8;
    private static final int FIN = 0x80;
    private static final int RESERVED = 0x70;
    private static final int MASKED = 0x80;
    private static final int LENGTH_2 = 126;
    private static final int LENGTH_8 = 127;
    private static final int FIRST_MEMORY = 4_096;
    private static final byte[] NOTHING = {};

    /** Takes what was decoded, in order. */
    public interface Sink {

        void text(String message);

        /**
         * The bytes from the buffer's position to its limit, until this returns. Up to {@link FrameEncoder#MAX_HEADER} bytes before them may be overwritten.
         */
        void binary(ByteBuffer message);

        void ping(byte[] payload);

        void pong();

        /**
         * The client closes: nothing follows.
         *
         * @param code 1005 where it gave none
         */
        void close(int code);

        /** A message above the limit; nothing of it is kept, and nothing follows. */
        void tooLong();
    }

    private final int maxMessage;

    private final byte[] header = new byte[MAX_HEADER];
    private int headerFilled;
    private int headerNeeded = 2;

    private boolean inPayload;
    private int opcode;
    private boolean last;
    private int key;
    private long length;
    private long read;

    /** Opcode of the message whose fragments are coming, 0 for none. */
    private int message;

    /** Holds a message or a control frame that is not complete, behind room for a header. */
    private byte[] memory = NOTHING;

    private int filled;
    private byte[] control = NOTHING;
    private boolean over;
    private int frames;

    /** @param maxMessage bytes of the longest message */
    public FrameDecoder(int maxMessage) {
        this.maxMessage = maxMessage;
    }

    /**
     * Takes bytes, which may be overwritten.
     *
     * @throws FrameException if they break the protocol: nothing more is to be given
     */
    public void decode(byte[] bytes, int offset, int count, Sink sink) throws FrameException {
        int at = offset;
        int end = offset + count;
        while (!over && (at < end || inPayload && read == length)) {
            if (!inPayload) {
                while (headerFilled < headerNeeded && at < end) {
                    header[headerFilled++] = bytes[at++];
                    if (headerFilled == 2) {
                        headerNeeded = needed(header[1] & 0xff);
                    }
                }
                if (headerFilled == headerNeeded) {
                    begin(sink);
                }
            } else {
                at += payload(bytes, at, (int) Math.min(end - at, length - read), sink);
            }
        }
        if (!inPayload && filled == 0 && message == 0) {
            // an idle connection keeps no memory
            memory = NOTHING;
        }
    }

    /** Headers that have come so far, also of frames that hold nothing. It may overflow: differences count. */
    public int frames() {
        return frames;
    }

    /** Bytes of memory that a message which is not complete takes. */
    public int held() {
        return memory.length;
    }

    private static int needed(int second) {
        int length = second & 0x7f;
        return 2 + (length == LENGTH_2 ? 2 : length == LENGTH_8 ? 8 : 0) + ((second & MASKED) == 0 ? 0 : 4);
    }

    private void begin(Sink sink) throws FrameException {
        int first = header[0] & 0xff;
        int second = header[1] & 0xff;
        opcode = first & 0x0f;
        last = (first & FIN) != 0;
        length = length(second);
        if ((first & RESERVED) != 0) {
            throw FrameException.protocol("a reserved bit is set");
        }
        if ((second & MASKED) == 0) {
            throw FrameException.protocol("a client masks");
        }
        if (opcode > BINARY && opcode < CLOSE || opcode > PONG) {
            throw FrameException.protocol("an unknown opcode");
        }
        boolean isControl = (opcode & CONTROL_BIT) != 0;
        if (isControl && (!last || length > MAX_CONTROL)) {
            throw FrameException.protocol("a control frame that is fragmented or too long");
        }
        if (!isControl && (opcode == CONTINUATION) != (message != 0)) {
            throw FrameException.protocol("fragments out of order");
        }
        key = header[headerNeeded - 4] << 24
                | (header[headerNeeded - 3] & 0xff) << 16
                | (header[headerNeeded - 2] & 0xff) << 8
                | header[headerNeeded - 1] & 0xff;
        if (!isControl && length > maxMessage - filled) {
            over = true;
            memory = NOTHING;
            sink.tooLong();
            return;
        }
        if (isControl) {
            control = length == 0 ? NOTHING : new byte[(int) length];
        }
        frames++;
        headerFilled = 0;
        headerNeeded = 2;
        inPayload = true;
        read = 0;
    }

    private long length(int second) throws FrameException {
        int short7 = second & 0x7f;
        if (short7 < LENGTH_2) {
            return short7;
        }
        int bytes = short7 == LENGTH_2 ? 2 : 8;
        long extended = 0;
        for (int i = 0; i < bytes; i++) {
            extended = extended << 8 | header[2 + i] & 0xff;
        }
        if (extended < (bytes == 2 ? LENGTH_2 : 1 << 16)) {
            throw FrameException.protocol("a length that is negative or longer than needed");
        }
        return extended;
    }

    /** @return how many bytes it took */
    private int payload(byte[] bytes, int at, int here, Sink sink) throws FrameException {
        Mask.remove(bytes, at, here, key, read);
        if ((opcode & CONTROL_BIT) != 0) {
            System.arraycopy(bytes, at, control, (int) read, here);
            read += here;
            if (read == length) {
                inPayload = false;
                control(sink);
            }
            return here;
        }
        boolean whole = read == 0 && here == length && last && message == 0;
        if (whole && at >= FrameEncoder.MAX_HEADER) {
            inPayload = false;
            deliver(sink, opcode, bytes, at, here);
            return here;
        }
        if (read == 0 && opcode != CONTINUATION) {
            message = opcode;
        }
        keep(bytes, at, here);
        read += here;
        if (read == length) {
            inPayload = false;
            if (last) {
                int type = message;
                int complete = filled;
                message = 0;
                filled = 0;
                deliver(sink, type, memory, FrameEncoder.MAX_HEADER, complete);
            }
        }
        return here;
    }

    private void keep(byte[] bytes, int at, int count) {
        int needed = FrameEncoder.MAX_HEADER + filled + count;
        if (memory.length < needed) {
            int most = FrameEncoder.MAX_HEADER + maxMessage;
            memory = Arrays.copyOf(memory, Math.min(most, Math.max(needed, Math.max(FIRST_MEMORY, 2 * memory.length))));
        }
        System.arraycopy(bytes, at, memory, FrameEncoder.MAX_HEADER + filled, count);
        filled += count;
    }

    private static void deliver(Sink sink, int type, byte[] bytes, int offset, int count) throws FrameException {
        if (type == BINARY) {
            sink.binary(ByteBuffer.wrap(bytes, offset, count));
        } else {
            sink.text(utf8(bytes, offset, count));
        }
    }

    private static String utf8(byte[] bytes, int offset, int count) throws FrameException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, count))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new FrameException(FrameException.NOT_UTF_8, "a text that is not UTF-8");
        }
    }

    private void control(Sink sink) throws FrameException {
        switch (opcode) {
            case PING -> sink.ping(control);
            case PONG -> sink.pong();
            default -> {
                over = true;
                sink.close(closeCode());
            }
        }
        control = NOTHING;
    }

    private int closeCode() throws FrameException {
        if (control.length == 0) {
            return FrameEncoder.NO_CODE;
        }
        if (control.length == 1) {
            throw FrameException.protocol("a close frame with half a code");
        }
        int code = (control[0] & 0xff) << 8 | control[1] & 0xff;
        boolean defined = code >= 1_000 && code <= 1_014 && code != 1_004 && code != 1_005 && code != 1_006;
        if (!defined && (code < 3_000 || code > 4_999)) {
            throw FrameException.protocol("a close code that nobody may send");
        }
        utf8(control, 2, control.length - 2);
        return code;
    }
}
