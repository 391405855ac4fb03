package org.bascule.agent.system;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** A stream whose client is the test. Takes so many writes as it has been given leave for. */
final class SystemClient implements ServiceStream {

    final List<JsonObject> events = new CopyOnWriteArrayList<>();
    final Semaphore credit = new Semaphore(Integer.MAX_VALUE);
    volatile String failed = "";
    volatile boolean closed;

    // guarded by this
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final List<Runnable> onEnd = new ArrayList<>();
    private boolean over;

    synchronized String text() {
        return output.toString(StandardCharsets.UTF_8);
    }

    synchronized int bytes() {
        return output.size();
    }

    List<JsonObject> lines() throws WireException {
        List<JsonObject> lines = new ArrayList<>();
        String text = text();
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            lines.add(StrictJson.parse(line, 256 << 10).object());
        }
        return lines;
    }

    /** All elements of a member of the lines. */
    List<JsonValue> all(String member) throws WireException {
        List<JsonValue> all = new ArrayList<>();
        for (JsonObject line : lines()) {
            if (line.containsKey(member)) {
                all.addAll(line.getJsonArray(member));
            }
        }
        return all;
    }

    long samples() throws WireException {
        return lines().stream().filter(line -> line.containsKey("sample")).count();
    }

    /** The code of the refusal. */
    String refused() {
        return events.get(events.size() - 1).getJsonObject("error").getString("code");
    }

    void leave() {
        List<Runnable> told;
        synchronized (this) {
            over = true;
            told = List.copyOf(onEnd);
        }
        told.forEach(Runnable::run);
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
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            credit.acquire();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        synchronized (this) {
            output.write(bytes, offset, length);
        }
    }

    @Override
    public void event(JsonObject event) {
        events.add(event);
    }

    @Override
    public void onEvent(Consumer<JsonObject> handler) {
        // nobody says anything
    }

    @Override
    public void onEnd(Runnable handler) {
        boolean now;
        synchronized (this) {
            now = over;
            onEnd.add(handler);
        }
        if (now) {
            handler.run();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void fail(String text) {
        failed = text;
    }
}
