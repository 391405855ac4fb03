package org.bascule.session.network;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * Writes a client's frames (RFC 6455, section 5), masked. Small frames are gathered until {@link #flush}; each flush is one write. Not thread-safe.
 *
 * <p>Masks come from the platform's secure random source, many at a time: nobody who chooses payloads can foresee them (section 10.3).
 */
final class FrameWriter {

    /** The greatest frame of a relay and its header fit. */
    private static final int MOST = 66 * 1_024;

    private static final int LEAST = 1_024;
    private static final int MAX_HEADER = 14;
    private static final int MASKS = 64 * Integer.BYTES;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final OutputStream out;
    private final byte[] masks = new byte[MASKS];
    private int nextMask = MASKS;
    private byte[] buffer = new byte[LEAST];
    private int filled;

    FrameWriter(OutputStream out) {
        this.out = out;
    }

    /** Adds an unfragmented frame; writes what does not fit. */
    void frame(int opcode, byte[] payload) throws IOException {
        room(payload.length + MAX_HEADER);
        header(opcode, payload.length);
        int mask = mask();
        for (int at = 0; at < payload.length; ) {
            if (filled == buffer.length) {
                flush();
            }
            int count = Math.min(payload.length - at, buffer.length - filled);
            if (at + count < payload.length) {
                // the mask goes round with the payload: parts but the last are whole masks
                count &= ~3;
            }
            if (count == 0) {
                flush();
                continue;
            }
            masked(payload, at, count, mask);
            at += count;
        }
    }

    private void room(int count) throws IOException {
        if (buffer.length - filled >= count) {
            return;
        }
        if (filled > 0 && filled + count > MOST) {
            flush();
        }
        int wanted = Math.min(MOST, filled + count);
        if (buffer.length < wanted) {
            byte[] larger = new byte[Math.max(wanted, Math.min(MOST, buffer.length * 4))];
            System.arraycopy(buffer, 0, larger, 0, filled);
            buffer = larger;
        }
    }

    private void header(int opcode, int length) {
        buffer[filled++] = (byte) (FrameReader.FIN | opcode);
        if (length < 126) {
            buffer[filled++] = (byte) (0x80 | length);
        } else if (length < 65_536) {
            buffer[filled++] = (byte) (0x80 | 126);
            buffer[filled++] = (byte) (length >> 8);
            buffer[filled++] = (byte) length;
        } else {
            buffer[filled++] = (byte) (0x80 | 127);
            LONGS.set(buffer, filled, (long) length);
            filled += Long.BYTES;
        }
    }

    private int mask() {
        if (nextMask == MASKS) {
            RANDOM.nextBytes(masks);
            nextMask = 0;
        }
        int mask = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            mask = mask << 8 | masks[nextMask] & 0xff;
            buffer[filled++] = masks[nextMask++];
        }
        return mask;
    }

    private void masked(byte[] payload, int offset, int count, int mask) {
        long twice = (long) mask << 32 | mask & 0xffff_ffffL;
        int i = 0;
        for (; i <= count - Long.BYTES; i += Long.BYTES) {
            LONGS.set(buffer, filled + i, (long) LONGS.get(payload, offset + i) ^ twice);
        }
        for (; i < count; i++) {
            buffer[filled + i] = (byte) (payload[offset + i] ^ mask >> 8 * (3 - (i & 3)));
        }
        filled += count;
    }

    void flush() throws IOException {
        if (filled > 0) {
            int count = filled;
            filled = 0;
            out.write(buffer, 0, count);
            out.flush();
        }
    }
}
