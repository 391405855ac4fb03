package org.bascule.agent.endorse;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.trust.Endorsement;
import org.jspecify.annotations.Nullable;

/** The present static key with its endorsement, and the previous one while it is still accepted. Thread-safe. */
public final class StaticKeys {

    /** Begins a little in the past, for clients whose clocks are behind. */
    static final Duration BACKDATED = Duration.ofMinutes(5);

    static final Duration RENEWED_AFTER =
            Endorsement.MAX_VALIDITY.multipliedBy(2).dividedBy(3);
    static final Duration OVERLAP = Duration.ofHours(1);

    private final DeviceState state;
    private final Registration registration;
    private final DeviceIdentity identity;
    private final InstantSource clock;

    private record Endorsed(DeviceStaticKey key, Endorsement endorsement, DeviceIdentityPublicKey by) {
        boolean isDue(Instant now, DeviceIdentityPublicKey identity) {
            Instant begin = endorsement.notBefore();
            return !by.equals(identity) || now.isBefore(begin) || !now.isBefore(begin.plus(RENEWED_AFTER));
        }
    }

    // guarded by this
    private @Nullable Endorsed present;
    private @Nullable DeviceStaticKey previous;
    private Instant previousUntil = Instant.MIN;

    public StaticKeys(DeviceState state, Registration registration, DeviceIdentity identity, InstantSource clock) {
        this.state = state;
        this.registration = registration;
        this.identity = identity;
        this.clock = clock;
    }

    /** The endorsement in force, made now if there is none, two thirds of its time are over, or the identity has a new key. */
    public synchronized Endorsement current() throws StateException {
        renewIfDue();
        if (present == null) {
            throw new IllegalStateException("renewal leaves a key");
        }
        return present.endorsement();
    }

    /** Makes a new key if it is time; the new endorsement must then be told to the server. */
    public synchronized Optional<Endorsement> renewIfDue() throws StateException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Endorsed old = present;
        DeviceIdentityKey signer = identity.key();
        if (old != null && !old.isDue(now, signer.publicKey())) {
            return Optional.empty();
        }
        long counter = state.nextCounter(now);
        DeviceStaticKey key = DeviceStaticKey.generate();
        Instant begin = now.minus(BACKDATED);
        Endorsement endorsement = Endorsement.sign(
                signer,
                registration.uid(),
                registration.domain(),
                key.publicKey(),
                begin,
                begin.plus(Endorsement.MAX_VALIDITY),
                counter);
        if (old != null) {
            previous = old.key();
            previousUntil = now.plus(OVERLAP);
        }
        present = new Endorsed(key, endorsement, signer.publicKey());
        return Optional.of(endorsement);
    }

    /** The keys that a client may have used: the present one, then the previous one during the overlap. */
    public synchronized List<DeviceStaticKey> accepted() {
        if (present == null) {
            return List.of();
        }
        DeviceStaticKey old = previous;
        if (old != null && clock.instant().isAfter(previousUntil)) {
            previous = null;
            old = null;
        }
        return old == null ? List.of(present.key()) : List.of(present.key(), old);
    }
}
