package org.bascule.session.transport;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
    static final int MAX_QUEUED = 6 << 20;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    private static final int NORMAL = 1_000;

    private final URI endpoint;
    private final CompletableFuture<RelayTransport> paired = new CompletableFuture<>();
    private final byte[] message = new byte[RelayLimits.MAX_MESSAGE];
    private int filled;

    /** Guards the fields below it, which are the sending side and the end. */
    private final Object lock = new Object();

    private final Queue<byte[]> queue = new ArrayDeque<>();
    private int queued;
    private boolean sending;
    private boolean closing;
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
     * @param http with the TLS context for {@code wss}; shared between transports
     * @param within for all of it; the relay itself waits 30 s for the other end
     * @return fails with {@link TransportException}
     */
    public static CompletableFuture<RelayTransport> join(HttpClient http, RelayJoin join, Duration within) {
        return join(http, join, within, Optional.empty());
    }

    /** The same over an early connection, if it leads to this relay and still can be used; else that is closed. */
    public static CompletableFuture<RelayTransport> join(
            HttpClient http, RelayJoin join, Duration within, Optional<RelayTransport> early) {
        URI endpoint = join.relay().endpoint(join.sid());
        if (early.isPresent() && early.get().isUsable(endpoint)) {
            return early.get().join(join, within);
        }
        early.ifPresent(RelayTransport::abort);
        return connect(http, endpoint, within).join(join, within);
    }

    /**
     * Connects to the relay that a session will probably use while both ends still shake hands. Nothing is said on the connection before somebody joins over
     * it; a relay closes it after 5 s.
     */
    public static RelayTransport connect(HttpClient http, URI endpoint, Duration within) {
        return connect(
                endpoint,
                listener -> http.newWebSocketBuilder().connectTimeout(within).buildAsync(endpoint, listener));
    }

    /** The same over a socket of another make. */
    static RelayTransport connect(URI endpoint, Function<WebSocket.Listener, CompletableFuture<WebSocket>> connect) {
        RelayTransport transport = new RelayTransport(endpoint);
        connect.apply(transport.new Listener()).whenComplete((socket, failure) -> {
            if (failure != null) {
                transport.ended(TransportEnd.Kind.LOST, "no connection to the relay: " + root(failure));
            }
        });
        return transport;
    }

    private boolean isUsable(URI wanted) {
        synchronized (lock) {
            return wanted.equals(endpoint) && join == null && end == null;
        }
    }

    /** Joins over this connection, once, and waits for the other end. */
    CompletableFuture<RelayTransport> join(RelayJoin newJoin, Duration within) {
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

    /** The token; what follows waits until it is sent: the relay may answer before the socket is ready for the next message. */
    private void present(WebSocket open, RelayJoin joining) {
        synchronized (lock) {
            sending = true;
        }
        goOnAfter(open, open.sendText(joining.token(), true));
    }

    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    private TransportEnd knownEnd() {
        synchronized (lock) {
            return end == null ? new TransportEnd(TransportEnd.Kind.LOST, "") : end;
        }
    }

    @Override
    public void start(Receiver newReceiver) {
        WebSocket open;
        synchronized (lock) {
            if (receiver != null) {
                throw new IllegalStateException("a transport is started once");
            }
            receiver = newReceiver;
            open = socket;
        }
        report();
        if (open != null) {
            open.request(1);
        }
    }

    @Override
    public void send(byte[] bytes) {
        WebSocket open;
        boolean tooMuch;
        synchronized (lock) {
            open = socket;
            if (open == null || end != null || closing) {
                return;
            }
            tooMuch = queued + bytes.length > MAX_QUEUED;
            if (sending && !tooMuch) {
                queue.add(bytes);
                queued += bytes.length;
                return;
            }
            sending = true;
        }
        if (tooMuch) {
            ended(TransportEnd.Kind.LIMIT, "more than %d bytes to send".formatted(MAX_QUEUED));
            open.abort();
        } else {
            sendFrom(open, bytes);
        }
    }

    /** Sends this message and what waits behind it, without recursion where the socket takes them at once. */
    private void sendFrom(WebSocket open, byte[] first) {
        byte @Nullable [] next = first;
        while (next != null) {
            CompletableFuture<WebSocket> sent = open.sendBinary(ByteBuffer.wrap(next), true);
            if (!sent.isDone() || sent.isCompletedExceptionally()) {
                goOnAfter(open, sent);
                return;
            }
            next = next();
        }
    }

    private void goOnAfter(WebSocket open, CompletableFuture<WebSocket> sent) {
        sent.whenComplete((ok, failure) -> {
            if (failure != null) {
                ended(TransportEnd.Kind.LOST, "sending failed: " + root(failure));
                return;
            }
            byte[] following = next();
            if (following != null) {
                sendFrom(open, following);
            }
        });
    }

    private byte @Nullable [] next() {
        WebSocket toClose;
        synchronized (lock) {
            byte[] following = queue.poll();
            if (following != null) {
                queued -= following.length;
                return following;
            }
            sending = false;
            toClose = closing ? socket : null;
        }
        if (toClose != null) {
            sendClose(toClose);
        }
        return null;
    }

    @Override
    public void close() {
        WebSocket open;
        synchronized (lock) {
            if (closing || end != null) {
                return;
            }
            closing = true;
            open = sending ? null : socket;
        }
        if (open != null) {
            sendClose(open);
        }
        CompletableFuture.delayedExecutor(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                .execute(this::abort);
    }

    private void sendClose(WebSocket open) {
        open.sendClose(NORMAL, "").whenComplete((ok, failure) -> {
            if (failure != null) {
                abort();
            }
        });
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
            queue.clear();
            queued = 0;
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
    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();
        private boolean proved;
        private boolean joined;

        @Override
        public void onOpen(WebSocket opened) {
            boolean late;
            RelayJoin joining;
            synchronized (lock) {
                socket = opened;
                late = end != null;
                joining = join;
            }
            if (late) {
                opened.abort();
                return;
            }
            if (joining != null) {
                present(opened, joining);
            }
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            if (joined || text.length() + part.length() > 16) {
                return refuse(from, TransportEnd.Kind.TEXT, "a text message");
            }
            text.append(part);
            if (last) {
                String word = text.toString();
                text.setLength(0);
                if (proved && word.equals(RelayLimits.PAIRED)) {
                    joined = true;
                    // what follows is for the receiver: nothing is read until it is there
                    paired.complete(RelayTransport.this);
                    return null;
                }
                if (!proved || !word.equals(RelayLimits.WAITING)) {
                    return refuse(from, TransportEnd.Kind.REFUSED, "an unexpected answer of the relay");
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
            int length = part.remaining();
            if (filled + length > message.length) {
                return refuse(from, TransportEnd.Kind.TOO_LARGE, "a message above " + message.length + " bytes");
            }
            part.get(message, filled, length);
            filled += length;
            if (last) {
                int complete = filled;
                filled = 0;
                if (joined) {
                    deliver(complete);
                } else if (proved || complete != RelayLimits.NONCE || !prove()) {
                    return refuse(from, TransportEnd.Kind.REFUSED, "an unexpected answer of the relay");
                }
            }
            from.request(1);
            return null;
        }

        private void deliver(int length) {
            Receiver to;
            synchronized (lock) {
                to = end == null ? receiver : null;
            }
            if (to != null) {
                to.message(message, 0, length);
            }
        }

        /** False if nobody has joined yet: then there is nothing to prove. */
        private boolean prove() {
            RelayJoin joining;
            synchronized (lock) {
                joining = join;
            }
            if (joining == null) {
                return false;
            }
            proved = true;
            send(joining.answer(Arrays.copyOf(message, RelayLimits.NONCE)));
            return true;
        }

        private @Nullable CompletionStage<?> refuse(WebSocket from, TransportEnd.Kind kind, String detail) {
            ended(kind, detail);
            from.abort();
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            ended(RelayClose.of(code)
                    .map(TransportEnd::of)
                    .orElseGet(() -> new TransportEnd(
                            code == NORMAL ? TransportEnd.Kind.CLOSED : TransportEnd.Kind.LOST,
                            "the relay closed with " + code)));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable failure) {
            ended(TransportEnd.Kind.LOST, "the connection was lost: " + root(failure));
        }
    }
}
