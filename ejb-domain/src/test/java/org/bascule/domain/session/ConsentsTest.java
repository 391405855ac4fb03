package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ConsentMessage;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.ticket.Consent;
import org.bascule.wire.ticket.Demands;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** DEV-6: who is asked before a session starts, and what comes of each answer. */
class ConsentsTest {

    private static final Operations BOTH = Operations.of(Operations.EXEC, Operations.TERMINAL);

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Consents consents = domain.get(Consents.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");
    private final Caller approver = sample.user("approver");

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
        sample.entry(agent.uid(), engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.ALLOW);
        sample.entry(agent.uid(), approver.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
    }

    private void policy(SessionPolicy policy) throws RefusedException {
        SessionPolicies policies = domain.get(SessionPolicies.class);
        long revision = policies.read(owner, agent.uid()).revision();
        domain.transactions.inNew(() -> policies.put(owner, agent.uid(), revision, policy));
    }

    private void asks(Consent whom) throws RefusedException {
        policy(new SessionPolicy(Optional.of(whom), false, false, 60));
    }

    private SessionOpened open() throws RefusedException {
        return open("the belt slips");
    }

    private SessionOpened open(String reason) throws RefusedException {
        return domain.transactions.inNew(() -> sessions.open(
                engineer,
                new SessionRequest(agent.uid(), BOTH, Optional.of(reason).filter(text -> !text.isEmpty())),
                ClientKind.BROWSER));
    }

    private List<ConsentQuestion> decidable(Caller caller) throws RefusedException {
        return consents.decidable(caller, Cursor.first(50)).items();
    }

    private CompletableFuture<ConsentView> waiting(SessionOpened opened) throws RefusedException {
        return sessions.consent(engineer, opened.sid(), Duration.ofSeconds(20));
    }

    private ConsentView now(SessionOpened opened) throws Exception {
        return sessions.consent(engineer, opened.sid(), Duration.ZERO).get(1, TimeUnit.SECONDS);
    }

    private CompletableFuture<HandshakeAnswer> handshake(SessionId sid) throws RefusedException {
        return sessions.handshake(
                engineer,
                sid,
                new HandshakeRequest(new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of()),
                ClientKind.BROWSER);
    }

    private Ticket offered(SessionId sid) throws Exception {
        handshake(sid);
        String ticket = socket.sent(SessionMessage.SessionOffer.class).ticket();
        return Ticket.verify(
                ticket, KeySet.verify(agent.enrolled.keySet(), agent.enrolled.root()), domain.clock.instant());
    }

    private List<String> audited(String code) {
        return sample.audited(code).stream()
                .map(row -> String.valueOf(row.detail()))
                .toList();
    }

    @Test
    void withoutAPolicyNobodyIsAsked() throws Exception {
        SessionOpened opened = open();
        assertThat(opened.state()).isEqualTo(SessionOpened.READY);
        assertThat(now(opened).state()).isEqualTo(ConsentView.NONE);
        assertThat(socket.has(ConsentMessage.Ask.class)).isFalse();
        assertThat(offered(opened.sid()).demands()).isEqualTo(Demands.NONE);
    }

    @Test
    void thePersonAtTheDeviceGrantsAPart() throws Exception {
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        assertThat(opened.state()).isEqualTo(SessionOpened.ASKING);
        ConsentMessage.Ask ask = socket.sent(ConsentMessage.Ask.class);
        assertThat(ask.sid()).isEqualTo(opened.sid());
        assertThat(ask.user()).isEqualTo("engineer");
        assertThat(ask.from()).isEqualTo("192.0.2.7");
        assertThat(ask.reason()).contains("the belt slips");
        assertThat(ask.operations()).isEqualTo(BOTH);
        CompletableFuture<ConsentView> answer = waiting(opened);
        assertThat(answer).isNotDone();
        assertThatExceptionOfType(RefusedException.class)
                .as("not before the answer")
                .isThrownBy(() -> handshake(opened.sid()))
                .returns(Problem.CONSENT_REQUIRED, RefusedException::problem);
        socket.receive(new ConsentMessage.Answer(
                opened.sid(), Optional.of(Operations.of(Operations.EXEC, "vpn")), "", "Eve at the pump"));
        ConsentView granted = answer.get(5, TimeUnit.SECONDS);
        assertThat(granted.state()).isEqualTo(ConsentView.GRANTED);
        assertThat(granted.operations()).as("not what nobody asked for").containsExactly(Operations.EXEC);
        assertThat(granted.by()).isEqualTo("Eve at the pump");
        Ticket ticket = offered(opened.sid());
        assertThat(ticket.operations()).isEqualTo(Operations.of(Operations.EXEC));
        assertThat(ticket.demands()).isEqualTo(new Demands(Optional.of(Consent.DEVICE), Optional.empty(), false));
        assertThat(audited("consent.ask")).singleElement().asString().contains("the belt slips");
        assertThat(audited("consent.grant"))
                .containsExactly("exec to engineer by Eve at the pump; asked for: exec,terminal");
    }

    @Test
    void arefusalEndsIt() throws Exception {
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        CompletableFuture<ConsentView> answer = waiting(opened);
        socket.receive(new ConsentMessage.Answer(opened.sid(), Optional.empty(), "not \u202enow", "Eve"));
        ConsentView refused = answer.get(5, TimeUnit.SECONDS);
        assertThat(refused.state()).isEqualTo(ConsentView.REFUSED);
        assertThat(refused.reason()).isEqualTo("not now");
        assertThat(refused.by()).isEqualTo("Eve");
        socket.receive(new ConsentMessage.Answer(opened.sid(), Optional.of(BOTH), "", "Eve"));
        assertThat(now(opened).state()).as("said is said").isEqualTo(ConsentView.REFUSED);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> handshake(opened.sid()))
                .returns(Problem.CONFLICT, RefusedException::problem);
        assertThat(audited("consent.refuse")).containsExactly("exec,terminal of engineer by Eve: not now");
    }

