package org.bascule.agent.watch;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.jspecify.annotations.Nullable;

/** A stream that keeps what is sent on it, and takes nothing while it is held. */
final class FakeStream implements ServiceStream {

    // guarded by this
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();
    private boolean held;
    private boolean waits;
    private boolean closed;
    private boolean over;
    private String failure = "";
    private @Nullable Runnable endHandler;

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    synchronized void hold(boolean now) {
        held = now;
        notifyAll();
    }

    synchronized boolean waits() {
        return waits;
    }

    synchronized String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Events, and in their places the number of bytes that came before. */
    synchronized List<String> events() {
        return List.copyOf(events);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized String failure() {
        return failure;
    }

    void end() {
        Runnable handler;
        synchronized (this) {
            over = true;
            handler = endHandler;
            notifyAll();
        }
        if (handler != null) {
            handler.run();
        }
    }

    private void awaitRoom() throws IOException {
        try {
            waits = held;
            while (held && !over) {
                wait();
            }
            waits = false;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        if (over) {
            throw new IOException("over");
        }
    }

    @Override
    public synchronized void requireOpen() throws IOException {
        if (over) {
            throw new IOException("over");
        }
    }

    @Override
    public int read(byte[] buffer) {
        return -1;
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) throws IOException {
        awaitRoom();
        bytes.write(source, offset, length);
    }

    @Override
    public synchronized void event(JsonObject event) throws IOException {
        awaitRoom();
        events.add(bytes.size() + " " + event);
    }

    @Override
    public void onEvent(Consumer<JsonObject> handler) {}

    @Override
    public synchronized void onEnd(Runnable handler) {
        endHandler = handler;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    @Override
    public synchronized void fail(String text) {
        failure = text;
    }
}
