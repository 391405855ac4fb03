package org.bascule.agent.desktop;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.StreamEndedException;
import org.jspecify.annotations.Nullable;

/** A stream whose client is the test. What the service sends waits for it, up to a bound as the session's credit is one. */
public final class DesktopStream implements ServiceStream {

    private static final int CREDIT = 256 << 10;
    private static final byte[] END = {};
    private static final byte[] FINISHED = {};

    private final BlockingQueue<byte[]> input = new LinkedBlockingQueue<>();
    public final BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();

    // guarded by this
    private final Deque<byte[]> output = new ArrayDeque<>();
    private int waiting;
    private int taken;
    private boolean over;
    private @Nullable Consumer<JsonObject> handler;
    private @Nullable Runnable onEnd;
    public volatile @Nullable String failure;
    public volatile long bytes;
    /** The client acknowledges nothing: events wait. */
    public volatile boolean deaf;

    public volatile boolean closed;
    /** The client is within reach. */
    volatile boolean connected = true;

    public void send(byte[] message) {
        for (int at = 0; at < message.length; at += 8_192) {
            input.add(java.util.Arrays.copyOfRange(message, at, Math.min(message.length, at + 8_192)));
        }
    }

    public synchronized void say(JsonObject event) throws InterruptedException {
        while (handler == null) {
            wait(20_000);
        }
        handler.accept(event);
    }

    public JsonObject next() throws InterruptedException {
        JsonObject event = events.poll(20, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event came, failure: " + failure);
        }
        return event;
    }

    /** Whether nothing more can be sent until the client takes something. */
    public synchronized boolean isFull() {
        return waiting >= CREDIT;
    }

    /** The client says that it sends nothing more. */
    public void finish() {
        input.add(FINISHED);
    }

    /** The client has left, and only who writes has noticed it by now. */
    public synchronized void leaveUntold() {
        over = true;
        notifyAll();
    }

    /** The client leaves. */
    public void leave() {
        Runnable told;
        synchronized (this) {
            over = true;
            told = onEnd;
            notifyAll();
        }
        input.add(END);
        if (told != null) {
            told.run();
        }
    }

    /** What the service sends; ends with the stream. */
    public InputStream received() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return take(target, offset, length);
            }
        };
    }

    private synchronized int take(byte[] target, int offset, int length) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (output.isEmpty() && !over) {
            pause();
            if (System.nanoTime() > deadline) {
                throw new IOException("nothing came in 20 s");
            }
        }
        byte[] first = output.peek();
        if (first == null) {
            return -1;
        }
        int count = Math.min(length, first.length - taken);
        System.arraycopy(first, taken, target, offset, count);
        taken += count;
        waiting -= count;
        if (taken == first.length) {
            output.remove();
            taken = 0;
        }
        notifyAll();
        return count;
    }

    private void pause() throws IOException {
        try {
            wait(1_000);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public synchronized void requireOpen() throws IOException {
        if (over) {
            throw new StreamEndedException(EndReason.DONE, "over");
        }
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        try {
            byte[] next = input.take();
            if (next == FINISHED) {
                return -1;
            }
            if (next.length == 0) {
                throw new StreamEndedException(EndReason.DONE, "over");
            }
            System.arraycopy(next, 0, buffer, 0, next.length);
            return next.length;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            while (waiting >= CREDIT && !over) {
                pause();
            }
            if (over) {
                throw new StreamEndedException(EndReason.DONE, "over");
            }
            int part = Math.min(length - done, CREDIT - waiting);
            output.add(java.util.Arrays.copyOfRange(source, offset + done, offset + done + part));
            waiting += part;
            done += part;
            bytes += part;
            notifyAll();
        }
    }

    @Override
    public void event(JsonObject event) throws IOException {
        synchronized (this) {
            while (deaf && !over) {
                pause();
            }
        }
        events.add(event);
    }

    @Override
    public synchronized void onEvent(Consumer<JsonObject> newHandler) {
        handler = newHandler;
        notifyAll();
    }

    @Override
    public void onEnd(Runnable newHandler) {
        synchronized (this) {
            onEnd = newHandler;
            if (!over) {
                return;
            }
        }
        newHandler.run();
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void fail(String text) {
        failure = text;
        leave();
    }
}
