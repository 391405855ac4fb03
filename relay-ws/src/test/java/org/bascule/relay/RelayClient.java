package org.bascule.relay;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayToken;
import org.jspecify.annotations.Nullable;

/** One end of a session at a real relay, step by step. */
final class RelayClient implements WebSocket.Listener {

    static final Duration WITHIN = Duration.ofSeconds(20);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** What came: text, binary in hex, or the close code. */
    record Event(@Nullable String text, byte @Nullable [] binary, int closed) {

        @Override
        public String toString() {
            if (text != null) {
                return "text " + text;
            }
            return binary != null ? "binary " + binary.length : "closed " + closed;
        }
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();
    private final java.io.ByteArrayOutputStream binary = new java.io.ByteArrayOutputStream();
    private volatile boolean reading = true;
    private final WebSocket socket;

    RelayClient(URI relay, String sid) {
        socket = HTTP.newWebSocketBuilder()
                .buildAsync(URI.create(relay + "/v1/" + sid), this)
                .orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    RelayClient(URI relay, SessionId sid) {
        this(relay, sid.hex());
    }

    /** Connects and proves itself; what the relay says then is to be read with {@link #next}. */
    static RelayClient admitted(URI relay, RelayToken token, RelayTokenSigningKey key, RelayProofKey proof) {
        RelayClient client = new RelayClient(relay, token.sid());
        client.send(token.sign(key));
        client.send(proof.sign(RelayProof.signedBytes(token.relay(), client.nonce(), token.sid(), token.role())));
        return client;
    }

    byte[] nonce() {
        Event event = next();
        if (event.binary() == null) {
            throw new AssertionError("a nonce was expected, not " + event);
        }
        return event.binary();
    }

    Event next() {
        return next(WITHIN);
    }

    private Event next(Duration within) {
        try {
            Event event = events.poll(within.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("nothing came within " + within);
            }
            return event;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The close code; a failure names what was tried. */
    int closeCode(String tried) {
        try {
            return closeCode();
        } catch (AssertionError e) {
            throw new AssertionError("after '" + tried + "'", e);
        }
    }

    /** The close code, after whatever else still comes. */
    int closeCode() {
        return closeCode(WITHIN);
    }

    int closeCode(Duration within) {
        Event event = next(within);
        while (event.closed() == 0) {
            event = next(within);
        }
        return event.closed();
    }

    void send(String message) {
        await(socket.sendText(message, true));
    }

    void send(byte[] message) {
        await(socket.sendBinary(ByteBuffer.wrap(message), true));
    }

    void sendPart(byte[] part, boolean last) {
        await(socket.sendBinary(ByteBuffer.wrap(part), last));
    }

    CompletableFuture<WebSocket> sendAsync(byte[] message) {
        return socket.sendBinary(ByteBuffer.wrap(message), true);
    }

    private static void await(CompletableFuture<WebSocket> sending) {
        sending.orTimeout(WITHIN.toSeconds(), TimeUnit.SECONDS).join();
    }

    void close() {
        await(socket.sendClose(1000, ""));
    }

    void abort() {
        socket.abort();
    }

    /** Stops taking anything from the network. */
    void stopReading() {
        reading = false;
    }

    private void more() {
        if (reading) {
            socket.request(1);
        }
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        webSocket.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            events.add(new Event(text.toString(), null, 0));
            text.setLength(0);
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        binary.writeBytes(bytes);
        if (last) {
            events.add(new Event(null, binary.toByteArray(), 0));
            binary.reset();
        }
        more();
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        events.add(new Event(null, null, statusCode));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        events.add(new Event(null, null, 1006));
    }

    @Override
    public String toString() {
        return "RelayClient@" + HexFormat.of().toHexDigits(hashCode());
    }
}
