package org.bascule.session.forward;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Bytes that wait for a socket, in order. Holds no memory while there are none. Not thread-safe. */
final class Waiting {

    private static final int FIRST = 4 << 10;
    private static final byte[] NONE = {};

    private byte[] bytes = NONE;
    private int from;
    private int to;

    int size() {
        return to - from;
    }

    boolean isEmpty() {
        return from == to;
    }

    void add(byte[] source, int offset, int length) {
        if (to + length > bytes.length) {
            makeRoom(length);
        }
        System.arraycopy(source, offset, bytes, to, length);
        to += length;
    }

    private void makeRoom(int length) {
        int size = size();
        int needed = size + length;
        byte[] target = needed <= bytes.length / 2 ? bytes : new byte[Math.max(FIRST, needed + needed / 4)];
        System.arraycopy(bytes, from, target, 0, size);
        bytes = target;
        from = 0;
        to = size;
    }

    /**
     * Writes what the channel takes.
     *
     * @return how much
     */
    int writeTo(WritableByteChannel channel) throws IOException {
        int written = channel.write(ByteBuffer.wrap(bytes, from, size()));
        from += written;
        if (isEmpty()) {
            clear();
        }
        return written;
    }

    byte[] array() {
        return bytes;
    }

    int offset() {
        return from;
    }

    /** So many from the front are done with. */
    void drop(int length) {
        from += length;
        if (isEmpty()) {
            clear();
        }
    }

    void clear() {
        bytes = NONE;
        from = 0;
        to = 0;
    }
}
