package org.bascule.agent.ticket;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.KeySets;
import org.bascule.agent.state.Registration;
import org.bascule.agent.ticket.OfferRefused.Code;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.bascule.wire.ticket.Ticket;

/** Verifies tickets and lets each through once ({@code docs/protocol/session.md}, "Ticket"). Thread-safe. */
public final class TicketGate {

    /** By how much the access server's time may differ. */
    static final Duration SKEW = Duration.ofSeconds(30);
    /** How long after its {@code exp} a ticket is remembered. */
    static final Duration REMEMBERED = Duration.ofSeconds(120);

    private final Registration registration;
    private final DeviceIdentity identity;
    private final KeySets keySets;
    private final InstantSource clock;

    // guarded by this
    private final ReplayMemory seen = new ReplayMemory();
    private Instant channelStart = Instant.MAX;

    public TicketGate(Registration registration, DeviceIdentity identity, KeySets keySets, InstantSource clock) {
        this.registration = registration;
        this.identity = identity;
        this.keySets = keySets;
        this.clock = clock;
    }

    /** From now on tickets that were issued before are refused. Until the first call all are. */
    public synchronized void channelStarted(Instant time) {
        channelStart = time;
    }

    /** The ticket of an offer: verified, for this m1, and never seen before. Remembers it. */
    public synchronized Ticket admit(String text, byte[] m1) throws OfferRefused {
        Instant now = clock.instant();
        Ticket ticket = verified(text, now);
        if (!MessageDigest.isEqual(ticket.cnf(), Sha256.of(m1))) {
            throw new OfferRefused(Code.TICKET_FOREIGN, "the ticket is for another handshake message");
        }
        if (now.isAfter(ticket.expires().plus(SKEW))) {
            throw new OfferRefused(Code.TICKET_EXPIRED, "the ticket's time to start is over");
        }
        if (channelStart.equals(Instant.MAX) || ticket.issuedAt().isBefore(channelStart.minus(SKEW))) {
            throw new OfferRefused(Code.TICKET_REPLAYED, "the ticket is older than the control channel");
        }
        String handshake = "cnf:" + B64.encode(ticket.cnf());
        if (seen.contains(handshake, now)) {
            throw new OfferRefused(Code.TICKET_REPLAYED, "the handshake message was used before");
        }
        remember(ticket, now);
        if (!seen.remember(handshake, ticket.expires().plus(REMEMBERED), now)) {
            throw new OfferRefused(Code.BUSY, "too many offers");
        }
        return ticket;
    }

    /** A newer ticket of a running session: the same session and handshake, a higher number. Remembers it. */
    public synchronized Ticket renew(String text, Ticket current) throws OfferRefused {
        Instant now = clock.instant();
        Ticket ticket = verified(text, now);
        boolean same = ticket.sid().equals(current.sid())
                && Arrays.equals(ticket.cnf(), current.cnf())
                && ticket.user().equals(current.user())
                && ticket.account().equals(current.account());
        if (!same) {
            throw new OfferRefused(Code.TICKET_FOREIGN, "the newer ticket is for another session, user or account");
        }
        if (ticket.seq() <= current.seq()) {
            throw new OfferRefused(Code.TICKET_REPLAYED, "the newer ticket has no higher number");
        }
        remember(ticket, now);
        return ticket;
    }

    private Ticket verified(String text, Instant now) throws OfferRefused {
        Ticket ticket;
        try {
            ticket = Ticket.verify(text, keySets.current(), now);
        } catch (WireException e) {
            throw new OfferRefused(Code.TICKET_INVALID, "the ticket does not verify: " + e.getMessage(), e);
        }
        requireOurs(ticket);
        requireTime(ticket, now);
        return ticket;
    }

    private void requireOurs(Ticket ticket) throws OfferRefused {
        boolean ours = ticket.issuer().equals(registration.issuer())
                && ticket.device().equals(registration.uid())
                && ticket.domain().equals(registration.domain())
                && identity.isOurs(ticket.deviceThumbprint());
        if (!ours) {
            throw new OfferRefused(Code.TICKET_FOREIGN, "the ticket is for another device, domain or installation");
        }
    }

    private static void requireTime(Ticket ticket, Instant now) throws OfferRefused {
        if (ticket.sessionExpires().isAfter(ticket.issuedAt().plus(Ticket.MAX_SESSION))) {
            // a renewal keeps the session's end, which lies nearer with every one
            throw new OfferRefused(Code.TICKET_INVALID, "the session would last longer than 12 hours");
        }
        Instant latest = now.plus(SKEW);
        if (ticket.issuedAt().isAfter(latest) || ticket.notBefore().isAfter(latest)) {
            throw new OfferRefused(Code.TICKET_INVALID, "the ticket is not valid yet");
        }
        Instant earliest = now.minus(SKEW);
        if (earliest.isAfter(ticket.leaseExpires()) || earliest.isAfter(ticket.sessionExpires())) {
            throw new OfferRefused(Code.TICKET_EXPIRED, "the ticket's lease or session is over");
        }
    }

    private void remember(Ticket ticket, Instant now) throws OfferRefused {
        String jti = "jti:" + ticket.jti();
        if (seen.contains(jti, now)) {
            throw new OfferRefused(Code.TICKET_REPLAYED, "the ticket was used before");
        }
        if (!seen.remember(jti, ticket.expires().plus(REMEMBERED), now)) {
            throw new OfferRefused(Code.BUSY, "too many tickets");
        }
    }
}
