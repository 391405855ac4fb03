package org.bascule.session.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.bascule.session.network.Failure;
import org.bascule.session.network.Network;
import org.bascule.session.network.WebSocket;
import org.bascule.session.network.WebSocketEnd;
import org.bascule.session.network.WebSocketListener;
import org.bascule.wire.Bytes;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.RelayAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way through a relay ({@code docs/protocol/relay.md}): joins with token and proof of possession, then carries binary messages over one WebSocket.
 *
 * <p>At most {@value #MAX_QUEUED} bytes wait to be sent: a session keeps less than that unacknowledged, so more is a mistake and closes the transport. Reading stops
 * while the receiver is at work, so a slow receiver is felt by the sender and not by the heap.
 */
public final class RelayTransport implements Transport {

    /** Bytes that may wait to be sent. */
    static final int MAX_QUEUED = 8 << 20;

    private static final WebSocket.Limits LIMITS = new WebSocket.Limits(RelayLimits.MAX_MESSAGE, MAX_QUEUED);
    private static final int NORMAL = 1_000;

    private final URI endpoint;
    private final CompletableFuture<RelayTransport> paired = new CompletableFuture<>();

    /** Guards the fields below it. */
    private final Object lock = new Object();

    private boolean closing;
    private boolean waiting;
    private @Nullable WebSocket socket;
    private @Nullable RelayJoin join;
    private @Nullable Receiver receiver;
    private @Nullable TransportEnd end;
    private boolean reported;

    private RelayTransport(URI endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * What an end needs to be admitted to a relay.
     *
     * @param attempt 0 for the first transport of a session; otherwise {@code token} is one in reserve, and this is proved with it
     */
    public record RelayJoin(
            RelayAddress relay, SessionId sid, RelayRole role, String token, RelayProofKey proof, long attempt) {

        /** For the first transport. */
        public RelayJoin(RelayAddress relay, SessionId sid, RelayRole role, String token, RelayProofKey proof) {
            this(relay, sid, role, token, proof, 0);
        }

        /** The answer to a relay's nonce. */
        byte[] answer(byte[] nonce) {
            if (attempt == 0) {
                return proof.sign(RelayProof.signedBytes(relay.id(), nonce, sid, role));
            }
            byte[] signature = proof.sign(RelayProof.signedBytes(relay.id(), nonce, sid, role, attempt));
            return Bytes.writer().u32(attempt).bytes(signature).toByteArray();
        }

        @Override
        public String toString() {
            return "RelayJoin[" + relay + ", " + sid + ", " + role + ", REDACTED]";
        }
    }

    /**
     * Joins a relay and waits there for the other end.
     *
     * @param network shared between transports
     * @param within for all of it; the relay itself waits 30 s for the other end
     * @return fails with {@link TransportException}
     */
    public static CompletableFuture<RelayTransport> join(Network network, RelayJoin join, Duration within) {
        return connect(network, join, within, Optional.empty()).join(join, within);
    }

    /**
     * A connection to that relay: the early one if it leads there and still can be used, else that is closed and another one made.
     *
     * @param within for connecting, from now on
     */
    public static RelayTransport connect(
            Network network, RelayJoin join, Duration within, Optional<RelayTransport> early) {
        URI endpoint = join.relay().endpoint(join.sid());
        if (early.isPresent() && early.get().isUsable(endpoint)) {
            early.get().openWithin(within);
            return early.get();
        }
        early.ifPresent(RelayTransport::abort);
        return connect(network, endpoint, within);
    }

    /**
     * Connects to the relay that a session will probably use while both ends still shake hands. Nothing is said on the connection before somebody joins over
     * it; a relay closes it after 5 s.
     */
    public static RelayTransport connect(Network network, URI endpoint, Duration within) {
        RelayTransport transport = new RelayTransport(endpoint);
        network.open(endpoint, within, LIMITS, transport.new Listener()).whenComplete((socket, failure) -> {
            if (failure != null) {
                transport.ended(TransportEnd.Kind.LOST, "no connection to the relay: " + Failure.words(failure));
            }
        });
        return transport;
    }

    private void openWithin(Duration within) {
        CompletableFuture.delayedExecutor(within.toNanos(), TimeUnit.NANOSECONDS)
                .execute(() -> {
                    boolean late;
                    synchronized (lock) {
                        late = socket == null;
                    }
                    if (late) {
                        ended(TransportEnd.Kind.LOST, "no connection to the relay in time");
                    }
                });
    }

    /** Whether the relay has admitted this end, and waits for the other one. */
    public boolean isWaiting() {
        synchronized (lock) {
            return waiting && end == null;
        }
    }

    private boolean isUsable(URI wanted) {
        synchronized (lock) {
            return wanted.equals(endpoint) && join == null && end == null;
        }
    }

    /** Joins over this connection, once, and waits for the other end. */
    public CompletableFuture<RelayTransport> join(RelayJoin newJoin, Duration within) {
        WebSocket open;
        synchronized (lock) {
            if (join != null) {
                throw new IllegalStateException("a relay is joined once");
            }
            join = newJoin;
            open = socket;
        }
        if (open != null) {
            present(open, newJoin);
        }
        return paired.orTimeout(within.toMillis(), TimeUnit.MILLISECONDS).handle((result, failure) -> {
            if (failure != null) {
                ended(TransportEnd.Kind.TIMEOUT, "not paired in time");
                abort();
                throw new CompletionException(new TransportException(knownEnd()));
            }
            return result;
        });
    }

    private static void present(WebSocket open, RelayJoin joining) {
        open.sendText(joining.token().getBytes(StandardCharsets.UTF_8));
    }

    private TransportEnd knownEnd() {
        synchronized (lock) {
            return end == null ? new TransportEnd(TransportEnd.Kind.LOST, "") : end;
        }
    }

    @Override
    public void start(Receiver newReceiver) {
        synchronized (lock) {
            if (receiver != null) {
                throw new IllegalStateException("a transport is started once");
            }
            receiver = newReceiver;
            lock.notifyAll();
        }
        report();
    }

    @Override
    public void send(byte[] bytes) {
        WebSocket open;
        synchronized (lock) {
            open = end == null ? socket : null;
        }
        if (open != null && !open.send(bytes)) {
            ended(TransportEnd.Kind.LIMIT, "more than %d bytes to send".formatted(MAX_QUEUED));
            open.abort();
        }
    }

    @Override
    public void close() {
        WebSocket open;
        synchronized (lock) {
            open = end == null ? socket : null;
            closing = true;
        }
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void abort() {
        WebSocket open;
        synchronized (lock) {
            open = socket;
        }
        if (open != null) {
            open.abort();
        }
        ended(TransportEnd.Kind.CLOSED, "closed by this end");
    }

    private void ended(TransportEnd.Kind kind, String detail) {
        ended(new TransportEnd(kind, detail));
    }

    private void ended(TransportEnd why) {
        synchronized (lock) {
            if (end != null) {
                return;
            }
            end = why;
            lock.notifyAll();
        }
        paired.completeExceptionally(new TransportException(why));
        report();
    }

    private void report() {
        Receiver to;
        TransportEnd why;
        synchronized (lock) {
            if (reported || end == null || receiver == null) {
                return;
            }
            reported = true;
            to = receiver;
            why = end;
        }
        to.closed(why);
    }

    /** The socket's side. Its calls come one after the other. */
    private final class Listener implements WebSocketListener {

        private boolean proved;
        private boolean joined;

        @Override
        public void opened(WebSocket opened) {
            boolean late;
            RelayJoin joining;
            synchronized (lock) {
                socket = opened;
                late = end != null;
                joining = join;
            }
            if (late) {
                opened.abort();
            } else if (joining != null) {
                present(opened, joining);
            }
        }

        @Override
        public void text(String word) {
            if (joined) {
                refuse(TransportEnd.Kind.TEXT, "a text message");
            } else if (proved && word.equals(RelayLimits.PAIRED)) {
                joined = true;
                waiting(false);
                paired.complete(RelayTransport.this);
                awaitReceiver();
            } else if (!proved || !word.equals(RelayLimits.WAITING)) {
                refuse(TransportEnd.Kind.REFUSED, "an unexpected answer of the relay");
            } else {
                waiting(true);
            }
        }

        private void waiting(boolean now) {
            synchronized (lock) {
                waiting = now;
            }
        }

        /** What follows is for the receiver: nothing is read until it is there. */
        private void awaitReceiver() {
            synchronized (lock) {
                while (receiver == null && end == null) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        abort();
                    }
                }
            }
        }

        @Override
        public void binary(byte[] buffer, int offset, int length) {
            if (joined) {
                Receiver to;
                synchronized (lock) {
                    to = end == null ? receiver : null;
                }
                if (to != null) {
                    to.message(buffer, offset, length);
                }
            } else if (proved
                    || length != RelayLimits.NONCE
                    || !prove(Arrays.copyOfRange(buffer, offset, offset + length))) {
                refuse(TransportEnd.Kind.REFUSED, "an unexpected answer of the relay");
            }
        }

        /** False if nobody has joined yet: then there is nothing to prove. */
        private boolean prove(byte[] nonce) {
            RelayJoin joining;
            synchronized (lock) {
                joining = join;
            }
            if (joining == null) {
                return false;
            }
            proved = true;
            send(joining.answer(nonce));
            return true;
        }

        private void refuse(TransportEnd.Kind kind, String detail) {
            RelayTransport.this.ended(kind, detail);
            abort();
        }

        @Override
        public void ended(WebSocketEnd why) {
            RelayTransport.this.ended(
                    switch (why.kind()) {
                        case CLOSED -> closed(why.code());
                        case TOO_LARGE -> new TransportEnd(TransportEnd.Kind.TOO_LARGE, why.detail());
                        case PROTOCOL ->
                            new TransportEnd(
                                    TransportEnd.Kind.LOST, "the relay breaks the WebSocket protocol: " + why.detail());
                        case LOST -> lost(why.detail());
                    });
        }

        private TransportEnd lost(String detail) {
            synchronized (lock) {
                return closing
                        ? new TransportEnd(TransportEnd.Kind.CLOSED, "closed by this end")
                        : new TransportEnd(TransportEnd.Kind.LOST, "the connection was lost: " + detail);
            }
        }

        private TransportEnd closed(int code) {
            return RelayClose.of(code)
                    .map(close -> TransportEnd.of(close, proved))
                    .orElseGet(() -> new TransportEnd(
                            code == NORMAL ? TransportEnd.Kind.CLOSED : TransportEnd.Kind.LOST,
                            "the relay closed with " + code));
        }
    }
}
