package org.bascule.session.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The received bytes of a stream as an {@link InputStream}, for a thread of its own. Holds at most the credit of a stream ({@link SessionStream#FULL_CREDIT}, and what it was {@linkplain #extend extended} by). Reading gives credit back;
 * a reset or the end of the session makes reading fail with {@link StreamEndedException} after what had arrived.
 */
public final class StreamInput extends InputStream {

    private static final int FIRST = 4 << 10;

    private final SessionStream stream;

    /** The fields below are guarded by this object's monitor. */
    private byte[] ring = new byte[FIRST];

    private int capacity = SessionStream.FULL_CREDIT;

    private int head;
    private int size;
    private boolean finished;
    private @Nullable StreamEndedException failure;

    public StreamInput(SessionStream stream) {
        this.stream = stream;
    }

    /** From {@link StreamHandler#data}. */
    public synchronized void add(byte[] buffer, int offset, int length) {
        grow(size + length);
        int tail = (head + size) % ring.length;
        int first = Math.min(length, ring.length - tail);
        System.arraycopy(buffer, offset, ring, tail, first);
        System.arraycopy(buffer, offset + first, ring, 0, length - first);
        size += length;
        notifyAll();
    }

    private void grow(int needed) {
        if (needed <= ring.length) {
            return;
        }
        if (needed > capacity) {
            throw new IllegalStateException("more than the credit of a stream");
        }
        byte[] larger = new byte[Math.min(capacity, Math.max(needed, ring.length * 4))];
        int first = Math.min(size, ring.length - head);
        System.arraycopy(ring, head, larger, 0, first);
        System.arraycopy(ring, 0, larger, first, size - first);
        ring = larger;
        head = 0;
    }

    /** Holds so much more: before {@link SessionStream#widen}; less again if that says no. */
    public synchronized void extend(int more) {
        capacity += more;
    }

    /** From {@link StreamHandler#finished}: the end of the input. */
    public synchronized void end() {
        finished = true;
        notifyAll();
    }

    /** From {@link StreamHandler#ended}: after what has arrived, reading fails, unless the input had ended in order. */
    public synchronized void fail(EndReason reason, String text) {
        if (!finished) {
            failure = new StreamEndedException(reason, text);
        }
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count = take(target, offset, length);
        if (count > 0) {
            stream.consumed(count);
        }
        return count;
    }

    private synchronized int take(byte[] target, int offset, int length) throws IOException {
        while (size == 0) {
            if (finished) {
                return -1;
            }
            if (failure != null) {
                throw failure;
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
        int count = Math.min(length, size);
        int first = Math.min(count, ring.length - head);
        System.arraycopy(ring, head, target, offset, first);
        System.arraycopy(ring, 0, target, offset + first, count - first);
        head = (head + count) % ring.length;
        size -= count;
        return count;
    }

    @Override
    public synchronized int available() {
        return size;
    }
}
