package org.bascule.system;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.channel.Backoff;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.system.load.LoadSocket;
import org.bascule.system.load.SelectorLoop;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.trust.Endorsement;
import org.jspecify.annotations.Nullable;

/**
 * One of a {@link Flock}: connects, proves itself, checks the server's proof, beats; when the channel ends it comes back as agents do, by the agent's own {@link Backoff}. It lives on the
 * thread of its loop, but for the offers that a test waits for.
 */
final class FlockAgent implements LoadSocket.Listener {

    /** As {@code ChannelSocket} of the agent: connection, TLS and opening handshake. */
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** As {@code ChannelProtocol} of the agent. */
    private static final Duration SILENCE = Duration.ofSeconds(25);

    private static final List<String> FINAL = List.of("revoked", "unknown-device", "hardware-changed");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Flock flock;
    private final SelectorLoop loop;
    private final LoadSocket.Target target;
    private final DeviceIdentityKey key;
    private final String uid;
    private final List<String> chain;
    private final byte[] rootHash;
    private final Endorsement endorsement;
    private final Backoff backoff = new Backoff(new SplittableRandom());

    private @Nullable LoadSocket socket;
    private @Nullable ControlTranscript transcript;
    private @Nullable Runnable settled;
    /** Number of the attempt to connect, and of what is watched: what is due for another is void. */
    private int attempt;

    private int watch;
    private boolean opened;
    /** Has said that it is ready. */
    private boolean ready;
    /** The server has answered what came after that. */
    private boolean online;

    private long began;
    private long heard;
    private long said;
    private Duration heartbeat = Duration.ofSeconds(10);

    private volatile CountDownLatch offer = new CountDownLatch(1);
    private volatile long offeredAt;

    FlockAgent(Flock flock, SelectorLoop loop, LoadSocket.Target target, DeviceIdentityKey key, EnrolAnswer enrolled) {
        this.flock = flock;
        this.loop = loop;
        this.target = target;
        this.key = key;
        this.uid = enrolled.uid();
        this.chain = enrolled.chain();
        this.rootHash = enrolled.root().hash();
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
        return uid;
    }

    /**
     * Connects for the first time.
     *
     * @param then runs once it is online, or this attempt has failed and others follow
     */
    void connect(Runnable then) {
        loop.execute(() -> {
            settled = then;
            connect();
        });
    }

    private void connect() {
        int mine = ++attempt;
        began = System.nanoTime();
        opened = false;
        ready = false;
        transcript = null;
        loop.after(CONNECT, () -> {
            if (mine == attempt && !opened) {
                end("no connection in time");
            }
        });
        try {
            socket = LoadSocket.open(loop, flock.tls(), target, this);
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void opened() {
        opened = true;
        heard = System.nanoTime();
        said = heard;
        watch(++watch);
    }

    /** Says something when nothing was said, and notices silence. */
    private void watch(int mine) {
        if (mine != watch || socket == null) {
            return;
        }
        long now = System.nanoTime();
        if (now - heard > SILENCE.toNanos()) {
            end("silence");
            return;
        }
        if (ready && now - said >= heartbeat.toNanos()) {
            send(new ChannelMessage.Heartbeat());
        }
        long due = heard + SILENCE.toNanos() - now;
        if (ready) {
            due = Math.min(due, said + heartbeat.toNanos() - now);
        }
        loop.after(Duration.ofNanos(due + TimeUnit.MILLISECONDS.toNanos(1)), () -> watch(mine));
    }

    @Override
    public void text(String text) {
        heard = System.nanoTime();
        if (ChannelMessage.Heartbeat.is(text)) {
            answered();
            return;
        }
        try {
            Optional<ControlMessage> message = ControlMessage.parse(text);
            if (message.isPresent()) {
                received(message.get());
            }
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private void received(ControlMessage message) throws WireException {
        if (message instanceof ChannelMessage.Hello hello) {
            prove(hello);
        } else if (message instanceof ChannelMessage.Welcome welcome) {
            welcomed(welcome);
        } else if (message instanceof ChannelMessage.Probe probe) {
            send(new ChannelMessage.ProbeReply(probe.id()));
        } else if (message instanceof SessionMessage.SessionOffer offered) {
            offeredAt = heard;
            offer.countDown();
            send(new SessionMessage.SessionRefuse(offered.sid(), "busy", "a device without tools"));
        } else if (message instanceof ChannelMessage.Refusal refusal) {
            LoadSocket refused = socket;
            if (refused != null) {
                refused.close();
            }
            over(
                    "refused: " + refusal.code() + ": " + refusal.detail(),
                    FINAL.contains(refusal.code()) ? backoff.afterFinalRefusal() : backoff.afterRefusal());
        }
    }

    private void prove(ChannelMessage.Hello hello) {
        byte[] nonce = new byte[ControlTranscript.NONCE];
        RANDOM.nextBytes(nonce);
        ControlTranscript proof = new ControlTranscript(hello.nonce(), nonce, target.authority(), uid, flock.spki());
        transcript = proof;
        send(new ChannelMessage.Auth(nonce, target.authority(), uid, flock.spki(), chain, key.sign(proof.forAgent())));
    }

    private void welcomed(ChannelMessage.Welcome welcome) throws WireException {
        ControlTranscript proof = transcript;
        if (proof == null) {
            throw new IllegalStateException("welcome before hello");
        }
        flock.keySet(welcome.keySet(), rootHash)
                .controlKey(welcome.kid(), welcome.time())
                .verify(proof.forServer(welcome.time()), welcome.signature());
        heartbeat = Duration.ofSeconds(welcome.heartbeat());
        send(new ChannelMessage.Ready(endorsement, "1", "Linux", Optional.empty(), HardwareId.NONE, 0));
        ready = true;
        // the answer to it says that the server has stored that the device is online
        send(new ChannelMessage.Heartbeat());
        watch(++watch);
    }

    private void answered() {
        if (ready && !online) {
            online = true;
            flock.came();
            settle();
        }
    }

    private void send(ControlMessage message) {
        LoadSocket to = socket;
        if (to != null) {
            said = System.nanoTime();
            to.text(message.toJson());
        }
    }

    @Override
    public void ended(String why) {
        end(why);
    }

    private void end(String why) {
        Duration lived = ready ? Duration.ofNanos(System.nanoTime() - began) : Duration.ZERO;
        over(why, backoff.next(lived));
    }

    private void over(String why, Duration wait) {
        LoadSocket ending = socket;
        socket = null;
        attempt++;
        watch++;
        if (ending != null) {
            ending.cut();
        }
        boolean was = online;
        online = false;
        if (was) {
            flock.went(why);
        } else {
            flock.failed(why);
        }
        loop.after(wait, this::connect);
        settle();
    }

    private void settle() {
        Runnable then = settled;
        settled = null;
        if (then != null) {
            then.run();
        }
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
}
