package org.bascule.agent.file;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.StreamEndedException;
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
    private Runnable endHandler = () -> {};

    volatile boolean broken;
    volatile boolean closed;
    private volatile @Nullable StreamEndedException lost;
    private final AtomicInteger looksLeft = new AtomicInteger();
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
        over();
    }

    private void over() {
        input.add(END);
        Runnable told;
        synchronized (this) {
            told = endHandler;
        }
        told.run();
    }

    /**
     * As a session ends a stream: what has arrived is still there to be read.
     *
     * @param looks how often the service may look before it notices
     */
    void lose(EndReason reason, String text, int looks) {
        looksLeft.set(looks);
        lost = new StreamEndedException(reason, text);
        over();
    }

    @Override
    public void requireOpen() throws IOException {
        if (broken) {
            throw new IOException("lost");
        }
        StreamEndedException end = lost;
        if (end != null && looksLeft.getAndDecrement() <= 0) {
            throw end;
        }
    }

    synchronized void say(JsonObject event) {
        if (handler == null) {
            early.add(event);
        } else {
            handler.accept(event);
        }
    }

    JsonObject next() throws InterruptedException {
        JsonObject event = events.poll(120, TimeUnit.SECONDS);
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
            StreamEndedException end = lost;
            if (part.length == 0 && end != null) {
                throw end;
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
    public void onEnd(Runnable handlerOfEnd) {
        synchronized (this) {
            endHandler = handlerOfEnd;
        }
        if (broken || lost != null) {
            handlerOfEnd.run();
        }
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
