package org.bascule.agent.channel;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bascule.agent.channel.ChannelException.Reason;
import org.bascule.agent.state.Registration;
import org.bascule.agent.tls.ConnectionFailure;
import org.bascule.session.network.Network;
import org.bascule.session.network.WebSocket;
import org.bascule.session.network.WebSocketEnd;
import org.bascule.session.network.WebSocketListener;
import org.bascule.wire.Sha256;
import org.bascule.wire.control.ControlMessage;
import org.jspecify.annotations.Nullable;

/** One WebSocket to an access server. What arrives is queued for one reader; what is sent is put in order. Bounded both ways. */
final class ChannelSocket implements WebSocketListener {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final int QUEUE = 256;
    private static final String PATH = "/agent/v1";

    /** A message is bounded in characters; in UTF-8 one has at most three bytes. Sent messages wait up to {@link #QUEUE} of the greatest usual size. */
    private static final WebSocket.Limits LIMITS = new WebSocket.Limits(3 * ControlMessage.MAX_LENGTH, 4 << 20);

    private final BlockingQueue<Arrival> arrivals = new ArrayBlockingQueue<>(QUEUE);
    private final URI server;

    private volatile boolean closed;
    private volatile @Nullable WebSocket socket;

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
    static ChannelSocket connect(URI server, Network network) throws ChannelException, InterruptedException {
        ChannelSocket channel = new ChannelSocket(server);
        URI url = URI.create("wss" + server.toString().substring("https".length()) + PATH);
        CompletableFuture<WebSocket> opening = network.open(url, CONNECT, LIMITS, channel);
        try {
            // a name that is not resolved holds up longer than any socket
            opening.get(CONNECT.toSeconds() + 5, TimeUnit.SECONDS);
            return channel;
        } catch (ExecutionException | TimeoutException e) {
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
        WebSocket open = socket;
        X509Certificate leaf = (open == null ? java.util.Optional.<X509Certificate>empty() : open.certificate())
                .orElseThrow(() -> new ChannelException(Reason.NOT_TRUSTED, "the server showed no certificate"));
        return new ChannelProtocol.Connection(
                Registration.authority(server), Sha256.of(leaf.getPublicKey().getEncoded()));
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
    void send(ControlMessage message) {
        WebSocket open = socket;
        if (!closed && open != null && !open.sendText(message.toJson().getBytes(StandardCharsets.UTF_8))) {
            end(new ChannelException(Reason.UNREACHABLE, "the server does not read"));
        }
    }

    /** Says good-bye, then cuts the connection. */
    void close() {
        WebSocket open = socket;
        if (closed || open == null) {
            return;
        }
        closed = true;
        try {
            open.close().get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // it is cut in any case
        } finally {
            open.abort();
        }
    }

    private void end(ChannelException why) {
        closed = true;
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
        if (!arrivals.offer(new Arrival(null, why))) {
            arrivals.clear();
            arrivals.add(new Arrival(null, why));
        }
    }

    @Override
    public void opened(WebSocket opened) {
        socket = opened;
    }

    @Override
    public void text(String message) {
        if (message.length() > ControlMessage.MAX_LENGTH) {
            end(new ChannelException(Reason.PROTOCOL, "the server's message is too long"));
        } else if (!closed && !arrivals.offer(new Arrival(message, null))) {
            end(new ChannelException(Reason.PROTOCOL, "the server sends faster than this device can follow"));
        }
    }

    @Override
    public void binary(byte[] buffer, int offset, int length) {
        end(new ChannelException(Reason.PROTOCOL, "the server sent a binary message"));
    }

    @Override
    public void ended(WebSocketEnd why) {
        if (closed) {
            return;
        }
        end(
                switch (why.kind()) {
                    case CLOSED ->
                        new ChannelException(
                                Reason.UNREACHABLE, "the server closed the connection (" + why.code() + ")");
                    case LOST -> new ChannelException(Reason.UNREACHABLE, "the connection was lost");
                    case TOO_LARGE -> new ChannelException(Reason.PROTOCOL, "the server's message is too long");
                    case PROTOCOL ->
                        new ChannelException(
                                Reason.PROTOCOL, "the server breaks the WebSocket protocol: " + why.detail());
                });
    }
}
