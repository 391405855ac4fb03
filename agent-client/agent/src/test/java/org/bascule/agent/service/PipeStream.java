package org.bascule.agent.service;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A stream whose other end is the test: keeps what the service sends, gives credit as the test says. */
final class PipeStream implements ServiceStream {

    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> input = new LinkedBlockingQueue<>();

    // guarded by this
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<JsonObject> events = new ArrayList<>();
    private long credit = Long.MAX_VALUE;
    private @Nullable Consumer<JsonObject> eventHandler;
    private @Nullable Runnable endHandler;
    private boolean over;
    private boolean closed;

    // ---- the test's side ----

    void type(String text) {
        input.add(text.getBytes(StandardCharsets.UTF_8));
    }

    void closeInput() {
        input.add(END);
    }

    /** Pieces of input that the service has not taken yet. */
    int untaken() {
        return input.size();
    }

    synchronized void limit(long bytes) {
        credit = bytes;
    }

    synchronized void grant(long bytes) {
        credit += bytes;
        notifyAll();
    }

    void send(JsonObject event) throws InterruptedException {
        await(() -> {
            synchronized (this) {
                return eventHandler != null;
            }
        });
        Consumer<JsonObject> handler;
        synchronized (this) {
            handler = eventHandler;
        }
        if (handler != null) {
            handler.accept(event);
        }
    }

    void reset() {
        Runnable handler;
        synchronized (this) {
            over = true;
            handler = endHandler;
            notifyAll();
        }
        input.add(END);
        if (handler != null) {
            handler.run();
        }
    }

    synchronized byte[] bytes() {
        return output.toByteArray();
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    synchronized List<JsonObject> events() {
        return List.copyOf(events);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    void awaitText(String part) throws InterruptedException {
        try {
            await(() -> text().contains(part));
        } catch (AssertionError e) {
            throw new AssertionError("'" + part + "' did not come, but: " + text(), e);
        }
    }

    void awaitClosed() throws InterruptedException {
        await(this::isClosed);
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + DEADLINE);
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    // ---- the service's side ----

    @Override
    public synchronized void requireOpen() throws IOException {
        if (over) {
            throw new IOException("over");
        }
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        try {
            byte[] next = input.take();
            synchronized (this) {
                if (over) {
                    throw new IOException("reset");
                }
            }
            if (next.length == 0) {
                return -1;
            }
            System.arraycopy(next, 0, buffer, 0, next.length);
            return next.length;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            while (credit == 0 && !over) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
            if (over) {
                throw new IOException("reset");
            }
            int part = (int) Math.min(credit, length - done);
            output.write(bytes, offset + done, part);
            credit -= part;
            done += part;
        }
    }

    @Override
    public synchronized void event(JsonObject event) throws IOException {
        if (over) {
            throw new IOException("reset");
        }
        events.add(event);
    }

    @Override
    public synchronized void onEvent(Consumer<JsonObject> handler) {
        eventHandler = handler;
    }

    @Override
    public synchronized void onEnd(Runnable handler) {
        endHandler = handler;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public void fail(String text) {
        reset();
    }
}
