package org.bascule.agent.watch;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.agent.service.ServiceStream;
import org.bascule.agent.service.TerminalTap;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.service.WatchRequest;
import org.jspecify.annotations.Nullable;

/** The last output of a terminal, and its size. Writers only copy; every watcher reads at its own pace and starts anew when it is left behind. Thread-safe. */
public final class TerminalPicture implements WatchedTool, TerminalTap {

    static final String SERVICE = "terminal";
    /** Output that is kept, in bytes. */
    static final int KEPT = 64 << 10;

    private static final int FIRST = 4 << 10;
    private static final int CHUNK = 16 << 10;
    /** How far a line's beginning is looked for where a picture begins. */
    private static final int LOOK = 4 << 10;

    private final TerminalText text = new TerminalText(this);

    // guarded by this
    /** The byte at position p is at p modulo its length; it grows with what comes. */
    private byte[] ring = new byte[FIRST];

    private long total;
    private TerminalSize size;
    private long resized;
    private boolean over;

    public TerminalPicture(TerminalSize size) {
        this.size = size;
    }

    @Override
    public String service() {
        return SERVICE;
    }

    @Override
    public Optional<List<String>> text() {
        return Optional.of(text.lines());
    }

    @Override
    public synchronized void output(byte[] bytes, int length) {
        int from = Math.max(length - KEPT, 0);
        total += from;
        grow(total + length - from);
        for (int done = from; done < length; ) {
            int at = (int) (total % ring.length);
            int part = Math.min(length - done, ring.length - at);
            System.arraycopy(bytes, done, ring, at, part);
            done += part;
            total += part;
        }
        notifyAll();
    }

    /** Until it has its full size nothing wraps around, so what is kept stays where it is. */
    private void grow(long needed) {
        if (needed > ring.length && ring.length < KEPT) {
            int length = ring.length;
            while (length < needed && length < KEPT) {
                length *= 2;
            }
            ring = Arrays.copyOf(ring, length);
        }
    }

    @Override
    public synchronized void resized(TerminalSize newSize) {
        size = newSize;
        resized++;
        notifyAll();
    }

    @Override
    public synchronized void over() {
        over = true;
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
    }

    /**
     * What a watcher gets next.
     *
     * @param anew it begins anew
     * @param to the position behind the bytes
     */
    record Step(boolean anew, boolean resize, TerminalSize size, long resized, byte[] bytes, long to) {}

    @Override
    public void show(ServiceStream stream, Watcher watcher) throws IOException, InterruptedException {
        AtomicBoolean gone = new AtomicBoolean();
        stream.onEnd(() -> {
            gone.set(true);
            wake();
        });
        long position = -1;
        long sizeTold = -1;
        for (Step step = next(position, sizeTold, gone); step != null; step = next(position, sizeTold, gone)) {
            if (step.anew()) {
                stream.event(WatchRequest.pictureEvent(step.size()));
            } else if (step.resize()) {
                stream.event(step.size().toResizeEvent());
            }
            stream.write(step.bytes(), 0, step.bytes().length);
            position = step.to();
            sizeTold = step.resized();
        }
        stream.close();
    }

    /** Waits for it; null when there will be nothing more. */
    private synchronized @Nullable Step next(long position, long sizeTold, AtomicBoolean gone)
            throws InterruptedException {
        while (position == total && sizeTold == resized && !over && !gone.get()) {
            wait();
        }
        return gone.get() ? null : due(position, sizeTold);
    }

    /** The same without waiting. */
    synchronized @Nullable Step due(long position, long sizeTold) {
        if (position == total && (over || sizeTold == resized)) {
            return null;
        }
        boolean anew = position < 0 || total - position > ring.length;
        long from = anew ? beginning() : position;
        byte[] bytes = new byte[(int) Math.min(total - from, CHUNK)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = at(from + i);
        }
        return new Step(anew, sizeTold != resized, size, resized, bytes, from + bytes.length);
    }

    private byte at(long position) {
        return ring[(int) (position % ring.length)];
    }

    /** Of a picture: where a line begins, or at least a character, if the beginning of the output is no longer there. */
    private long beginning() {
        long oldest = Math.max(total - ring.length, 0);
        if (oldest == 0) {
            return 0;
        }
        for (long i = oldest; i < oldest + LOOK; i++) {
            if (at(i) == '\n') {
                return i + 1;
            }
        }
        long start = oldest;
        while (start < oldest + 4 && (at(start) & 0xc0) == 0x80) {
            start++;
        }
        return start;
    }
}
