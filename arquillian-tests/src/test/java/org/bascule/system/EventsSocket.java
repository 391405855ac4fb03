package org.bascule.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** A WebSocket of the application without TLS, as the web pages open it: {@code /api/events}. */
final class EventsSocket implements AutoCloseable {

    private final WebSocket socket;
    private final CompletableFuture<Integer> closed;
    private final Queue<String> heard;

    private EventsSocket(WebSocket socket, CompletableFuture<Integer> closed, Queue<String> heard) {
        this.socket = socket;
        this.closed = closed;
        this.heard = heard;
    }

    static EventsSocket open(String url, Map<String, String> headers) {
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        return new EventsSocket(
                connect(url, headers, new WebSocket.Listener() {
                            @Override
                            public CompletionStage<?> onText(WebSocket it, CharSequence text, boolean last) {
                                heard.add(text.toString());
                                it.request(1);
                                return CompletableFuture.completedFuture(null);
                            }

                            @Override
                            public CompletionStage<?> onClose(WebSocket it, int code, String reason) {
                                closed.complete(code);
                                return CompletableFuture.completedFuture(null);
                            }

                            @Override
                            public void onError(WebSocket it, Throwable error) {
                                closed.completeExceptionally(error);
                            }
                        })
                        .join(),
                closed,
                heard);
    }

    /** @return the status with which the handshake is refused */
    static int refusal(String url, Map<String, String> headers) {
        try {
            connect(url, headers, new WebSocket.Listener() {}).join().abort();
            throw new AssertionError("the handshake was accepted");
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw new AssertionError("no answer to the handshake", e);
        }
    }

    private static CompletableFuture<WebSocket> connect(
            String url, Map<String, String> headers, WebSocket.Listener listener) {
        WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
        headers.forEach(builder::header);
        return builder.buildAsync(URI.create(url.replaceFirst("^http", "ws") + "/api/events"), listener);
    }

    WebSocket socket() {
        return socket;
    }

    /** Whether something that came names this. */
    boolean heard(String id) {
        return heard.stream().anyMatch(event -> event.contains(id));
    }

    boolean isOpen() {
        return !closed.isDone();
    }

    /** @return the close code */
    int awaitClose(Duration limit) throws Exception {
        return closed.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
