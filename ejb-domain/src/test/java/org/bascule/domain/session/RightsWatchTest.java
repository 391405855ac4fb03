package org.bascule.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Entries;
import org.bascule.domain.acl.Entry;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.RightsVersion;
import org.bascule.domain.acl.Validity;
import org.bascule.domain.contract.Contract;
import org.bascule.domain.contract.Contracts;
import org.bascule.domain.contract.Qualification;
import org.bascule.domain.contract.Qualifications;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.DatabaseTrouble;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rights that are lost reach running sessions: the sweep runs every second. */
class RightsWatchTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");
    private final RightsWatch watch = domain.get(RightsWatch.class);

    @SuppressWarnings("NullAway.Init")
    private TestAgent.Socket socket;

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    /** What other tests left running in this database is looked after as well, and would be locked with what is here. */
    @BeforeEach
    void endOthers() {
        domain.sql
                .acrossDomains()
                .statement("update remote_session set state = 'ended', ended = created where state <> 'ended'")
                .update();
    }

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
        socket = agent.online();
        sample.entry(sample.root, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
    }

    private SessionOpened run() throws RefusedException {
        return run("terminal");
    }

    private SessionOpened run(String... operations) throws RefusedException {
        SessionOpened opened = opened(operations);
        CompletableFuture<HandshakeAnswer> answer = handshake(opened);
        answer(opened);
        assertThat(answer).isCompleted();
        watch.sweep();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
        return opened;
    }

    private SessionOpened opened(String... operations) throws RefusedException {
        return domain.transactions.inNew(() -> domain.get(Sessions.class)
                .open(
                        engineer,
                        new SessionRequest(agent.uid(), Operations.of(operations), Optional.empty()),
                        ClientKind.BROWSER));
    }

    private CompletableFuture<HandshakeAnswer> handshake(SessionOpened opened) throws RefusedException {
        return domain.get(Sessions.class)
                .handshake(
                        engineer,
                        opened.sid(),
                        new HandshakeRequest(
                                new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of("r1", 5L)),
                        ClientKind.BROWSER);
    }

    private void answer(SessionOpened opened) {
        socket.receive(new SessionMessage.SessionAnswer(
                opened.sid(), new byte[] {2}, RelayProofKey.generate().publicKey(), Map.of("r1", 5L)));
    }

    private void grant(Validity validity) {
        grant(Permission.TERMINAL, validity);
    }

    private void grant(Permission permission, Validity validity) {
        domain.get(Entries.class)
                .add(
                        sample.id,
                        sample.root,
                        engineer.userId(),
                        permission,
                        Effect.ALLOW,
                        validity,
                        false,
                        Entry.Origin.ENTRY);
    }

    private void assertEnded(SessionOpened opened) {
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(opened.sid(), "not-permitted"));
        assertThat(sample.audited("session.end")).first().matches(row -> String.valueOf(row.detail())
                .startsWith("not-permitted"));
    }

    /** Such as by somebody who wrote into the table. */
    @ParameterizedTest
    @ValueSource(strings = {"operations = 'terminal,exec'", "cnf = null", "session_expires = null"})
    void brokenRowEndsAloneAndTheOthersAreCheckedAgain(String damage) throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened broken = run();
        SessionOpened opened = run();
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("update remote_session set " + damage + " where domain_id = :domain and sid = :sid")
                        .set("sid", broken.sid().hex())
                        .update())
                .isEqualTo(1);
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("delete from acl_entry where domain_id = :domain and permission = 'terminal'")
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        watch.sweep();
        assertThat(state(broken)).isEqualTo("ended interrupted");
        assertThat(state(opened)).isEqualTo("ended not-permitted");
        assertThat(sample.audited("session.end"))
                .extracting(row -> String.valueOf(row.detail()).replaceFirst(";.*", ""))
                .containsExactlyInAnyOrder("interrupted", "not-permitted");
    }

    private String state(SessionOpened session) {
        return state(sample, session.sid());
    }

    private String state(Sample of, SessionId sid) {
        return domain.sql
                .in(of.id)
                .statement("select concat(state, ' ', coalesce(end_reason, '')) from remote_session"
                        + " where domain_id = :domain and sid = :sid")
                .set("sid", sid.hex())
                .first(row -> row.text(1))
                .orElseThrow();
    }

    @Test
    void revokedEntryEndsTheSessionWithTheNextSweep() throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        loseTerminal();
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void changeByAnotherNodeEndsTheSession() throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        domain.restarted()
                .get(Entries.class)
                .add(sample.id, agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void nodeThatStartsAppliesWhatWasChangedBefore() throws Exception {
        grant(Validity.ALWAYS);
        run();
        sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
        TestDomain started = domain.restarted();
        started.get(RightsWatch.class).sweep();
        assertThat(started.get(Sessions.class)
                        .live(engineer, null, Cursor.first(50))
                        .items())
                .isEmpty();
    }

    @Test
    void moveByAnotherNodeEndsTheSession() throws Exception {
        String folder = sample.folder(sample.root, "closed");
        sample.entry(folder, engineer.userId(), Permission.TERMINAL, Effect.DENY);
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        TestDomain other = domain.restarted();
        other.sql
                .in(sample.id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", agent.uid())
                .update();
        other.get(RightsVersion.class).moved(sample.id, agent.uid());
        watch.sweep();
        assertEnded(opened);
    }

    @Test
    void entryThatExpiresEndsTheSession() throws Exception {
        grant(new Validity(null, domain.clock.instant().plusSeconds(30), null));
        SessionOpened opened = run();
        domain.clock.advance(Duration.ofSeconds(29));
        watch.sweep();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
        domain.clock.advance(Duration.ofSeconds(1));
        watch.sweep();
        assertEnded(opened);
    }

    /** Nothing changes at that moment, and no ticket is due. */
    private void assertEndsAfter(Duration time, SessionOpened opened, String reason) {
        domain.clock.advance(time.minusMillis(1));
        watch.sweep();
        assertThat(state(opened)).isEqualTo("running ");
        domain.clock.advance(Duration.ofMillis(1));
        watch.sweep();
        assertThat(state(opened)).isEqualTo("ended " + reason);
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(opened.sid(), reason));
    }

    private void contract(@Nullable Instant until, String... qualifications) throws RefusedException {
        Contracts contracts = domain.get(Contracts.class);
        Contract contract = new Contract("C-17", "", null, until, "", true, List.of(qualifications));
        long revision = contracts.read(owner, sample.root).revision();
        domain.transactions.inNew(() -> contracts.put(owner, sample.root, revision, contract));
    }

    @Test
    void contractThatEndsEndsTheSession() throws Exception {
        grant(Validity.ALWAYS);
        contract(domain.clock.instant().plusSeconds(30));
        assertEndsAfter(Duration.ofSeconds(30), run(), "contract-required");
    }

    @Test
    void qualificationThatEndsEndsTheSession() throws Exception {
        grant(Validity.ALWAYS);
        contract(null, "Electrician", "Welder");
        Qualifications qualifications = domain.get(Qualifications.class);
        List<Qualification> held = List.of(
                new Qualification("electrician", null),
                new Qualification("Welder", domain.clock.instant().plusSeconds(30)));
        long revision = qualifications.read(owner, engineer.userId()).revision();
        domain.transactions.inNew(() -> qualifications.put(owner, engineer.userId(), revision, held));
        assertEndsAfter(Duration.ofSeconds(30), run(), "qualification-required");
    }

    @Test
    void accountThatEndsEndsTheSession() throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("update user_ref set expires = :at where domain_id = :domain and id = :id")
                    .set("at", domain.clock.instant().plusSeconds(30))
                    .set("id", engineer.userId())
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        assertEndsAfter(Duration.ofSeconds(30), opened, "signed-out");
    }

    /** One end after the other: the second is as exact as the first. */
    @Test
    void everyEndIsWaitedForInItsTurn() throws Exception {
        grant(new Validity(null, domain.clock.instant().plusSeconds(60), null));
        contract(domain.clock.instant().plusSeconds(90));
        SessionOpened first = run();
        sample.entry(agent.uid(), owner.userId(), Permission.CHAT, Effect.DENY);
        domain.clock.advance(Duration.ofSeconds(20));
        watch.sweep();
        assertEndsAfter(Duration.ofSeconds(40), first, "not-permitted");
        socket.sent.clear();
        grant(Validity.ALWAYS);
        assertEndsAfter(Duration.ofSeconds(30), run(), "contract-required");
    }

    /** A running session of the owner of another domain, in which everything was taken away. */
    private SessionId lostElsewhere(Sample other) throws RefusedException {
        Caller caller = other.owner();
        TestAgent far = TestAgent.enrolled(domain, caller, other.root);
        TestAgent.Socket line = far.online();
        SessionId sid = domain.transactions
                .inNew(() -> domain.get(Sessions.class)
                        .open(
                                caller,
                                new SessionRequest(far.uid(), Operations.of("terminal"), Optional.empty()),
                                ClientKind.BROWSER))
                .sid();
        domain.get(Sessions.class)
                .handshake(
                        caller,
                        sid,
                        new HandshakeRequest(
                                new byte[] {1}, RelayProofKey.generate().publicKey(), Map.of()),
                        ClientKind.BROWSER);
        line.receive(new SessionMessage.SessionAnswer(
                sid, new byte[] {2}, RelayProofKey.generate().publicKey(), Map.of()));
        other.removeEntries();
        return sid;
    }

    /** Such as a deadlock, or a connection that was lost. */
    @Test
    void sessionThatCannotBeEndedHoldsUpNoOtherAndIsTriedAgain() throws Exception {
        grant(Validity.ALWAYS);
        List<SessionOpened> all = List.of(run(), run(), run());
        List<SessionId> elsewhere = List.of(lostElsewhere(new Sample(domain)), lostElsewhere(new Sample(domain)));
        SessionId failing =
                domain.get(SessionStore.class).running(sample.id).get(0).sid();
        sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
        DatabaseTrouble.deadlocking("new.sid = '" + failing.hex() + "'", () -> {
            watch.sweep();
            assertThat(state(sample, failing)).isEqualTo("running ");
            assertThat(all)
                    .extracting(SessionOpened::sid)
                    .filteredOn(sid -> !sid.equals(failing))
                    .hasSize(2)
                    .allMatch(sid -> state(sample, sid).equals("ended not-permitted"));
            assertThat(elsewhere).allMatch(sid -> domain.get(SessionStore.class)
                    .endReason(deviceOf(sid), sid)
                    .equals(Optional.of("not-permitted")));
        });
        watch.sweep();
        assertThat(state(sample, failing)).isEqualTo("ended not-permitted");
    }

    private String deviceOf(SessionId sid) {
        return domain.sql
                .acrossDomains()
                .statement("select device_id from remote_session where sid = :sid")
                .set("sid", sid.hex())
                .first(row -> row.text(1))
                .orElseThrow();
    }

    /** The renewal of every 120 s goes by what it read before. */
    @Test
    @Timeout(60)
    void renewalThatWasUnderWayDoesNotKeepTheNarrowerTicketBack() throws Exception {
        grant(Validity.ALWAYS);
        grant(Permission.READ_FILES, Validity.ALWAYS);
        run("terminal", "file-read");
        domain.clock.advance(SessionStore.RENEWAL);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> sweeping = domain.transactions.inNew(() -> {
                domain.get(Leases.class).sweep();
                Future<?> waiting = other.submit(() -> {
                    sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
                    watch.sweep();
                });
                DatabaseTrouble.awaitLockWait();
                return waiting;
            });
            sweeping.get(30, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
        watch.sweep();
        Ticket last = lastTicket();
        assertThat(last.operations()).isEqualTo(Operations.of("file-read"));
        assertThat(last.seq()).isEqualTo(3);
    }

    private Ticket lastTicket() throws Exception {
        return Ticket.verify(
                socket.sent(SessionMessage.SessionUpdate.class).ticket(),
                KeySet.verify(agent.enrolled.keySet(), agent.enrolled.root()),
                domain.clock.instant());
    }

    @Test
    void rightThatIsLostBeforeTheDeviceAnswersStartsNoSession() throws Exception {
        grant(Validity.ALWAYS);
        run();
        SessionOpened opened = opened("terminal");
        CompletableFuture<HandshakeAnswer> answer = handshake(opened);
        loseTerminal();
        watch.sweep();
        answer(opened);
        assertThat(answer).isCompletedExceptionally();
        assertThat(state(opened)).isEqualTo("ended not-permitted");
        assertThat(socket.sent(SessionMessage.SessionEnd.class).sid()).isEqualTo(opened.sid());
    }

    /** A part of it is lost before the device answers, so that it begins with a second ticket. */
    private CompletableFuture<HandshakeAnswer> handshakeOfWhatIsNarrowed(SessionOpened opened) throws RefusedException {
        CompletableFuture<HandshakeAnswer> answer = handshake(opened);
        sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY);
        return answer;
    }

    @Test
    void handshakeThatFailsAfterTheSessionHasBegunEndsIt() throws Exception {
        grant(Validity.ALWAYS);
        grant(Permission.READ_FILES, Validity.ALWAYS);
        SessionOpened opened = opened("terminal", "file-read");
        CompletableFuture<HandshakeAnswer> answer = handshakeOfWhatIsNarrowed(opened);
        DatabaseTrouble.deadlocking("new.ticket_seq > old.ticket_seq", () -> answer(opened));
        assertThat(answer).isCompletedExceptionally();
        assertThat(socket.sent(SessionMessage.SessionEnd.class))
                .isEqualTo(new SessionMessage.SessionEnd(opened.sid(), "handshake-failed"));
        assertThat(state(opened)).isEqualTo("ended interrupted");
    }

    /** The device goes away while its answer is being worked on. */
    @Test
    @Timeout(60)
    void sessionWhoseNarrowerTicketCannotGoOutDoesNotBegin() throws Exception {
        grant(Validity.ALWAYS);
        grant(Permission.READ_FILES, Validity.ALWAYS);
        SessionOpened opened = opened("terminal", "file-read");
        CompletableFuture<HandshakeAnswer> answer = handshakeOfWhatIsNarrowed(opened);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> answering = domain.transactions.inNew(() -> {
                domain.sql
                        .in(sample.id)
                        .statement("select sid from remote_session where domain_id = :domain for update")
                        .list(row -> row.text(1));
                Future<?> waiting = other.submit(() -> answer(opened));
                DatabaseTrouble.awaitLockWait();
                socket.lose();
                return waiting;
            });
            answering.get(30, TimeUnit.SECONDS);
        } finally {
            other.shutdownNow();
        }
        assertThat(answer).isCompletedExceptionally();
        assertThat(state(opened)).isEqualTo("ended interrupted");
    }

    @Test
    void entryThatExpiresBeforeAnybodyLookedAtTheDomainEndsTheSession() throws Exception {
        grant(new Validity(null, domain.clock.instant().plusSeconds(1), null));
        SessionOpened opened = opened("terminal");
        CompletableFuture<HandshakeAnswer> answer = handshake(opened);
        answer(opened);
        assertThat(answer).isCompleted();
        domain.clock.advance(Duration.ofSeconds(1));
        watch.sweep();
        assertEnded(opened);
    }

    private void loseTerminal() {
        domain.transactions.run(() -> sample.entry(agent.uid(), engineer.userId(), Permission.TERMINAL, Effect.DENY));
    }

    /** A device takes nothing back into a session. */
    @Test
    void whatIsGivenBackReachesTheNextSessionOnly() throws Exception {
        grant(Validity.ALWAYS);
        grant(Permission.READ_FILES, Validity.ALWAYS);
        SessionOpened opened = run("terminal", "file-read");
        loseTerminal();
        watch.sweep();
        assertThat(lastTicket().operations()).isEqualTo(Operations.of("file-read"));
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("delete from acl_entry where domain_id = :domain and effect = 'deny'")
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
        watch.sweep();
        assertThat(lastTicket().seq()).isEqualTo(2);
        domain.clock.advance(SessionStore.RENEWAL);
        domain.get(Leases.class).sweep();
        assertThat(lastTicket().seq()).isEqualTo(3);
        assertThat(lastTicket().operations()).isEqualTo(Operations.of("file-read"));
        domain.transactions.run(() -> sample.entry(agent.uid(), engineer.userId(), Permission.READ_FILES, Effect.DENY));
        watch.sweep();
        assertThat(state(opened)).as("nothing is left at the device").isEqualTo("ended not-permitted");
    }

    @Test
    void deviceThatWasAwayIsToldAsSoonAsItIsBackAndTheDomainIsNotCheckedUntilThen() throws Exception {
        grant(Validity.ALWAYS);
        grant(Permission.READ_FILES, Validity.ALWAYS);
        run("terminal", "file-read");
        socket.lose();
        loseTerminal();
        watch.sweep();
        assertThat(domain.get(Leases.class).recheck(sample.id)).isTrue();
        socket = agent.online();
        watch.sweep();
        assertThat(lastTicket().operations()).isEqualTo(Operations.of("file-read"));
        watch.sweep();
        assertThat(lastTicket().seq()).isEqualTo(2);
    }

    @Test
    void deviceOfAnotherNodeIsThatNodesWorkUntilItComesHere() throws Exception {
        grant(Validity.ALWAYS);
        grant(Permission.READ_FILES, Validity.ALWAYS);
        run("terminal", "file-read");
        loseTerminal();
        watch.sweep();
        TestDomain other = domain.restarted();
        other.get(RightsWatch.class).sweep();
        assertThat(other.get(Leases.class).recheck(sample.id)).isTrue();
        assertThat(domain.get(Leases.class).recheck(sample.id)).isTrue();
        assertThat(lastTicket().seq()).isEqualTo(2);
        socket.lose();
        socket = agent.with(other).online();
        other.get(RightsWatch.class).sweep();
        assertThat(lastTicket().seq()).isEqualTo(3);
        assertThat(lastTicket().operations()).isEqualTo(Operations.of("file-read"));
    }

    @Test
    void revocationDoesNotWaitForWhatComesWithTheTime() throws Exception {
        grant(Validity.ALWAYS);
        SessionOpened opened = run();
        loseTerminal();
        DatabaseTrouble.without("user_qualification", watch::sweep);
        assertThat(state(opened)).isEqualTo("ended not-permitted");
    }

    @Test
    void sessionsThatLoseNothingGoOn() throws Exception {
        grant(Validity.ALWAYS);
        run();
        domain.transactions.run(() -> sample.entry(sample.root, owner.userId(), Permission.TERMINAL, Effect.DENY));
        watch.sweep();
        assertThat(socket.has(SessionMessage.SessionEnd.class)).isFalse();
        assertThat(domain.get(Sessions.class)
                        .live(engineer, null, Cursor.first(50))
                        .items())
                .hasSize(1);
    }

    @Test
    void whatASessionsEndWouldBeIsKnownBefore() throws Exception {
        grant(Validity.ALWAYS);
        run();
        Leases leases = domain.get(Leases.class);
        assertThat(leases.ending(sample.id, (user, permission, device) -> true)).isZero();
        assertThat(leases.ending(sample.id, (user, permission, device) -> !user.equals(engineer.userId())))
                .isEqualTo(1);
    }
}
