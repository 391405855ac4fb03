package org.bascule.agent.chat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bascule.agent.service.ServiceStream;
import org.bascule.session.service.ChatMessage;

/** A stream whose client is the test. */
final class ChatClient implements ServiceStream {

    final List<JsonObject> events = new CopyOnWriteArrayList<>();
    volatile String failed = "";
    volatile boolean closed;

    private final PipedOutputStream typed = new PipedOutputStream();
    private final PipedInputStream input;

    // guarded by this
    private final List<Runnable> onEnd = new ArrayList<>();

    ChatClient() throws IOException {
        input = new PipedInputStream(typed, 1 << 20);
    }

    void say(String text) throws IOException {
        raw(new String(ChatMessage.line(text), StandardCharsets.UTF_8));
    }

    void raw(String line) throws IOException {
        typed.write(line.getBytes(StandardCharsets.UTF_8));
        typed.flush();
    }

    void leave() throws IOException {
        typed.close();
    }

    /** What the device calls text of messages, in order. */
    List<String> messages() {
        return events.stream()
                .filter(event -> event.containsKey("message"))
                .map(event -> event.getJsonObject("message"))
                .map(message -> message.getString("from") + ": " + message.getString("text"))
                .toList();
    }

    List<String> refusals() {
        return events.stream()
                .filter(event -> event.containsKey("refused"))
                .map(event -> event.getJsonObject("refused").getString("code"))
                .toList();
    }

    /** The newest of what was told about the device. */
    JsonObject device() {
        return events.stream()
                .filter(event -> event.containsKey("device"))
                .map(event -> event.getJsonObject("device"))
                .reduce((before, after) -> after)
                .orElse(JsonObject.EMPTY_JSON_OBJECT);
    }

    @Override
    public void requireOpen() throws IOException {
        if (closed || !failed.isEmpty()) {
            throw new IOException("over");
        }
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        return input.read(buffer);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        throw new IllegalStateException("a chat is events");
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
    public synchronized void onEnd(Runnable handler) {
        onEnd.add(handler);
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
