package org.bascule.websocket.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Removes a client's mask (RFC 6455, section 5.3), eight bytes at a time. */
final class Mask {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int LONG_BYTES = 8;

    private Mask() {}

    /**
     * @param key the four bytes of the frame, the first one highest
     * @param at how many bytes of the frame's payload were before these
     */
    static void remove(byte[] bytes, int offset, int length, int key, long at) {
        if (key == 0) {
            return;
        }
        int turned = Integer.rotateLeft(key, (int) (at & 3) * 8);
        long twice = (long) turned << 32 | turned & 0xffff_ffffL;
        int i = offset;
        int end = offset + length;
        for (; i + LONG_BYTES <= end; i += LONG_BYTES) {
            LONG.set(bytes, i, (long) LONG.get(bytes, i) ^ twice);
        }
        for (int shift = 24; i < end; i++, shift = (shift + 24) & 31) {
            bytes[i] ^= (byte) (turned >>> shift);
        }
    }
}