    @Test
    void nobodyInTimeIsARefusal() throws Exception {
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        CompletableFuture<ConsentView> answer = waiting(opened);
        domain.clock.advance(Duration.ofSeconds(59));
        consents.sweep();
        assertThat(answer).isNotDone();
        domain.clock.advance(Duration.ofSeconds(1));
        consents.sweep();
        assertThat(answer.get(5, TimeUnit.SECONDS).state()).isEqualTo(ConsentView.TIMED_OUT);
        assertThat(socket.sent(ConsentMessage.Cancel.class).sid()).isEqualTo(opened.sid());
        assertThat(audited("consent.time-out")).hasSize(1);
        assertThat(open().state()).as("asking anew").isEqualTo(SessionOpened.ASKING);
    }

    @Test
    void onlyThisDeviceAnswersAndOnlyWhereItIsAsked() throws Exception {
        TestAgent.Socket other = TestAgent.enrolled(domain, owner, sample.root).online();
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        other.receive(new ConsentMessage.Answer(opened.sid(), Optional.of(BOTH), "", "Mallory"));
        assertThat(now(opened).state()).isEqualTo(ConsentView.ASKING);
        end(opened);
        asks(Consent.APPROVER);
        SessionOpened second = open();
        socket.receive(new ConsentMessage.Answer(second.sid(), Optional.of(BOTH), "", "the device itself"));
        assertThat(now(second).state()).isEqualTo(ConsentView.ASKING);
    }

    private void end(SessionOpened opened) throws RefusedException {
        domain.transactions.run(() -> sessions.end(
                engineer,
                opened.sid(),
                new Ending("cancelled", Optional.empty(), OptionalLong.empty(), OptionalLong.empty())));
    }

    @Test
    void whoGivesUpIsNoQuestionAnyMore() throws Exception {
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        CompletableFuture<ConsentView> answer = waiting(opened);
        assertThatExceptionOfType(RefusedException.class)
                .as("one at a time")
                .isThrownBy(this::open)
                .returns(Problem.TOO_MANY_REQUESTS, RefusedException::problem);
        end(opened);
        assertThat(answer.get(5, TimeUnit.SECONDS).state()).isEqualTo(ConsentView.ENDED);
        assertThat(socket.sent(ConsentMessage.Cancel.class).sid()).isEqualTo(opened.sid());
        assertThat(now(opened).state()).isEqualTo(ConsentView.ENDED);
    }

