package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.session.ReserveRelay;

/** Signs admission to relays: for the first connection, and in reserve. Keeps nothing; whoever calls has made sure that the session is there. */
@ApplicationScoped
public class Reserves {

    @Inject
    Signers signers;

    @Inject
    Clock clock;

    /** For the first connection of an end. */
    String first(StoredSession session, LiveRelay relay, RelayRole role, RelayProofPublicKey key)
            throws RefusedException {
        Instant now = now();
        return signers.sign(new RelayToken(
                relay.id(),
                session.sid(),
                role,
                0,
                now,
                now.plus(RelayToken.VALIDITY),
                UUID.randomUUID().toString(),
                key,
                signers.relayTag(session.domainId())));
    }

    /**
     * In reserve, for each of these relays.
     *
     * @param kind which URL the end gets
     */
    List<ReserveRelay> of(
            StoredSession session, List<LiveRelay> relays, RelayRole role, RelayProofPublicKey key, ClientKind kind)
            throws RefusedException {
        Instant now = now();
        Instant lease = now.plus(RelayToken.RESERVE_VALIDITY);
        Instant expires = lease.isAfter(session.sessionExpires()) ? session.sessionExpires() : lease;
        List<ReserveRelay> reserve = new ArrayList<>();
        for (LiveRelay relay : relays) {
            String token = signers.sign(new RelayToken(
                    relay.id(),
                    session.sid(),
                    role,
                    1,
                    now,
                    expires,
                    UUID.randomUUID().toString(),
                    key,
                    signers.relayTag(session.domainId()),
                    true));
            reserve.add(new ReserveRelay(Relays.address(relay, kind), token));
        }
        return reserve;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
