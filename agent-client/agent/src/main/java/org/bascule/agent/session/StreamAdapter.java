package org.bascule.agent.session;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamInput;
import org.jspecify.annotations.Nullable;

/** A stream of a session for a service that has threads of its own. */
final class StreamAdapter implements ServiceStream, StreamHandler {

    /** Events that may come before the service is there to take them. */
    private static final int MAX_EARLY = 16;
    /** None of today's is longer. */
    private static final int MAX_EARLY_LENGTH = 1_024;

    private final SessionStream stream;
    private final StreamInput input;

    // guarded by this
    private final Queue<JsonObject> early = new ArrayDeque<>();
    private @Nullable Consumer<JsonObject> eventHandler;
    private @Nullable Runnable endHandler;
    private @Nullable StreamEndedException over;

    StreamAdapter(SessionStream stream) {
        this.stream = stream;
        this.input = new StreamInput(stream);
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        return input.read(buffer, 0, buffer.length);
    }

    @Override
    public boolean isConnected() {
        return stream.session().isConnected();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        stream.write(bytes, offset, length);
    }

    @Override
    public void event(JsonObject event) throws IOException {
        stream.sendEvent(event);
    }

    @Override
    public synchronized void onEvent(Consumer<JsonObject> handler) {
        eventHandler = handler;
        early.forEach(handler);
        early.clear();
    }

    @Override
    public void onEnd(Runnable handler) {
        synchronized (this) {
            endHandler = handler;
            if (over == null) {
                return;
            }
        }
        handler.run();
    }

    @Override
    public boolean widen(int more) {
        input.extend(more);
        boolean widened = stream.widen(more);
        if (!widened) {
            input.extend(-more);
        }
        return widened;
    }

    @Override
    public void close() {
        stream.finish();
    }

    @Override
    public void fail(String text) {
        stream.reset(EndReason.FAILED, text);
    }

    synchronized boolean isOver() {
        return over != null;
    }

    @Override
    public synchronized void requireOpen() throws IOException {
        if (over != null) {
            throw new StreamEndedException(over.reason(), over.text());
        }
    }

    /** What the device does not permit. */
    void refuse(String text) {
        stream.reset(EndReason.NOT_PERMITTED, text);
    }

    @Override
    public void data(SessionStream from, byte[] buffer, int offset, int length) {
        input.add(buffer, offset, length);
    }

    @Override
    public synchronized void event(SessionStream from, JsonObject event) {
        if (eventHandler != null) {
            eventHandler.accept(event);
        } else if (early.size() < MAX_EARLY && event.toString().length() <= MAX_EARLY_LENGTH) {
            early.add(event);
        }
    }

    @Override
    public void finished(SessionStream from) {
        input.end();
    }

    @Override
    public void ended(SessionStream from, EndReason reason, String text) {
        input.fail(reason, text);
        Runnable handler;
        synchronized (this) {
            over = new StreamEndedException(reason, text);
            handler = endHandler;
        }
        if (handler != null) {
            handler.run();
        }
    }
}
