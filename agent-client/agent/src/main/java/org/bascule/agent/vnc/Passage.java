package org.bascule.agent.vnc;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/** Reads from the server, and hands on what is permitted: held back only until the server has sent nothing more for the moment. For one thread, but for {@link #isIdle}. */
final class Passage {

    /** A server that was waiting for room goes on to send before. */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final InputStream in;
    private final OutputStream out;
    private final byte[] incoming = new byte[32 << 10];
    private final byte[] outgoing = new byte[32 << 10];
    private int at;
    private int limit;
    private int held;
    private volatile boolean waiting = true;
    private volatile long waitingSince = System.nanoTime();

    Passage(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /** The next byte, or -1 at the end. */
    int next() throws IOException {
        return at < limit || fill() ? incoming[at++] & 255 : -1;
    }

    private boolean fill() throws IOException {
        flush();
        waitingSince = System.nanoTime();
        waiting = true;
        int count = in.read(incoming, 0, incoming.length);
        waiting = false;
        at = 0;
        limit = Math.max(0, count);
        return count >= 0;
    }

    /** Whether the client has taken everything, so that the server waits for nobody. */
    boolean isIdle() {
        return waiting && System.nanoTime() - waitingSince >= IDLE_NANOS;
    }

    int u8() throws IOException {
        int value = next();
        if (value < 0) {
            throw new EOFException();
        }
        return value;
    }

    int u16() throws IOException {
        return u8() << 8 | u8();
    }

    int i32() throws IOException {
        return u16() << 16 | u16();
    }

    byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        int done = 0;
        while (done < count) {
            require();
            int part = Math.min(limit - at, count - done);
            System.arraycopy(incoming, at, bytes, done, part);
            at += part;
            done += part;
        }
        return bytes;
    }

    void skip(long count) throws IOException {
        long left = count;
        while (left > 0) {
            require();
            int part = (int) Math.min(left, limit - at);
            at += part;
            left -= part;
        }
    }

    private void require() throws IOException {
        if (at == limit && !fill()) {
            throw new EOFException();
        }
    }

    /** Hands on so many bytes as they are. */
    void pass(long count) throws IOException {
        long left = count;
        while (left > 0) {
            require();
            int part = (int) Math.min(left, limit - at);
            put(incoming, at, part);
            at += part;
            left -= part;
        }
    }

    void put8(int value) throws IOException {
        if (held == outgoing.length) {
            flush();
        }
        outgoing[held++] = (byte) value;
    }

    void put16(int value) throws IOException {
        put8(value >> 8);
        put8(value);
    }

    void put32(int value) throws IOException {
        put16(value >>> 16);
        put16(value);
    }

    void put(byte[] bytes) throws IOException {
        put(bytes, 0, bytes.length);
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
        if (length > outgoing.length - held) {
            flush();
        }
        if (length > outgoing.length) {
            out.write(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, outgoing, held, length);
            held += length;
        }
    }

    void flush() throws IOException {
        if (held > 0) {
            int length = held;
            held = 0;
            out.write(outgoing, 0, length);
        }
    }
}
