package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.ticket.Demands;
import org.bascule.wire.ticket.Ticket;

/** Signs the ticket of a stored session. Whoever calls has checked the permission in this moment. */
@ApplicationScoped
public class Tickets {

    @Inject
    Installation installation;

    @Inject
    Signers signers;

    @Inject
    Uuid7 ids;

    /**
     * The signed text.
     *
     * @param seq 1 for the first ticket, then higher
     */
    public String sign(StoredSession session, long seq, Instant at) throws RefusedException {
        Instant now = at.truncatedTo(ChronoUnit.SECONDS);
        return signers.sign(new Ticket(
                installation.issuer(),
                session.deviceUid(),
                session.identity().thumbprint(),
                session.domainId(),
                session.userId(),
                session.userName(),
                session.sid(),
                ids.next(),
                seq,
                session.cnf(),
                session.operations(),
                session.account(),
                Optional.ofNullable(session.acr()),
                Optional.ofNullable(session.authTime()).map(time -> time.truncatedTo(ChronoUnit.SECONDS)),
                Optional.ofNullable(session.reason()),
                now,
                now,
                now.plus(Ticket.START),
                lease(session, now),
                session.sessionExpires(),
                Demands.NONE));
    }

    /** The lease ends with the session at the latest. */
    static Instant lease(StoredSession session, Instant now) {
        Instant lease = now.truncatedTo(ChronoUnit.SECONDS).plus(Ticket.LEASE);
        return lease.isAfter(session.sessionExpires()) ? session.sessionExpires() : lease;
    }
}
