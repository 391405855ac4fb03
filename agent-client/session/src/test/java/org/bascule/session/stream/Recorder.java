package org.bascule.session.stream;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A handler, a service and a listener that note everything. Consumes at once unless told otherwise. */
final class Recorder implements StreamHandler, ServiceHandler, SessionListener {

    private static final long WAIT_SECONDS = 20;

    final BlockingQueue<SessionStream> opened = new LinkedBlockingQueue<>();
    final BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
    final BlockingQueue<String> refused = new LinkedBlockingQueue<>();
    final BlockingQueue<SessionStream> writable = new LinkedBlockingQueue<>();
    final CompletableFuture<EndReason> streamEnded = new CompletableFuture<>();
    final CompletableFuture<Session> started = new CompletableFuture<>();
    final CompletableFuture<SessionEnd> sessionEnded = new CompletableFuture<>();
    final CompletableFuture<Boolean> finished = new CompletableFuture<>();
    final List<JsonObject> arguments = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    volatile boolean consume = true;

    @Override
    public StreamHandler open(SessionStream stream, Service service, JsonObject json) {
        arguments.add(json);
        opened.add(stream);
        return this;
    }

    @Override
    public void data(SessionStream stream, byte[] buffer, int offset, int length) {
        synchronized (bytes) {
            bytes.write(buffer, offset, length);
            bytes.notifyAll();
        }
        if (consume) {
            stream.consumed(length);
        }
    }

    @Override
    public void event(SessionStream stream, JsonObject event) {
        events.add(event);
    }

    @Override
    public void finished(SessionStream stream) {
        finished.complete(true);
    }

    @Override
    public void writable(SessionStream stream) {
        writable.add(stream);
    }

    @Override
    public void ended(SessionStream stream, EndReason reason, String text) {
        streamEnded.complete(reason);
    }

    @Override
    public void started(Session session) {
        started.complete(session);
    }

    @Override
    public void notPermitted(Session session, String service) {
        refused.add(service);
    }

    @Override
    public void ended(Session session, SessionEnd end) {
        sessionEnded.complete(end);
    }

    static <T> T within(CompletableFuture<T> future) throws Exception {
        return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        T value = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
        if (value == null) {
            throw new AssertionError("nothing came");
        }
        return value;
    }

    /** Waits for so many bytes and returns all. */
    byte[] bytes(int count) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        synchronized (bytes) {
            while (bytes.size() < count) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("only %d of %d bytes came".formatted(bytes.size(), count));
                }
                bytes.wait(left);
            }
            return bytes.toByteArray();
        }
    }

    int count() {
        synchronized (bytes) {
            return bytes.size();
        }
    }
}
