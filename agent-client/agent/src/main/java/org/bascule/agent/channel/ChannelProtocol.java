package org.bascule.agent.channel;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.bascule.agent.channel.ChannelException.Reason;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.KeySets;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.ControlTranscript;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.ControlPublicKey;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of one connection, on messages. The owner feeds it what comes and the passing of time, on one thread at a time; it sends through the
 * consumer it was given. After an exception it is of no use any more.
 */
public final class ChannelProtocol {

    private static final System.Logger LOG = System.getLogger(ChannelProtocol.class.getName());

    /** Silence after which the other end is taken for gone. */
    static final Duration SILENCE = Duration.ofSeconds(25);

    private static final int MAX_BEATS = 16;

    /**
     * How the device presents itself.
     *
     * @param log size of the newest tree head that it has seen
     */
    public record Self(
            Registration registration,
            DeviceIdentity identity,
            HardwareId hardware,
            String version,
            String os,
            LongSupplier log) {}

    /**
     * The connection as seen from here.
     *
     * @param authority host and port as dialled, lower case
     * @param spkiHash SHA-256 of the SubjectPublicKeyInfo that the server showed in TLS
     */
    public record Connection(String authority, byte[] spkiHash) {}

    /** A heartbeat that was not echoed yet. */
    private record Beat(long sent, CompletableFuture<Duration> echo) {}

    private enum State {
        EXPECT_HELLO,
        EXPECT_WELCOME,
        READY
    }

    private final Self self;
    private final DeviceIdentity.Credentials credentials;
    private final Connection connection;
    private final KeySets keySets;
    private final StaticKeys staticKeys;
    private final ChannelClock clock;
    private final Consumer<ControlMessage> out;
    private final ChannelListener listener;

    /** The oldest first, in which order they are echoed. */
    private final Queue<Beat> beats = new ArrayBlockingQueue<>(MAX_BEATS);

    private State state = State.EXPECT_HELLO;
    private @Nullable ControlTranscript transcript;
    /** By which the server has proved itself. */
    private @Nullable ControlPublicKey serverKey;

    private Duration heartbeat = Duration.ofSeconds(10);
    private long heard;
    private volatile long said;
    private volatile boolean announced;

    public ChannelProtocol(
            Self self,
            DeviceIdentity.Credentials credentials,
            Connection connection,
            KeySets keySets,
            StaticKeys staticKeys,
            ChannelClock clock,
            Consumer<ControlMessage> out,
            ChannelListener listener) {
        this.self = self;
        this.credentials = credentials;
        this.connection = connection;
        this.keySets = keySets;
        this.staticKeys = staticKeys;
        this.clock = clock;
        this.out = out;
        this.listener = listener;
        this.heard = clock.nanos();
        this.said = heard;
    }

    /** Whether the device is online through this connection, so that anything may be sent. */
    public boolean isReady() {
        return announced;
    }

    /** A whole text message arrived. */
    public void received(String text) throws ChannelException {
        heard = clock.nanos();
        Optional<ControlMessage> message;
        try {
            message = ControlMessage.parse(text);
        } catch (WireException e) {
            throw new ChannelException(Reason.PROTOCOL, "the server's message is malformed: " + e.getMessage(), e);
        }
        if (message.isPresent()) {
            handle(message.get());
        }
    }

    private void handle(ControlMessage message) throws ChannelException {
        if (message instanceof ChannelMessage.Refusal refusal) {
            throw ChannelException.refused(refusal, state == State.READY);
        }
        switch (state) {
            case EXPECT_HELLO -> prove(message);
            case EXPECT_WELCOME -> verify(message);
            case READY -> serve(message);
        }
    }

    private void prove(ControlMessage message) throws ChannelException {
        if (!(message instanceof ChannelMessage.Hello hello)) {
            throw unexpected(message);
        }
        byte[] nonce = new byte[ControlTranscript.NONCE];
        new SecureRandom().nextBytes(nonce);
        String uid = self.registration().uid();
        ControlTranscript proof =
                new ControlTranscript(hello.nonce(), nonce, connection.authority(), uid, connection.spkiHash());
        transcript = proof;
        state = State.EXPECT_WELCOME;
        send(new ChannelMessage.Auth(
                nonce,
                connection.authority(),
                uid,
                connection.spkiHash(),
                credentials.chain(),
                credentials.key().sign(proof.forAgent())));
    }

    /** The server's proof under the pinned root, before anything else of the message counts. */
    private void verify(ControlMessage message) throws ChannelException {
        if (!(message instanceof ChannelMessage.Welcome welcome) || transcript == null) {
            throw unexpected(message);
        }
        try {
            KeySet keys = keySets.offer(welcome.keySet());
            ControlPublicKey key = keys.controlKey(welcome.kid(), welcome.time());
            key.verify(transcript.forServer(welcome.time()), welcome.signature());
            serverKey = key;
            if (!clock.set(welcome.time())) {
                throw new ChannelException(
                        Reason.TIME_BACK,
                        "the server's time %s is before that of an earlier channel; if that one was wrong, restart the agent"
                                .formatted(welcome.time()));
            }
            self.identity().welcomed(credentials, welcome.chain(), keys);
        } catch (WireException e) {
            throw new ChannelException(Reason.NOT_TRUSTED, "the server's proof does not verify: " + e.getMessage(), e);
        } catch (StateException e) {
            throw local(e);
        }
        heartbeat = Duration.ofSeconds(welcome.heartbeat());
        state = State.READY;
        announce(welcome);
    }