    @Test
    void aDeviceThatGoesOfflineEndsTheQuestion() throws Exception {
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        CompletableFuture<ConsentView> answer = waiting(opened);
        socket.lose();
        assertThat(answer.get(5, TimeUnit.SECONDS).state()).isEqualTo(ConsentView.ENDED);
    }

    @Test
    void anApproverDecidesButNeverAboutTheOwnRequest() throws Exception {
        asks(Consent.APPROVER);
        sample.entry(agent.uid(), engineer.userId(), Permission.APPROVE_ACCESS, Effect.ALLOW);
        SessionOpened opened = open();
        assertThat(socket.has(ConsentMessage.Ask.class)).isFalse();
        assertThat(decidable(engineer)).as("one's own").isEmpty();
        assertThat(decidable(approver)).singleElement().satisfies(question -> {
            assertThat(question.userName()).isEqualTo("engineer");
            assertThat(question.reason()).isEqualTo("the belt slips");
            assertThat(question.deviceName()).isEqualTo("pump");
        });
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> consents.decide(engineer, opened.sid(), Optional.of(BOTH), ""))
                .returns(Problem.FORBIDDEN, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .as("more than was asked for")
                .isThrownBy(() ->
                        consents.decide(approver, opened.sid(), Optional.of(Operations.of(Operations.EXEC, "vpn")), ""))
                .returns(Problem.INVALID, RefusedException::problem);
        CompletableFuture<ConsentView> answer = waiting(opened);
        consents.decide(approver, opened.sid(), Optional.of(Operations.of(Operations.TERMINAL)), "");
        ConsentView granted = answer.get(5, TimeUnit.SECONDS);
        assertThat(granted.state()).isEqualTo(ConsentView.GRANTED);
        assertThat(granted.operations()).containsExactly(Operations.TERMINAL);
        assertThat(granted.by()).isEqualTo("approver");
        assertThat(offered(opened.sid()).demands())
                .isEqualTo(new Demands(Optional.of(Consent.APPROVER), Optional.of("approver"), false));
        assertThat(decidable(approver)).isEmpty();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> consents.decide(approver, opened.sid(), Optional.empty(), "too late"))
                .returns(Problem.CONFLICT, RefusedException::problem);
        assertThat(domain.live)
                .filteredOn(LiveEvent.ConsentChanged.class::isInstance)
                .extracting(event -> ((LiveEvent.ConsentChanged) event).state())
                .containsExactly(ConsentView.ASKING, ConsentView.GRANTED);
    }

    /** Of those who asked at the same time the order of the sessions counts. */
    @Test
    void pagesOfQuestionsGoOnWhereTheLastOneEnded() throws Exception {
        asks(Consent.APPROVER);
        List<SessionId> asked = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Caller other = sample.user("engineer " + i);
            sample.entry(agent.uid(), other.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
            sample.entry(agent.uid(), other.userId(), Permission.TERMINAL, Effect.ALLOW);
            asked.add(domain.transactions
                    .inNew(() -> sessions.open(
                            other, new SessionRequest(agent.uid(), BOTH, Optional.empty()), ClientKind.BROWSER))
                    .sid());
            if (i % 2 == 1) {
                domain.clock.advance(Duration.ofMillis(1));
            }
        }
        List<SessionId> expected = new ArrayList<>();
        for (List<SessionId> together : List.of(asked.subList(0, 2), asked.subList(2, 4), asked.subList(4, 5))) {
            expected.addAll(together.stream()
                    .sorted(Comparator.comparing(SessionId::hex))
                    .toList());
        }
        for (int limit = 1; limit <= 6; limit++) {
            List<SessionId> all = new ArrayList<>();
            String next = "";
            while (next != null) {
                Slice<ConsentQuestion> page = consents.decidable(approver, Cursor.checked(next, 2, limit));
                assertThat(page.items()).hasSizeBetween(1, limit);
                page.items().forEach(question -> all.add(question.sid()));
                next = page.next();
            }
            assertThat(all).as("pages of %d", limit).isEqualTo(expected);
        }
    }

    @Test
    void whoMayNotApproveDecidesNothing() throws Exception {
        asks(Consent.APPROVER);
        Caller nobody = sample.user("nobody");
        sample.entry(agent.uid(), nobody.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        SessionOpened opened = open();
        assertThat(decidable(nobody)).isEmpty();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> consents.decide(nobody, opened.sid(), Optional.of(BOTH), ""))
                .returns(Problem.FORBIDDEN, RefusedException::problem);
        Caller stranger = new Sample(domain).owner();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> consents.decide(stranger, opened.sid(), Optional.of(BOTH), ""))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .as("how it stands is the requester's")
                .isThrownBy(() -> sessions.consent(approver, opened.sid(), Duration.ZERO))
                .returns(Problem.NOT_FOUND, RefusedException::problem);
    }

    @Test
    void theDevicesOwnDemandCountsWithoutAPolicyAndAfterTheApprover() throws Exception {
        socket.receive(new ConsentMessage.Demand(true));
        SessionOpened opened = open();
        assertThat(opened.state()).isEqualTo(SessionOpened.ASKING);
        end(opened);
        asks(Consent.APPROVER);
        SessionOpened second = open();
        CompletableFuture<ConsentView> answer = waiting(second);
        consents.decide(approver, second.sid(), Optional.of(Operations.of(Operations.TERMINAL)), "");
        assertThat(answer).isNotDone();
        ConsentMessage.Ask ask = socket.sent(ConsentMessage.Ask.class);
        assertThat(ask.sid()).isEqualTo(second.sid());
        assertThat(ask.operations()).isEqualTo(Operations.of(Operations.TERMINAL));
        socket.receive(new ConsentMessage.Answer(second.sid(), Optional.of(BOTH), "", "Eve"));
        assertThat(answer.get(5, TimeUnit.SECONDS).operations()).containsExactly(Operations.TERMINAL);
        assertThat(offered(second.sid()).demands())
                .isEqualTo(new Demands(Optional.of(Consent.APPROVER), Optional.of("approver"), false));
        socket.receive(new ConsentMessage.Demand(false));
        policy(SessionPolicy.DEFAULT);
        assertThat(open().state()).isEqualTo(SessionOpened.READY);
    }

    @Test
    void aReasonIsAskedForBeforeAnybodyIs() throws Exception {
        policy(new SessionPolicy(Optional.of(Consent.DEVICE), true, false, 60));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(""))
                .returns(Problem.REASON_REQUIRED, RefusedException::problem);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(" \u202e "))
                .returns(Problem.REASON_REQUIRED, RefusedException::problem);
        assertThat(socket.has(ConsentMessage.Ask.class)).isFalse();
        assertThat(open().state()).isEqualTo(SessionOpened.ASKING);
    }

    @Test
    void theFullLogIsDemandedFromTheAgent() throws Exception {
        policy(new SessionPolicy(Optional.empty(), false, true, 60));
        assertThat(offered(open().sid()).demands()).isEqualTo(new Demands(Optional.empty(), Optional.empty(), true));
    }

    @Test
    void theDomainCanDemandTheFullLogEverywhere() throws Exception {
        DomainOptions full = new DomainOptions(false, true, DomainOptions.DEFAULT.assistance(), List.of(), null, 730);
        domain.transactions.inNew(() -> domain.get(Options.class).change(owner, 0, full));
        assertThat(offered(open().sid()).demands()).isEqualTo(new Demands(Optional.empty(), Optional.empty(), true));
    }

    @Test
    void aRestartEndsWhatIsAsked() throws Exception {
        asks(Consent.DEVICE);
        SessionOpened opened = open();
        TestDomain restarted = domain.restarted();
        restarted.get(SessionStore.class).endUnanswered();
        assertThat(now(opened).state()).isEqualTo(ConsentView.ENDED);
    }
}
