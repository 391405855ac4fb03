package org.bascule.agent.file;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.jspecify.annotations.Nullable;

/** A stream whose client is the test: takes what the service sends, gives it what it should read. */
final class FileStream implements ServiceStream {

    private static final byte[] END = {};

    private final BlockingQueue<byte[]> input = new LinkedBlockingQueue<>();
    final BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();

    // guarded by this
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<JsonObject> early = new ArrayList<>();
    private @Nullable Consumer<JsonObject> handler;

    volatile boolean broken;
    volatile boolean closed;
    /** Called with the bytes sent so far, before they count. */
    volatile Consumer<Long> onWrite = sent -> {};

    private long sent;

    void give(byte[] bytes) {
        for (int at = 0; at < bytes.length; at += 4_096) {
            byte[] part = new byte[Math.min(4_096, bytes.length - at)];
            System.arraycopy(bytes, at, part, 0, part.length);
            input.add(part);
        }
    }

    void end() {
        input.add(END);
    }

    /** The connection is lost. */
    void sever() {
        broken = true;
        input.add(END);
    }

    synchronized void say(JsonObject event) {
        if (handler == null) {
            early.add(event);
        } else {
            handler.accept(event);
        }
    }

    JsonObject next() throws InterruptedException {
        JsonObject event = events.poll(20, TimeUnit.SECONDS);
        if (event == null) {
            throw new AssertionError("no event came");
        }
        return event;
    }

    synchronized byte[] bytes() {
        return output.toByteArray();
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        try {
            byte[] part = input.take();
            if (broken) {
                throw new IOException("lost");
            }
            if (part.length == 0) {
                return -1;
            }
            System.arraycopy(part, 0, buffer, 0, part.length);
            return part.length;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (broken) {
            throw new IOException("lost");
        }
        onWrite.accept(sent);
        sent += length;
        if (output.size() < 64 << 20) {
            output.write(bytes, offset, length);
        }
    }

    @Override
    public void event(JsonObject event) throws IOException {
        if (broken) {
            throw new IOException("lost");
        }
        events.add(event);
    }

    @Override
    public synchronized void onEvent(Consumer<JsonObject> newHandler) {
        handler = newHandler;
        early.forEach(newHandler);
    }

    @Override
    public void onEnd(Runnable onEnd) {
        // nothing here has to be told
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void fail(String text) {
        sever();
    }
}