    private void announce(ChannelMessage.Welcome welcome) throws ChannelException {
        try {
            send(new ChannelMessage.Ready(
                    staticKeys.current(),
                    self.version(),
                    self.os(),
                    Optional.empty(),
                    self.hardware(),
                    self.log().getAsLong()));
        } catch (StateException e) {
            throw local(e);
        }
        announced = true;
        listener.ready(welcome, welcome.time());
    }

    private void serve(ControlMessage message) throws ChannelException {
        if (message instanceof ChannelMessage.Probe probe) {
            send(new ChannelMessage.ProbeReply(probe.id()));
        } else if (message instanceof SessionMessage.SessionOffer offer) {
            listener.offered(offer);
        } else if (message instanceof SessionMessage.SessionRelay relay) {
            listener.relayed(relay);
        } else if (message instanceof SessionMessage.SessionUpdate update) {
            listener.updated(update);
        } else if (message instanceof SessionMessage.SessionEnd end) {
            listener.ended(end);
        } else if (message instanceof SessionMessage.SessionReserve reserve) {
            listener.reserved(reserve);
        } else if (message instanceof SessionMessage.SessionLost lost) {
            listener.transportLost(lost);
        } else if (message instanceof ChannelMessage.Relays relays) {
            listed(relays);
        } else if (message instanceof ConsentMessage.Ask question) {
            listener.asked(question);
        } else if (message instanceof ConsentMessage.Cancel cancelled) {
            listener.cancelled(cancelled);
        } else if (message instanceof ReportMessage.EventsAck ack) {
            listener.acknowledged(ack);
        } else if (message instanceof ReportMessage.AssistState told) {
            listener.assisted(told);
        } else if (message instanceof ChannelMessage.Renewed renewed) {
            renewed(renewed);
        } else if (message instanceof ChannelMessage.Heartbeat) {
            echoed();
        } else {
            throw unexpected(message);
        }
    }

    /** A list that does not verify is refused, and the channel stays: sessions need no list. */
    private void listed(ChannelMessage.Relays relays) {
        if (serverKey == null) {
            return;
        }
        try {
            listener.listed(RelayList.verify(relays.list(), serverKey, clock.instant()));
        } catch (WireException e) {
            LOG.log(System.Logger.Level.WARNING, "the server''s list of relays was refused: {0}", e.getMessage());
        }
    }

    private void renewed(ChannelMessage.Renewed renewed) throws ChannelException {
        try {
            if (self.identity().issued(renewed.chain(), keySets.current())) {
                throw new ChannelException(Reason.RENEWED, "this device has a new certificate and connects with it");
            }
        } catch (WireException e) {
            throw new ChannelException(
                    Reason.PROTOCOL, "the server's new certificate does not verify: " + e.getMessage(), e);
        } catch (StateException e) {
            throw local(e);
        }
    }

    /** To be called about once a second: says something when nothing was said, notices silence, renews static key and certificate. */
    public void tick() throws ChannelException {
        long now = clock.nanos();
        if (now - heard > SILENCE.toNanos()) {
            throw new ChannelException(Reason.SILENT, "nothing was heard for " + SILENCE.toSeconds() + " s");
        }
        if (state != State.READY) {
            return;
        }
        try {
            staticKeys.renewIfDue().ifPresent(endorsement -> send(new ChannelMessage.EndorsementReport(endorsement)));
            self.identity().renewal().ifPresent(this::send);
        } catch (StateException e) {
            throw local(e);
        }
        if (now - said >= heartbeat.toNanos()) {
            beat();
        }
    }

    /**
     * Sends a heartbeat on a channel that stands. May be called on any thread.
     *
     * @return how long its echo takes; completed on the channel's thread, never if the channel ends before
     */
    public CompletableFuture<Duration> beat() {
        Beat beat = new Beat(clock.nanos(), new CompletableFuture<>());
        // a server that echoes nothing gets them all the same
        beats.offer(beat);
        send(new ChannelMessage.Heartbeat());
        return beat.echo();
    }

    private void echoed() {
        Beat oldest = beats.poll();
        if (oldest != null) {
            oldest.echo().complete(Duration.ofNanos(clock.nanos() - oldest.sent()));
        }
    }

    /** Sends on a channel that stands; the caller knows that from {@link ChannelListener#ready}. May be called on any thread. */
    public void send(ControlMessage message) {
        said = clock.nanos();
        out.accept(message);
    }

    /** Time by the channel's clock. */
    public Instant now() {
        return clock.instant();
    }

    private static ChannelException unexpected(ControlMessage message) {
        return new ChannelException(Reason.PROTOCOL, "'" + message.type() + "' was not expected here");
    }

    private static ChannelException local(StateException e) {
        return new ChannelException(Reason.LOCAL, String.valueOf(e.getMessage()), e);
    }
}
