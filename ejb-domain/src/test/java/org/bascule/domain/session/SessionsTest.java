package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.OwnerMessage;
import org.bascule.wire.control.ReportMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayWay;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionsTest {

    private static final byte[] M1 = {1, 2, 3};
    private static final byte[] M2 = {4, 5, 6};

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final RelayProofKey clientKey = RelayProofKey.generate();
    private final RelayProofKey deviceKey = RelayProofKey.generate();

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        domain.transactions.run(
                () -> domain.get(Directory.class).change(owner, agent.uid(), 0, new DeviceChange("pump", "operator")));
        socket = agent.online();
    }

    private SessionOpened open(Caller caller) throws RefusedException {
        return domain.transactions.inNew(() -> sessions.open(
                caller,
                new SessionRequest(agent.uid(), Operations.of("terminal"), Optional.of("maintenance")),
                ClientKind.BROWSER));
    }

    private CompletableFuture<HandshakeAnswer> handshake(Caller caller, SessionId sid) throws RefusedException {
        HandshakeRequest request = new HandshakeRequest(M1, clientKey.publicKey(), Map.of("r1", 50L, "r2", 10L));
        return sessions.handshake(caller, sid, request, ClientKind.BROWSER);
    }

    private void answer(SessionId sid) {
        socket.receive(new SessionMessage.SessionAnswer(sid, M2, deviceKey.publicKey(), Map.of("r1", 1L, "r2", 5L)));
    }

    private HandshakeAnswer running(SessionId sid) throws Exception {
        CompletableFuture<HandshakeAnswer> future = handshake(owner, sid);
        answer(sid);
        return future.get();
    }

    private KeySet keys() throws Exception {
        return KeySet.verify(agent.enrolled.keySet(), agent.enrolled.root());
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    @Test
    void fromRequestToEnd() throws Exception {
        SessionOpened opened = open(owner);
        assertThat(opened.device()).isEqualTo(agent.uid());
        assertThat(opened.chain()).isEqualTo(agent.enrolled.chain());
        assertThat(opened.state()).isEqualTo("ready");
        assertThat(opened.endorsement().counter())
                .isEqualTo(domain.clock.instant().getEpochSecond());
        assertThat(opened.relays()).hasSize(2);

        CompletableFuture<HandshakeAnswer> future = handshake(owner, opened.sid());
        SessionMessage.SessionOffer offer = socket.sent(SessionMessage.SessionOffer.class);
        assertThat(offer.m1()).isEqualTo(M1);
        assertThat(offer.address()).isEqualTo("192.0.2.7");
        Ticket ticket = Ticket.verify(offer.ticket(), keys(), domain.clock.instant());
        assertThat(ticket.issuer()).isEqualTo(TestDomain.PUBLIC_URL);
        assertThat(ticket.device()).isEqualTo(agent.uid());
        assertThat(ticket.deviceThumbprint())
                .isEqualTo(agent.identity.publicKey().thumbprint());
        assertThat(ticket.domain()).isEqualTo(sample.id);
        assertThat(ticket.user()).isEqualTo(owner.userId());
        assertThat(ticket.userName()).isEqualTo("owner");
        assertThat(ticket.cnf()).isEqualTo(Sha256.of(M1));
        assertThat(ticket.operations()).isEqualTo(Operations.of("terminal"));
        assertThat(ticket.account()).isEqualTo("operator");
        assertThat(ticket.reason()).contains("maintenance");
        assertThat(ticket.seq()).isEqualTo(1);

        answer(opened.sid());
        HandshakeAnswer answer = future.get();
        assertThat(answer.m2()).isEqualTo(M2);
        assertThat(answer.ticket()).isEqualTo(offer.ticket());
        assertThat(answer.relay().id()).as("15 ms beat 51 ms").isEqualTo("r2");
        assertThat(answer.relay().url()).isEqualTo("wss://r2.example/relay");
        assertThat(HandshakeAnswer.parse(answer.toJson()).way())
                .isEqualTo(new RelayWay(Optional.of(10L), Optional.of(5L)));
        SessionMessage.SessionRelay relay = socket.sent(SessionMessage.SessionRelay.class);
        assertThat(relay.relay().url()).as("agents are native").isEqualTo("wss://r2.example:8443/relay");
        RelayToken client = RelayToken.verify(answer.token(), keys(), domain.clock.instant());
        RelayToken device = RelayToken.verify(relay.token(), keys(), domain.clock.instant());
        assertThat(client.role()).isEqualTo(RelayRole.CLIENT);
        assertThat(client.cnf()).isEqualTo(clientKey.publicKey());
        assertThat(device.role()).isEqualTo(RelayRole.DEVICE);
        assertThat(device.cnf()).isEqualTo(deviceKey.publicKey());
        assertThat(client.tag()).isEqualTo(device.tag()).doesNotContain(sample.id);

        assertThat(sessions.live(owner, null, Cursor.first(50)).items())
                .singleElement()
                .satisfies(view -> {
                    assertThat(view.relay()).isEqualTo("r2");
                    assertThat(view.relayClientMillis()).isEqualTo(10);
                    assertThat(view.relayDeviceMillis()).isEqualTo(5);
                    assertThat(view.deviceAddress()).isEqualTo("198.51.100.20");
                });
        assertThat(audited("session.start")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.address()).isEqualTo("192.0.2.7");
            assertThat(row.detail())
                    .isEqualTo("terminal as 'operator' by relay r2, device at 198.51.100.20, reason: maintenance");
            assertThat(row.sid()).isEqualTo(opened.sid().hex());
        });

        socket.receive(new SessionMessage.SessionEnded(opened.sid(), "done", 100, 2_000, "203.0.113.5"));
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
        domain.transactions.run(() -> sessions.end(
                owner, opened.sid(), new Ending("closed", Optional.empty(), OptionalLong.of(7), OptionalLong.empty())));
        assertThat(audited("session.end"))
                .singleElement()
                .satisfies(
                        row -> assertThat(row.detail())
                                .isEqualTo(
                                        "done; user owner at 192.0.2.7, device at 198.51.100.20, 100 bytes to the device, 2000 from it"));
        assertThat(sessions.ofDevice(owner, agent.uid(), Cursor.first(10)).items())
                .singleElement()
                .satisfies(view -> {
                    assertThat(view.endReason()).isEqualTo("done");
                    assertThat(view.bytesOut()).isEqualTo(2_000);
                });
        assertThat(domain.live)
                .filteredOn(LiveEvent.SessionChanged.class::isInstance)
                .extracting(event -> ((LiveEvent.SessionChanged) event).state())
                .containsExactly("started", "ended");
    }

    @Test
    void withoutTheTerminalPermissionItIsForbiddenAndAudited() {
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(user))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        assertThat(audited("access")).singleElement().satisfies(row -> assertThat(row.detail())
                .isEqualTo("without the permission terminal"));
    }

    @Test
    void permissionIsCheckedAgainBeforeTheTicket() throws Exception {
        SessionOpened opened = open(owner);
        sample.removeEntries();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> handshake(owner, opened.sid()))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        assertThat(socket.has(SessionMessage.SessionOffer.class)).isFalse();
    }

    @Test
    void sessionIsItsUsersAndHasOneHandshake() throws Exception {
        SessionOpened opened = open(owner);
        Caller other = sample.user("other");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> handshake(other, opened.sid()))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        running(opened.sid());
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> handshake(owner, opened.sid()))
                .matches(e -> e.problem() == Problem.CONFLICT);
    }

    @Test
    void offlineAndQuarantinedDevicesAreSaidSo() {
        socket.lose();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(owner))
                .matches(e -> e.problem() == Problem.DEVICE_OFFLINE);
        domain.sql
                .in(sample.id)
                .statement("update device set quarantined = true where domain_id = :domain")
                .update();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(owner))
                .matches(e -> e.problem() == Problem.DEVICE_QUARANTINED);
    }

    @Test
    void aDeviceThatItsOwnerHasSwitchedOffIsSaidSoAndAudited() throws Exception {
        SessionOpened before = open(owner);
        socket.receive(new OwnerMessage.Switch(false, "always", Optional.empty(), ""));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(owner))
                .matches(e -> e.problem() == Problem.DEVICE_SWITCHED_OFF);
        assertThat(audited("session.open"))
                .extracting(row -> row.outcome() + " " + row.detail())
                .contains("denied Remote access was switched off at the device.");

        CompletableFuture<HandshakeAnswer> underWay = handshake(owner, before.sid());
        socket.receive(new SessionMessage.SessionRefuse(before.sid(), "switched-off", "whatever"));
        failed(underWay, Problem.DEVICE_SWITCHED_OFF);

        socket.receive(new OwnerMessage.Switch(true, "always", Optional.empty(), ""));
        SessionOpened after = open(owner);
        running(after.sid());
        socket.receive(new SessionMessage.SessionEnded(after.sid(), "switched-off", 1, 2, "10.0.0.1"));
        assertThat(domain.get(SessionStore.class).endReason(agent.uid(), after.sid()))
                .contains("switched-off");
    }

    @Test
    void deviceThatDoesNotAnswerFailsTheHandshakeAfterTenSeconds() throws Exception {
        SessionOpened opened = open(owner);
        CompletableFuture<HandshakeAnswer> future = handshake(owner, opened.sid());
        domain.clock.advance(Duration.ofSeconds(9));
        domain.get(Handshakes.class).sweep();
        assertThat(future).isNotDone();
        domain.clock.advance(Duration.ofSeconds(1));
        domain.get(Handshakes.class).sweep();
        failed(future, Problem.HANDSHAKE_FAILED);
        assertThat(audited("session.start")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("failed");
            assertThat(row.detail()).isEqualTo("the device did not answer in time");
        });
        answer(opened.sid());
        assertThat(socket.sent(SessionMessage.SessionEnd.class).sid()).isEqualTo(opened.sid());
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
    }

    private static void failed(CompletableFuture<HandshakeAnswer> future, Problem problem) {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(future::get)
                .matches(e -> e.getCause() instanceof RefusedException refused && refused.problem() == problem);
    }

    @Test
    void refusalOfTheDeviceIsAuditedWithItsCode() throws Exception {
        SessionOpened first = open(owner);
        CompletableFuture<HandshakeAnswer> replayed = handshake(owner, first.sid());
        socket.receive(new SessionMessage.SessionRefuse(first.sid(), "ticket-replayed", "seen"));
        failed(replayed, Problem.HANDSHAKE_FAILED);
        SessionOpened second = open(owner);
        CompletableFuture<HandshakeAnswer> policy = handshake(owner, second.sid());
        socket.receive(new SessionMessage.SessionRefuse(second.sid(), "not-permitted", ""));
        failed(policy, Problem.FORBIDDEN);
        assertThat(policy).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("does not permit this");
        assertThat(audited("session.start"))
                .extracting(row -> row.outcome() + " " + row.detail())
                .containsExactly(
                        "denied the device refused: not-permitted ", "denied the device refused: ticket-replayed seen");
    }

    /** The device says only that it may not: why, the access server knows. */
    @Test
    void deviceWithoutAnAccountIsRefusedAsSuch() throws Exception {
        domain.transactions.run(
                () -> domain.get(Directory.class).change(owner, agent.uid(), 1, new DeviceChange("pump", "")));
        SessionOpened opened = open(owner);
        CompletableFuture<HandshakeAnswer> future = handshake(owner, opened.sid());
        socket.receive(new SessionMessage.SessionRefuse(opened.sid(), "not-permitted", ""));
        failed(future, Problem.NO_ACCOUNT);
    }

    @Test
    void deviceThatGoesAwayFailsTheHandshakeAtOnce() throws Exception {
        CompletableFuture<HandshakeAnswer> future = handshake(owner, open(owner).sid());
        socket.lose();
        failed(future, Problem.DEVICE_OFFLINE);
    }

    @Test
    void anotherDeviceCannotAnswer() throws Exception {
        TestAgent stranger = TestAgent.enrolled(domain, owner, sample.root);
        TestAgent.Socket strange = stranger.online();
        SessionOpened opened = open(owner);
        CompletableFuture<HandshakeAnswer> future = handshake(owner, opened.sid());
        strange.receive(new SessionMessage.SessionAnswer(opened.sid(), M2, deviceKey.publicKey(), Map.of()));
        strange.receive(new SessionMessage.SessionRefuse(opened.sid(), "busy", ""));
        strange.receive(new SessionMessage.SessionEnded(opened.sid(), "done", 0, 0, ""));
        assertThat(future).isNotDone();
        answer(opened.sid());
        assertThat(future).isCompleted();
    }

    @Test
    void leaseIsRenewedEveryTwoMinutesWithAHigherNumber() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        renewAfter(Duration.ofSeconds(119));
        assertThat(socket.has(SessionMessage.SessionUpdate.class)).isFalse();
        renewAfter(Duration.ofSeconds(1));
        Ticket second = updated();
        assertThat(second.seq()).isEqualTo(2);
        assertThat(second.cnf()).isEqualTo(Sha256.of(M1));
        assertThat(second.sid()).isEqualTo(opened.sid());
        renewAfter(Duration.ofSeconds(120));
        assertThat(updated().seq()).isEqualTo(3);
    }

    private void renewAfter(Duration time) {
        domain.clock.advance(time);
        domain.get(Leases.class).sweep();
    }

    private Ticket updated() throws Exception {
        return Ticket.verify(socket.sent(SessionMessage.SessionUpdate.class).ticket(), keys(), domain.clock.instant());
    }

    @Test
    void lostPermissionEndsARunningSession() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        sample.removeEntries();
        domain.get(Leases.class).recheck(sample.id);
        assertThat(socket.sent(SessionMessage.SessionEnd.class).reason()).isEqualTo("not-permitted");
        assertThat(audited("session.end")).hasSize(1);
    }

    @Test
    void sessionOfAnAbsentDeviceEndsWithItsLease() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        socket.lose();
        renewAfter(Duration.ofSeconds(299));
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).hasSize(1);
        renewAfter(Duration.ofSeconds(2));
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
        assertThat(audited("session.end").get(0).detail()).startsWith("interrupted;");
        assertThat(sessions.ofDevice(owner, agent.uid(), Cursor.first(1))
                        .items()
                        .get(0)
                        .endReason())
                .isEqualTo("interrupted");
        assertThat(opened.sid()).isNotNull();
    }

    @Test
    void afterARestartTheUnansweredEndAndTheRunningGoOn() throws Exception {
        SessionOpened running = open(owner);
        running(running.sid());
        open(owner);
        handshake(owner, open(owner).sid());
        TestDomain restarted = domain.restarted();
        restarted.get(SessionStore.class).endUnanswered();
        assertThat(restarted
                        .get(Sessions.class)
                        .live(owner, null, Cursor.first(50))
                        .items())
                .extracting(SessionView::sid)
                .containsExactly(running.sid().hex());
        socket = agent.with(restarted).online();
        restarted.clock.advance(Duration.ofSeconds(121));
        restarted.get(Leases.class).sweep();
        assertThat(socket.sent(SessionMessage.SessionUpdate.class).sid()).isEqualTo(running.sid());
    }

    @Test
    void endThatTheDeviceCouldOnlyReportLaterEndsTheSession() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        report("session-ended", Optional.of(opened.sid()), 0);
        assertThat(audited("session.end")).singleElement().satisfies(row -> assertThat(row.detail())
                .startsWith("why;"));
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
    }

    /** Its lease lapsed, but it had ended before: the connection log says what the device knows, unless that cannot be. */
    @ParameterizedTest
    @CsvSource({"60,60", "299,299", "400,302", "0,302", "700,302"})
    void endOfASessionThatWasGivenUpIsCorrectedByTheDevice(long reported, long shown) throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        Instant begun = domain.clock.instant();
        socket.lose();
        renewAfter(Duration.ofSeconds(302));
        assertThat(last().ended()).isEqualTo(begun.plusSeconds(302));
        domain.clock.advance(Duration.ofSeconds(200));
        socket = agent.online();
        Instant told = reported == 0 ? begun.minusSeconds(1) : begun.plusSeconds(reported);
        domain.live.clear();
        ended(opened.sid(), told, "done; 512 bytes in, 9 out; as was wished", 0);
        assertThat(last().bytesIn()).isEqualTo(512);
        assertThat(last().bytesOut()).isEqualTo(9);
        assertThat(last().ended()).isEqualTo(begun.plusSeconds(shown));
        assertThat(last().endReason()).isEqualTo(shown == reported ? "done" : "interrupted");
        assertThat(audited("session.end")).as("ended once").hasSize(1);
        assertThat(domain.live)
                .filteredOn(LiveEvent.SessionChanged.class::isInstance)
                .as("pages that show it")
                .hasSize(shown == reported ? 1 : 0);
        ended(opened.sid(), begun.plusSeconds(30), "interrupted; 0 bytes in, 0 out", 1);
        assertThat(last().ended())
                .as("corrected at most once")
                .isEqualTo(begun.plusSeconds(shown == reported ? reported : 30));
    }

    private void ended(SessionId sid, Instant time, String detail, long number) {
        socket.receive(new ReportMessage.Events(
                number, List.of(new DeviceEvent(time, "session-ended", Optional.of(sid), detail, 1))));
    }

    /** What the device said at the time stays, and its event says the same in more words. */
    @Test
    void endThatWasReportedAtTheTimeIsNotCorrected() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        domain.clock.advance(Duration.ofSeconds(20));
        socket.receive(new SessionMessage.SessionEnded(opened.sid(), "interrupted", 512, 9, ""));
        Instant end = domain.clock.instant();
        domain.clock.advance(Duration.ofSeconds(5));
        ended(opened.sid(), end.minusSeconds(3), "interrupted; 512 bytes in, 9 out", 0);
        assertThat(last().ended()).isEqualTo(end);
        assertThat(last().endReason()).isEqualTo("interrupted");
    }

    private SessionView last() throws Exception {
        return sessions.ofDevice(owner, agent.uid(), Cursor.first(1)).items().get(0);
    }

    @Test
    void agentThatStartedAnewHasLostItsSessions() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        report("agent-started", Optional.empty(), 0);
        assertThat(sessions.live(owner, null, Cursor.first(50)).items())
                .as("reported by the channel that the session came over")
                .hasSize(1);
        socket.lose();
        domain.clock.advance(Duration.ofSeconds(5));
        socket = agent.online();
        report("agent-started", Optional.empty(), 1);
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
        assertThat(audited("session.end").get(0).detail()).startsWith("interrupted;");
    }

    private void report(String code, Optional<SessionId> sid, long number) {
        socket.receive(new ReportMessage.Events(
                number, List.of(new DeviceEvent(domain.clock.instant(), code, sid, "why", 1))));
    }

    @Test
    void removedDeviceTakesItsSessionsWithIt() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        domain.transactions.run(() -> domain.get(Directory.class).remove(owner, agent.uid(), 1));
        assertThat(audited("session.end")).singleElement().satisfies(row -> assertThat(row.detail())
                .startsWith("device-removed;"));
        assertThat(opened.sid()).isNotNull();
    }

    @Test
    void onlyWhoMayEndSessionsEndsThoseOfOthers() throws Exception {
        SessionOpened opened = open(owner);
        running(opened.sid());
        Caller user = sample.user("u");
        sample.entry(sample.root, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> end(user, opened))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        sample.entry(sample.root, user.userId(), Permission.END_SESSIONS, Effect.ALLOW);
        end(user, opened);
        assertThat(socket.sent(SessionMessage.SessionEnd.class).sid()).isEqualTo(opened.sid());
        assertThat(audited("session.end").get(0).userName()).isEqualTo("u");
        assertThat(sessions.live(user, null, Cursor.first(50)).items()).isEmpty();
    }

    private void end(Caller caller, SessionOpened opened) throws RefusedException {
        domain.transactions.run(() -> sessions.end(
                caller,
                opened.sid(),
                new Ending("by hand", Optional.empty(), OptionalLong.empty(), OptionalLong.empty())));
    }
}
