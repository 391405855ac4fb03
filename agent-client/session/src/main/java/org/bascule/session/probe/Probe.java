package org.bascule.session.probe;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.session.network.Network;
import org.bascule.session.network.WebSocket;
import org.bascule.session.network.WebSocketEnd;
import org.bascule.session.network.WebSocketListener;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.session.RelayAddress;
import org.jspecify.annotations.Nullable;

/** The client's part of one probe: its token, then one message after the other, each answered before the next. */
final class Probe implements WebSocketListener {

    private static final WebSocket.Limits LIMITS =
            new WebSocket.Limits(RelayLimits.PROBE_MESSAGE, RelayLimits.MAX_TOKEN * 2);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RelayAddress relay;
    private final byte[] token;
    private final RoundTrips trips = new RoundTrips();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final CompletableFuture<WebSocket> opening;

    // of the reading thread alone
    private @Nullable WebSocket socket;
    private boolean ready;
    /** What is under way: random, so that nobody answers before he was asked. */
    private final byte[] message = new byte[RelayLimits.PROBE_MESSAGE];

    private long sent;

    /** Begins; over after that time in any case, with what was measured by then. */
    Probe(Network network, RelayAddress relay, String token, Duration within) {
        this.relay = relay;
        this.token = token.getBytes(StandardCharsets.UTF_8);
        opening = network.open(relay.probe(), within, LIMITS, this);
        opening.whenComplete((open, failure) -> {
            if (failure != null) {
                done.complete(null);
            }
        });
        CompletableFuture.delayedExecutor(within.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::giveUp);
    }

    RelayAddress relay() {
        return relay;
    }

    RoundTrips trips() {
        return trips;
    }

    /** Completes when nothing more is measured, whatever became of it; never fails. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Ends it. */
    void giveUp() {
        opening.cancel(true);
        opening.thenAccept(WebSocket::abort);
        done.complete(null);
    }

    @Override
    public void opened(WebSocket opened) {
        socket = opened;
        opened.sendText(token);
    }

    @Override
    public void text(String word) {
        if (ready || !word.equals(RelayLimits.READY)) {
            broken();
            return;
        }
        ready = true;
        next();
    }

    private void next() {
        WebSocket open = socket;
        if (open == null) {
            return;
        }
        RANDOM.nextBytes(message);
        sent = System.nanoTime();
        open.send(message.clone());
    }

    @Override
    public void binary(byte[] buffer, int offset, int length) {
        long took = System.nanoTime() - sent;
        if (!ready || !Arrays.equals(message, 0, message.length, buffer, offset, offset + length)) {
            broken();
        } else if (!trips.add(took)) {
            next();
        } else {
            done.complete(null);
            if (socket != null) {
                socket.close();
            }
        }
    }

    private void broken() {
        done.complete(null);
        if (socket != null) {
            socket.abort();
        }
    }

    @Override
    public void ended(WebSocketEnd end) {
        done.complete(null);
    }
}
