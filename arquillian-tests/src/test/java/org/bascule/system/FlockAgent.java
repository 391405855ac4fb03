package org.bascule.system;

import java.net.URI;
import java.net.http.WebSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/** One of a {@link Flock}: connects, proves itself, checks the server's proof, beats; when the channel ends it comes back as agents do, after a random time up to 1, 2, 4 … 30 s. */
final class FlockAgent implements WebSocket.Listener {

    private static final int PATIENCE_SECONDS = 20;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LAST_WAIT_SECONDS = 30;

    private final Flock flock;
    private final int number;
    private final DeviceIdentityKey key;
    private final EnrolAnswer enrolled;
    private final Endorsement endorsement;
    private final StringBuilder text = new StringBuilder();

    private volatile boolean stopped;
    private int failures;
    private boolean online;
    private @Nullable WebSocket socket;
    private @Nullable ControlTranscript transcript;
    private @Nullable ScheduledFuture<?> beats;
    /** Sending one message must be over before the next one begins. */
    private CompletableFuture<@Nullable WebSocket> pending = CompletableFuture.completedFuture(null);

    private volatile CountDownLatch offer = new CountDownLatch(1);
    private volatile long offeredAt;

    FlockAgent(Flock flock, int number, DeviceIdentityKey key, EnrolAnswer enrolled) {
        this.flock = flock;
        this.number = number;
        this.key = key;
        this.enrolled = enrolled;
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(300);
        this.endorsement = Endorsement.sign(
                key,
                enrolled.uid(),
                enrolled.domain(),
                DeviceStaticKey.generate().publicKey(),
                now,
                now.plus(Endorsement.MAX_VALIDITY),
                1);
    }

    String uid() {
        return enrolled.uid();
    }

    void connect() {
        if (stopped) {
            return;
        }
        URI url = URI.create("wss" + flock.agentUrl().substring("https".length()) + "/agent/v1");
        flock.client(number)
                .newWebSocketBuilder()
                .header("X-Forwarded-For", Flock.address(number))
                .connectTimeout(Duration.ofSeconds(10))
                .buildAsync(url, this)
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((opened, failure) -> {
                    if (failure == null) {
                        flock.timer().schedule(() -> unheard(opened), PATIENCE_SECONDS, TimeUnit.SECONDS);
                    } else {
                        again();
                    }
                });
    }

    /** As a real agent: a channel on which nothing comes is given up. */
    private synchronized void unheard(WebSocket opened) {
        if (socket == opened && !online) {
            opened.abort();
            ended();
        }
    }

    private void again() {
        long ceiling = Math.min(LAST_WAIT_SECONDS * 1_000L, 1_000L << Math.min(failures++, 10));
        flock.timer().schedule(this::connect, ThreadLocalRandom.current().nextLong(ceiling + 1), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void onOpen(WebSocket opened) {
        if (socket != null) {
            // it came after it was given up
            opened.abort();
            return;
        }
        socket = opened;
        text.setLength(0);
        opened.request(1);
    }

    @Override
    public synchronized @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            String message = text.toString();
            text.setLength(0);
            try {
                ControlMessage.parse(message).ifPresent(this::received);
            } catch (WireException e) {
                throw new AssertionError(e);
            }
        }
        from.request(1);
        return null;
    }

    private void received(ControlMessage message) {
        if (message instanceof ChannelMessage.Hello hello) {
            prove(hello);
        } else if (message instanceof ChannelMessage.Welcome welcome) {
            welcomed(welcome);
        } else if (message instanceof ChannelMessage.Probe probe) {
            send(new ChannelMessage.ProbeReply(probe.id()));
        } else if (message instanceof SessionMessage.SessionOffer offered) {
            offeredAt = System.nanoTime();
            offer.countDown();
            send(new SessionMessage.SessionRefuse(offered.sid(), "busy", "a device without tools"));
        } else if (message instanceof ChannelMessage.Refusal refusal) {
            System.out.println("refused: " + refusal.toJson());
        }
    }

    private void prove(ChannelMessage.Hello hello) {
        byte[] nonce = new byte[ControlTranscript.NONCE];
        RANDOM.nextBytes(nonce);
        String authority = URI.create(flock.agentUrl()).getAuthority();
        ControlTranscript proof = new ControlTranscript(hello.nonce(), nonce, authority, uid(), flock.spki());
        transcript = proof;
        send(new ChannelMessage.Auth(
                nonce, authority, uid(), flock.spki(), enrolled.chain(), key.sign(proof.forAgent())));
    }

    private void welcomed(ChannelMessage.Welcome welcome) {
        ControlTranscript proof = transcript;
        if (proof == null) {
            throw new AssertionError("welcome before hello");
        }
        try {
            KeySet.verify(welcome.keySet(), enrolled.root().hash())
                    .controlKey(welcome.kid(), welcome.time())
                    .verify(proof.forServer(welcome.time()), welcome.signature());
        } catch (WireException e) {
            throw new AssertionError(e);
        }
        send(new ChannelMessage.Ready(endorsement, "1", "Linux", Optional.empty(), HardwareId.NONE, 0));
        // the answer to it says that the server has it
        send(new ChannelMessage.Heartbeat());
        failures = 0;
        online = true;
        flock.came();
        long millis = welcome.heartbeat() * 1_000L;
        beats = flock.timer()
                .scheduleAtFixedRate(
                        this::beat, ThreadLocalRandom.current().nextLong(millis), millis, TimeUnit.MILLISECONDS);
    }

    private synchronized void beat() {
        if (online) {
            send(new ChannelMessage.Heartbeat());
        }
    }

    private void send(ControlMessage message) {
        WebSocket to = socket;
        if (to != null) {
            pending = pending.thenCompose(sent -> to.sendText(message.toJson(), true))
                    .exceptionally(failure -> to);
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        ended();
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        ended();
    }

    private synchronized void ended() {
        socket = null;
        pending = CompletableFuture.completedFuture(null);
        ScheduledFuture<?> beating = beats;
        if (beating != null) {
            beating.cancel(false);
            beats = null;
        }
        if (online) {
            online = false;
            flock.went();
        }
        again();
    }

    void expectOffer() {
        offer = new CountDownLatch(1);
    }

    /** @return when it came, of {@link System#nanoTime} */
    long offered(Duration patience) throws InterruptedException {
        if (!offer.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("no offer came");
        }
        return offeredAt;
    }

    synchronized void stop() {
        stopped = true;
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
    }
}
