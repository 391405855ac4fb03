package org.bascule.session.network;

import java.io.IOException;
import java.io.InputStream;

/** Reads heads from a few bytes of buffer, and what follows past it: never asks for more than one read gives, and never asks how much there is. */
final class BufferedHead extends InputStream {

    private static final int BUFFER = 4 * 1_024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;

    BufferedHead(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer[from++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (from == to && length >= BUFFER) {
            return in.read(bytes, offset, length);
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, to - from);
        System.arraycopy(buffer, from, bytes, offset, count);
        from += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (from == to) {
            int count = in.read(buffer, 0, BUFFER);
            from = 0;
            to = Math.max(0, count);
        }
        return from < to;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
