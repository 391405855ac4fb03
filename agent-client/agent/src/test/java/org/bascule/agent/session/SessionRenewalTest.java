package org.bascule.agent.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.TestInstallation;
import org.bascule.session.handshake.ClientHandshake;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.Session;
import org.bascule.wire.Operations;
import org.bascule.wire.control.SessionMessage;
import org.junit.jupiter.api.Test;

/** What newer tickets do to a session, and what becomes of one that gets none. */
class SessionRenewalTest extends DeviceSessionsFixture {

    @Test
    void leaseThatIsNotRenewedEndsTheSession() throws Exception {
        try (Session session = opening().session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            time.advance(Duration.ofSeconds(301));
            assertThat(end(session).reason()).isEqualTo(EndReason.TICKET_EXPIRED);
        }
        assertThat(await(SessionMessage.SessionEnded.class).reason()).isEqualTo("ticket-expired");
    }

    @Test
    void renewalProlongsTheLeaseButNotTheSession() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            await(() -> session.isRunning() && sessions.count() == 1);
            for (int seq = 2; seq <= 3; seq++) {
                time.advance(Duration.ofSeconds(200));
                renew(opening, seq, BOTH, clock.instant().plus(Duration.ofHours(5)));
            }
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            time.advance(Duration.ofHours(1));
            assertThat(end(session).reason()).isEqualTo(EndReason.TICKET_EXPIRED);
        }
    }

    @Test
    void narrowerTicketResetsWhatItNoLongerAllows() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            await(() -> !terminal.events.isEmpty());
            renew(opening, 2, Operations.of(Operations.EXEC), opening.ticket.sessionExpires);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
            Collected again = new Collected();
            session.open(Service.TERMINAL, SIZE, again);
            assertThat(again.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
    }

    @Test
    void narrowerTicketBeforeTheRelayCounts() throws Exception {
        Opening opening = opening();
        ClientHandshake.Completed completed = opening.answered();
        renew(opening, 2, Operations.of(Operations.EXEC), opening.ticket.sessionExpires);
        try (Session session = opening.joined(completed)) {
            Collected terminal = new Collected();
            session.open(Service.TERMINAL, SIZE, terminal);
            assertThat(terminal.end.get(20, TimeUnit.SECONDS)).isEqualTo(EndReason.NOT_PERMITTED);
        }
    }

    @Test
    void renewalForgedChangesNothing() throws Exception {
        Opening opening = opening();
        try (Session session = opening.session()) {
            await(() -> sessions.count() == 1);
            sessions.updated(new SessionMessage.SessionUpdate(
                    opening.ticket.sid, TestInstallation.withBrokenSignature(opening.text)));
            awaitEvent("session-refused", "(renewal)");
            assertThat(session.isRunning()).isTrue();
        }
    }
}
