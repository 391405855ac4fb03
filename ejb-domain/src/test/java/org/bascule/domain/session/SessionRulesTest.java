package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.access.Preview;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.PlannedConditions;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.options.Assistance;
import org.bascule.domain.options.DomainOptions;
import org.bascule.domain.options.Options;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a domain asks of sessions beside the rights: quotas and comments. */
class SessionRulesTest {

    private static final byte[] M1 = {1, 2, 3};

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final String plant = sample.folder(sample.root, "plant");
    private final String line = sample.folder(plant, "line");

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, line);
        socket = agent.online();
    }

    private SessionId open(Caller caller) throws RefusedException {
        return open(caller, agent);
    }

    private SessionId open(Caller caller, TestAgent on) throws RefusedException {
        return domain.transactions
                .inNew(() -> sessions.open(
                        caller,
                        new SessionRequest(on.uid(), Operations.of("terminal"), Optional.empty()),
                        ClientKind.BROWSER))
                .sid();
    }

    private void handshake(SessionId sid) throws RefusedException {
        RelayProofKey key = RelayProofKey.generate();
        sessions.handshake(owner, sid, new HandshakeRequest(M1, key.publicKey(), Map.of()), ClientKind.BROWSER);
        socket.receive(new SessionMessage.SessionAnswer(
                sid, new byte[] {4}, RelayProofKey.generate().publicKey(), Map.of()));
    }

    private SessionId running() throws RefusedException {
        SessionId sid = open(owner);
        handshake(sid);
        return sid;
    }

    private void end(Caller caller, SessionId sid, @Nullable String comment) throws RefusedException {
        Ending ending = new Ending("closed", Optional.ofNullable(comment), OptionalLong.empty(), OptionalLong.empty());
        domain.transactions.run(() -> sessions.end(caller, sid, ending));
    }

    private void options(boolean comment, @Nullable Integer quota) throws RefusedException {
        Options options = domain.get(Options.class);
        domain.transactions.inNew(() -> options.change(
                owner,
                options.read(owner).revision(),
                new DomainOptions(
                        comment, false, new Assistance(true, java.util.Set.of(), 24), List.of(), quota, 730)));
    }

    private void folderQuota(String folder, int quota) {
        domain.sql
                .in(sample.id)
                .statement("update folder set quota = :quota where domain_id = :domain and id = :id")
                .set("quota", quota)
                .set("id", folder)
                .update();
    }

    private String exceeded(Caller caller, TestAgent on) {
        List<String> said = new ArrayList<>();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(caller, on))
                .satisfies(e -> assertThat(e.problem()).isEqualTo(Problem.QUOTA_EXCEEDED))
                .satisfies(e -> said.add(e.detail()));
        return said.get(0);
    }

    @Test
    void quotaOfTheDomainIsKeptAndAnEndedSessionGivesItsPlaceBack() throws RefusedException {
        options(false, 2);
        SessionId first = open(owner);
        open(owner);
        assertThat(exceeded(owner, agent))
                .isEqualTo("Your domain allows 2 sessions at the same time; open at the moment: 2.");
        assertThat(audited("session.open"))
                .containsExactly("denied Your domain allows 2 sessions at the same time; open at the moment: 2.");
        end(owner, first, null);
        open(owner);
    }

    private List<String> audited(String code) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(outcome, ' ', coalesce(detail, changes)) from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = :code order by id")
                .set("code", code)
                .list(row -> row.text(1));
    }

    @Test
    void everyFolderOnThePathCountsWhatIsBelowIt() throws RefusedException {
        TestAgent beside = TestAgent.enrolled(domain, owner, plant);
        beside.online();
        TestAgent outside = TestAgent.enrolled(domain, owner, sample.root);
        outside.online();
        folderQuota(plant, 2);
        folderQuota(line, 1);
        open(owner, agent);
        assertThat(exceeded(owner, agent))
                .isEqualTo("The folder 'line' allows one session at the same time; open at the moment: 1.");
        open(owner, beside);
        assertThat(exceeded(owner, beside))
                .isEqualTo("The folder 'plant' allows 2 sessions at the same time; open at the moment: 2.");
        open(owner, outside);
    }

    @Test
    void folderThatTheCallerDoesNotSeeIsNotNamed() throws RefusedException {
        folderQuota(plant, 1);
        open(owner);
        Caller user = sample.user("u");
        sample.entry(line, user.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(line, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        assertThat(exceeded(user, agent))
                .isEqualTo(
                        "A folder that the device is in allows one session at the same time; open at the moment: 1.");
    }

    @Test
    void quotaThatBecameSmallerIsKeptAtTheHandshakeToo() throws RefusedException {
        SessionId first = open(owner);
        SessionId second = open(owner);
        options(false, 1);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> handshake(second))
                .matches(e -> e.problem() == Problem.QUOTA_EXCEEDED);
        assertThat(socket.has(SessionMessage.SessionOffer.class)).isFalse();
        end(owner, first, null);
        handshake(second);
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).hasSize(1);
    }

    @Test
    @Timeout(60)
    void simultaneousOpeningsNeverExceedAQuota() throws Exception {
        int quota = 3;
        int clients = 12;
        folderQuota(plant, quota);
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                answers.add(threads.submit(() -> {
                    start.await();
                    try {
                        open(owner);
                        return "opened";
                    } catch (RefusedException e) {
                        return e.problem().code();
                    }
                }));
            }
            start.countDown();
            List<String> outcomes = new ArrayList<>();
            for (Future<String> answer : answers) {
                outcomes.add(answer.get(50, TimeUnit.SECONDS));
            }
            assertThat(outcomes).filteredOn("opened"::equals).hasSize(quota);
            assertThat(outcomes).filteredOn("quota-exceeded"::equals).hasSize(clients - quota);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void userSaysWhatWasDoneWhereTheDomainAsksForIt() throws RefusedException {
        options(true, null);
        SessionId sid = running();
        for (String nothing : new String[] {null, " \n "}) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> end(owner, sid, nothing))
                    .matches(e -> e.problem() == Problem.INVALID)
                    .satisfies(e -> assertThat(e.fields().get(0).field()).isEqualTo("comment"));
        }
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).hasSize(1);
        end(owner, sid, "  belt replaced\r\nand tested ");
        assertThat(comment(sid)).isEqualTo("belt replaced\nand tested");
        assertThat(audited("session.comment"))
                .singleElement()
                .satisfies(text -> assertThat(text).contains("success").contains("belt replaced\\nand tested"));
        end(owner, sid, "another story");
        assertThat(comment(sid)).as("the first stays").isEqualTo("belt replaced\nand tested");
    }

    private @Nullable String comment(SessionId sid) throws RefusedException {
        return domain.get(SessionLists.class).history(sample.id, agent.uid(), Cursor.first(10)).items().stream()
                .filter(view -> view.sid().equals(sid.hex()))
                .findFirst()
                .orElseThrow()
                .comment();
    }

    @Test
    void nobodyIsAskedWhereNothingWasDoneOrSomebodyElseEndsIt() throws RefusedException {
        options(true, null);
        end(owner, open(owner), null);
        Caller supervisor = sample.user("supervisor");
        sample.entry(sample.root, supervisor.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(sample.root, supervisor.userId(), Permission.END_SESSIONS, Effect.ALLOW);
        SessionId sid = running();
        end(supervisor, sid, "not mine to say");
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
        assertThat(comment(sid)).isNull();
    }

    @Test
    void sessionThatEndedByItselfGetsItsCommentLaterAndOnce() throws RefusedException {
        options(true, null);
        SessionId sid = running();
        socket.receive(new SessionMessage.SessionEnded(sid, "interrupted", 1, 2, ""));
        Caller other = sample.user("other");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> later(other, sid, "not mine"))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        for (String wrong : List.of("", "x".repeat(1_001), "a\u0007b", "a\u202eb")) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> later(owner, sid, wrong))
                    .matches(e -> e.problem() == Problem.INVALID);
        }
        later(owner, sid, "the line went down");
        assertThat(comment(sid)).isEqualTo("the line went down");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> later(owner, sid, "no, something else"))
                .matches(e -> e.problem() == Problem.CONFLICT);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> later(owner, open(owner), "nothing yet"))
                .matches(e -> e.problem() == Problem.CONFLICT);
    }

    private void later(Caller caller, SessionId sid, String comment) throws RefusedException {
        domain.transactions.run(() -> sessions.comment(caller, sid, comment));
    }

    private void contract(Contract contract) throws RefusedException {
        Contracts contracts = domain.get(Contracts.class);
        long revision = contracts.read(owner, plant).revision();
        domain.transactions.inNew(() -> contracts.put(owner, plant, revision, contract));
    }

    private static Contract until(Instant end, String... qualifications) {
        return new Contract("C-17", "", null, end, "", true, List.of(qualifications));
    }

    @Test
    void conditionThatIsNotMetRefusesTheSessionAndIsAudited() throws RefusedException {
        SessionId early = open(owner);
        contract(until(domain.clock.instant()));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(owner))
                .matches(e -> e.problem() == Problem.CONTRACT_REQUIRED);
        assertThat(audited("session.open"))
                .containsExactly("denied Access to this device needs a service contract that is in force.");
        assertThatExceptionOfType(RefusedException.class)
                .as("the handshake asks again")
                .isThrownBy(() -> handshake(early))
                .matches(e -> e.problem() == Problem.CONTRACT_REQUIRED);
        contract(until(domain.clock.instant().plusSeconds(60), "Welder"));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> open(owner))
                .matches(e -> e.problem() == Problem.QUALIFICATION_REQUIRED);
        assertThat(socket.has(SessionMessage.SessionOffer.class)).isFalse();
    }

    @Test
    void contractThatEndsEndsTheRunningSessionWithItsReason() throws RefusedException {
        contract(until(domain.clock.instant().plusSeconds(100)));
        running();
        domain.get(RightsWatch.class).sweep();
        domain.clock.advance(Duration.ofSeconds(101));
        domain.get(RightsWatch.class).sweep();
        assertThat(socket.sent(SessionMessage.SessionEnd.class).reason()).isEqualTo("contract-required");
        assertThat(sessions.live(owner, null, Cursor.first(50)).items()).isEmpty();
        assertThat(audited("session.end")).singleElement().satisfies(text -> assertThat(text)
                .startsWith("success contract-required"));
    }

    @Test
    void qualificationThatIsDemandedFromNowOnEndsTheRunningSession() throws RefusedException {
        running();
        contract(until(domain.clock.instant().plusSeconds(1_000), "Welder"));
        domain.get(Leases.class).recheck(sample.id);
        assertThat(socket.sent(SessionMessage.SessionEnd.class).reason()).isEqualTo("qualification-required");
    }

    @Test
    void whatAContractWouldEndIsKnownBefore() throws RefusedException {
        running();
        assertThat(ending(until(domain.clock.instant().plusSeconds(60)))).isZero();
        assertThat(ending(until(domain.clock.instant()))).isEqualTo(1);
        assertThat(ending(until(domain.clock.instant().plusSeconds(60), "Welder")))
                .isEqualTo(1);
        contract(until(domain.clock.instant()));
        assertThat(ending(until(domain.clock.instant()))).as("it ends anyway").isZero();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
    }

    private long ending(Contract contract) throws RefusedException {
        PlannedConditions.Change change = new PlannedConditions.Change(Map.of(plant, Optional.of(contract)), Map.of());
        return domain.get(Preview.class)
                .preview(
                        owner,
                        new Preview.Request(
                                List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of(), List.of(), change))
                .sessionsEnding();
    }
}
