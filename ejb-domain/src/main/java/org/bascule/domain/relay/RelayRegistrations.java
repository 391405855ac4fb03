package org.bascule.domain.relay;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.DuplicateException;
import org.bascule.domain.guard.Network;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayIdentityPublicKey;
import org.bascule.wire.registry.HeartbeatAnswer;
import org.bascule.wire.registry.RelayDescription;
import org.bascule.wire.registry.RelayHeartbeat;
import org.bascule.wire.registry.RelayTraffic;

/** Takes the heartbeats of relays, which anybody may send. */
@Stateless
public class RelayRegistrations {

    /** After the end of a session: a relay that could not reach the server tells later, and tokens in reserve outlive it for some minutes. */
    static final Duration TOLD_WITHIN = Duration.ofMinutes(15);

    @Inject
    Settings settings;

    @Inject
    Installation installation;

    @Inject
    RelayStore store;

    @Inject
    RelayRecords records;

    @Inject
    Clock clock;

    /**
     * A heartbeat came.
     *
     * @param signed JWS
     * @param address of who sent it
     * @return what the operator says about this relay
     * @throws WireException if it is none for this installation, or the clock of the relay is wrong
     * @throws RefusedException {@code FORBIDDEN} if the relay is where none may be, {@code CONFLICT} if the id belongs to another key or a later heartbeat came before,
     *     {@code TOO_MANY_REQUESTS} if too many relays wait to be approved
     */
    public HeartbeatAnswer heartbeat(String signed, String address) throws RefusedException, WireException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        RelayHeartbeat heartbeat = RelayHeartbeat.verify(
                signed, installation.requireKeySet().keys().root().hash(), now);
        RelayDescription relay = heartbeat.relay();
        if (!settings.relayPolicy().permits(relay.url(), relay.nativeUrl())) {
            throw withoutTls(Problem.FORBIDDEN);
        }
        Optional<KnownRelay> known = store.locked(relay.id());
        if (known.isEmpty()) {
            return add(heartbeat, address, now);
        }
        return heard(known.get(), heartbeat, address, now);
    }

    /**
     * A relay tells what it has forwarded. What it says of sessions that are unknown here, to which it was never given, or that are long over is left out.
     *
     * @throws WireException if it is none for this installation, by the key of the relay, or the clock of that is wrong
     * @throws RefusedException {@code NOT_FOUND} if the relay is not an approved one
     */
    public void traffic(String signed) throws RefusedException, WireException {
        String id = RelayTraffic.relay(signed);
        KnownRelay relay = (RelayDescription.isId(id) ? store.find(id) : Optional.<KnownRelay>empty())
                .filter(KnownRelay::isApproved)
                .orElseThrow(RefusedException::notFound);
        RelayTraffic traffic = RelayTraffic.verify(
                signed,
                RelayIdentityPublicKey.parse(relay.publicKey()),
                installation.requireKeySet().keys().root().hash(),
                clock.instant());
        Instant now = clock.instant();
        store.traffic(id, traffic.pairs(), now, now.minus(TOLD_WITHIN));
    }

    private HeartbeatAnswer add(RelayHeartbeat heartbeat, String address, Instant now) throws RefusedException {
        store.forgetPending(now).forEach(this::forgotten);
        Network network = Network.of(address);
        WaitingRelays waiting = store.waiting();
        if (!waiting.hasRoom(network, now)) {
            throw new RefusedException(
                    Problem.TOO_MANY_REQUESTS, "Too many relays wait to be approved. An operator must decide on them.");
        }
        waiting.givesWay(network, now)
                .flatMap(one -> store.locked(one.id()))
                .filter(relay -> relay.state() == HeartbeatAnswer.State.PENDING)
                .ifPresent(relay -> {
                    store.remove(relay.relay().id());
                    forgotten(relay);
                });
        try {
            store.add(heartbeat, address, now);
        } catch (DuplicateException e) {
            throw taken();
        }
        RelayDescription relay = heartbeat.relay();
        records.record(
                Actor.unknown(null, address),
                Operation.RELAY_REQUESTED,
                relay,
                Changes.none().field("url", null, relay.url()).field("nativeUrl", null, relay.nativeUrl()));
        return new HeartbeatAnswer(HeartbeatAnswer.State.PENDING, false);
    }

    /** Nobody decided about it, and it is silent or gave way: an operator who looks for it finds that it was there. */
    private void forgotten(KnownRelay relay) {
        records.record(
                Actor.SERVER,
                Operation.RELAY_REMOVED,
                relay.relay(),
                Changes.none()
                        .field("state", relay.state().text(), null)
                        .field("url", relay.relay().url(), null)
                        .field("nativeUrl", relay.relay().nativeUrl(), null)
                        .field("words", relay.words(), null));
    }

    private HeartbeatAnswer heard(KnownRelay known, RelayHeartbeat heartbeat, String address, Instant now)
            throws RefusedException {
        if (!MessageDigest.isEqual(known.publicKey(), heartbeat.key().raw())) {
            throw taken();
        }
        if (heartbeat.number() <= known.number()) {
            throw new RefusedException(Problem.CONFLICT, "A later heartbeat of this relay came before.");
        }
        HeartbeatAnswer.State state = known.state();
        if (known.isApproved() && !sameAddresses(known.relay(), heartbeat.relay())) {
            state = HeartbeatAnswer.State.PENDING;
            records.record(
                    Actor.unknown(null, address),
                    Operation.RELAY_REQUESTED,
                    heartbeat.relay(),
                    Changes.none()
                            .field("url", known.relay().url(), heartbeat.relay().url())
                            .field(
                                    "nativeUrl",
                                    known.relay().nativeUrl(),
                                    heartbeat.relay().nativeUrl()));
        }
        store.heard(heartbeat, state, address, now);
        return new HeartbeatAnswer(state, known.drain());
    }

    private static boolean sameAddresses(RelayDescription one, RelayDescription other) {
        return one.url().equals(other.url()) && one.nativeUrl().equals(other.nativeUrl());
    }

    /** What the policy of relays forbids. */
    static RefusedException withoutTls(Problem problem) {
        return new RefusedException(
                problem,
                "A relay is reached by wss. Only if the operator allows it agents and bascule reach one by ws, and"
                        + " browsers never do.");
    }

    private static RefusedException taken() {
        return new RefusedException(
                Problem.CONFLICT,
                "This id belongs to a relay with another key. An operator must remove that one first.");
    }
}
