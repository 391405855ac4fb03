package org.bascule.relay.registry;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.bascule.relay.pairing.Lobby;
import org.bascule.relay.pairing.Tally;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityKey;
import org.bascule.wire.registry.HeartbeatAnswer;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayLoad;
import org.bascule.wire.registry.RelayTraffic;
import org.bascule.wire.words.FingerprintWords;

/**
 * Tells the access server of this relay, and does what the answer says: an operator may empty the relay and take it back. A failed heartbeat is followed by the next one; what
 * the operator said last holds meanwhile.
 */
public final class Registration {

    private static final System.Logger LOG = System.getLogger(Registration.class.getName());
    /** With one heartbeat. */
    private static final int MAX_REPORTS = 5;

    private final RelayIdentityKey key;
    private final RelayDescription relay;
    private final byte[] rootHash;
    private final Lobby lobby;
    private final Registry registry;
    private final InstantSource clock;

    // guarded by this
    private long number;
    /** When the last heartbeat was made; at first long ago. */
    private Instant last = Instant.EPOCH;

    private final Processors processors = new Processors();
    private long forwarded;
    private boolean toldDraining;
    private Optional<HeartbeatAnswer> answered = Optional.empty();
    private String trouble = "";
    private boolean stopped;

    /** @param rootHash SHA-256 of the root of the installation */
    public Registration(
            RelayIdentityKey key,
            RelayDescription relay,
            byte[] rootHash,
            Lobby lobby,
            Registry registry,
            InstantSource clock) {
        this.key = key;
        this.relay = relay;
        this.rootHash = rootHash.clone();
        this.lobby = lobby;
        this.registry = registry;
        this.clock = clock;
    }

    /** To be called once a second, always on the same thread, which it may hold for some seconds: sends a heartbeat if one is due. */
    public void tick() {
        if (isDue()) {
            beat();
        }
    }

    private synchronized boolean isDue() {
        return !stopped
                && (lobby.isDraining() != toldDraining
                        || Duration.between(last, clock.instant()).abs().compareTo(RelayHeartbeat.INTERVAL) >= 0);
    }

    /** The relay is being stopped: from now on the operator's word changes nothing. */
    public synchronized void stop() {
        stopped = true;
    }

    /** Sends a heartbeat. On the thread of {@link #tick}. */
    public void beat() {
        try {
            answered(HeartbeatAnswer.parse(registry.heartbeat(next().sign(key))));
            if (isApproved()) {
                traffic();
            }
        } catch (IOException | WireException e) {
            failed(e);
        }
    }

    private synchronized boolean isApproved() {
        return answered.filter(answer -> answer.state() == HeartbeatAnswer.State.APPROVED)
                .isPresent();
    }

    /** What is left is for the next time: heartbeats come first. */
    private void traffic() throws IOException {
        for (int i = 0; i < MAX_REPORTS; i++) {
            List<Tally.Line> due = lobby.tally().due(RelayTraffic.MAX_PAIRS);
            if (due.isEmpty()) {
                return;
            }
            List<RelayTraffic.Pair> pairs = due.stream()
                    .map(line -> new RelayTraffic.Pair(
                            line.sid(), line.pair(), line.fromClient(), line.fromDevice(), line.millis()))
                    .toList();
            registry.traffic(new RelayTraffic(rootHash, clock.instant(), relay.id(), pairs).sign(key));
            lobby.tally().taken(due);
        }
    }

    private synchronized RelayHeartbeat next() {
        Instant now = clock.instant();
        long all = lobby.forwarded();
        long millis = last.equals(Instant.EPOCH) ? 0 : now.toEpochMilli() - last.toEpochMilli();
        long rate = millis <= 0 ? 0 : (all - forwarded) * 1_000 / millis;
        // a relay that starts anew goes on above what it was, without keeping it
        number = Math.max(number + 1, now.toEpochMilli());
        last = now;
        forwarded = all;
        toldDraining = lobby.isDraining();
        return new RelayHeartbeat(
                rootHash,
                now,
                number,
                key.publicKey(),
                relay,
                new RelayLoad(
                        lobby.capacity(), lobby.sessions(), Math.max(0, rate), processors.percent(), toldDraining));
    }

    private synchronized void answered(HeartbeatAnswer answer) {
        trouble = "";
        HeartbeatAnswer before = answered.orElse(new HeartbeatAnswer(HeartbeatAnswer.State.PENDING, false));
        if (answered.isEmpty() || before.state() != answer.state()) {
            report(answer.state());
        }
        answered = Optional.of(answer);
        if (stopped || before.drain() == answer.drain()) {
            return;
        }
        if (answer.drain()) {
            LOG.log(Level.INFO, "the operator wants relay {0} to be empty", relay.id());
            lobby.empty();
        } else {
            LOG.log(Level.INFO, "the operator takes relay {0} back", relay.id());
            lobby.resume();
        }
    }

    private void report(HeartbeatAnswer.State state) {
        switch (state) {
            case PENDING ->
                LOG.log(
                        Level.INFO,
                        "relay {0} waits for an operator''s approval; the words of its key: {1}",
                        relay.id(),
                        FingerprintWords.text(key.publicKey().hash()));
            case APPROVED -> LOG.log(Level.INFO, "relay {0} is approved", relay.id());
            case REFUSED -> LOG.log(Level.WARNING, "the operator refused relay {0}", relay.id());
        }
    }

    private synchronized void failed(Exception e) {
        String news = String.valueOf(e.getMessage());
        if (!news.equals(trouble)) {
            trouble = news;
            LOG.log(Level.WARNING, "the access server does not take the heartbeat of relay {0}: {1}", relay.id(), news);
        }
    }
}
