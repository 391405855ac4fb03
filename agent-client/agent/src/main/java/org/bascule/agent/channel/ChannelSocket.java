package org.bascule.agent.channel;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bascule.agent.channel.ChannelException.Reason;
import org.bascule.agent.state.Registration;
import org.bascule.agent.tls.ConnectionFailure;
import org.bascule.agent.tls.SeenCertificate;
import org.bascule.agent.tls.ServerTrust;
import org.bascule.wire.control.ControlMessage;
import org.jspecify.annotations.Nullable;

/** One WebSocket to an access server. What arrives is queued for one reader; what is sent is put in order. Bounded both ways. */
final class ChannelSocket implements WebSocket.Listener {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int QUEUE = 256;
    private static final String PATH = "/agent/v1";

    private final BlockingQueue<Arrival> arrivals = new ArrayBlockingQueue<>(QUEUE);
    private final StringBuilder partial = new StringBuilder();
    private final SeenCertificate seen = new SeenCertificate();
    private final URI server;

    private volatile boolean closed;

    // guarded by this
    private @Nullable WebSocket socket;
    private CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
    private int unsent;

    /** A message, or the end with its cause. */
    private record Arrival(@Nullable String text, @Nullable ChannelException end) {}

    private ChannelSocket(URI server) {
        this.server = server;
    }

    /**
     * Connects.
     *
     * @param server base URL, {@code https}
     */
    static ChannelSocket connect(URI server, ServerTrust trust, Executor executor)
            throws ChannelException, InterruptedException {
        ChannelSocket channel = new ChannelSocket(server);
        HttpClient client = HttpClient.newBuilder()
                .sslContext(trust.context(channel.seen))
                .sslParameters(ServerTrust.parameters())
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .executor(executor)
                .build();
        CompletableFuture<WebSocket> opening = client.newWebSocketBuilder()
                .connectTimeout(CONNECT)
                .buildAsync(URI.create("wss" + server.toString().substring("https".length()) + PATH), channel);
        try {
            WebSocket socket = opening.get(CONNECT.toSeconds() + 5, TimeUnit.SECONDS);
            synchronized (channel) {
                channel.socket = socket;
            }
            return channel;
        } catch (ExecutionException e) {
            throw unreachable(server, e);
        } catch (TimeoutException e) {
            opening.cancel(true);
            throw unreachable(server, e);
        } catch (InterruptedException e) {
            opening.cancel(true);
            throw e;
        }
    }

    private static ChannelException unreachable(URI server, Throwable cause) {
        return new ChannelException(
                Reason.UNREACHABLE, server + " cannot be reached: " + ConnectionFailure.describe(cause), cause);
    }

    ChannelProtocol.Connection connection() throws ChannelException {
        byte[] hash = seen.spkiHash()
                .orElseThrow(() -> new ChannelException(Reason.NOT_TRUSTED, "the server showed no certificate"));
        return new ChannelProtocol.Connection(Registration.authority(server), hash);
    }

    /** The next message; null when none came in time. */
    @Nullable
    String next(Duration timeout) throws ChannelException, InterruptedException {
        Arrival arrival = arrivals.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (arrival == null) {
            return null;
        }
        if (arrival.end() != null) {
            throw arrival.end();
        }
        return arrival.text();
    }

    /** Sends after what was sent before. Never blocks: a server that does not read loses its connection. */
    synchronized void send(ControlMessage message) {
        WebSocket target = socket;
        if (closed || target == null) {
            return;
        }
        if (++unsent > QUEUE) {
            end(new ChannelException(Reason.UNREACHABLE, "the server does not read"));
            return;
        }
        String text = message.toJson();
        sending = sending.thenCompose(previous -> target.sendText(text, true)).whenComplete((sent, failure) -> {
            synchronized (this) {
                unsent--;
            }
            if (failure != null) {
                end(new ChannelException(Reason.UNREACHABLE, "the connection was lost", failure));
            }
        });
    }

    /** Says good-bye, then cuts the connection. */
    void close() {
        WebSocket target;
        CompletableFuture<?> last;
        synchronized (this) {
            target = socket;
            last = sending;
        }
        if (closed || target == null) {
            return;
        }
        closed = true;
        try {
            last.thenCompose(sent -> target.sendClose(WebSocket.NORMAL_CLOSURE, ""))
                    .get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // it is cut in any case
        } finally {
            target.abort();
        }
    }

    private void end(ChannelException why) {
        closed = true;
        WebSocket target;
        synchronized (this) {
            target = socket;
        }
        if (target != null) {
            target.abort();
        }
        if (!arrivals.offer(new Arrival(null, why))) {
            arrivals.clear();
            arrivals.add(new Arrival(null, why));
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        if (partial.length() + data.length() > ControlMessage.MAX_LENGTH) {
            end(new ChannelException(Reason.PROTOCOL, "the server's message is too long"));
            return null;
        }
        partial.append(data);
        if (last) {
            String text = partial.toString();
            partial.setLength(0);
            partial.trimToSize();
            if (!arrivals.offer(new Arrival(text, null))) {
                end(new ChannelException(Reason.PROTOCOL, "the server sends faster than this device can follow"));
                return null;
            }
        }
        webSocket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket webSocket, java.nio.ByteBuffer data, boolean last) {
        end(new ChannelException(Reason.PROTOCOL, "the server sent a binary message"));
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        end(new ChannelException(Reason.UNREACHABLE, "the server closed the connection (" + statusCode + ")"));
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        String what = error instanceof IOException ? "the connection was lost" : "the connection failed";
        end(new ChannelException(Reason.UNREACHABLE, what, error));
    }
}
