package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.ClientKind;
import org.bascule.domain.session.Sessions;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.B64;
import org.bascule.wire.Operations;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.TreeHead;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionProofsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sessions sessions = domain.get(Sessions.class);
    private final Sealer sealer = domain.get(Sealer.class);
    private final TreeStore trees = domain.get(TreeStore.class);
    private final SessionProofs proofs = domain.get(SessionProofs.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    @SuppressWarnings("NullAway.Init")
    private TestAgent agent;

    @BeforeEach
    void start() throws RefusedException {
        agent = TestAgent.enrolled(domain, owner, sample.root);
    }

    private SessionOpened open(Map<String, Long> heads) throws RefusedException {
        return domain.transactions.inNew(() -> sessions.open(
                owner,
                new SessionRequest(agent.uid(), Operations.of("terminal"), Optional.empty(), heads),
                ClientKind.BROWSER));
    }

    private void records(int count) {
        domain.transactions.run(() -> {
            for (int i = 0; i < count; i++) {
                domain.get(AuditLog.class)
                        .record(AuditEvent.of(
                                sample.id, Actor.unknown("n" + i, null), Operation.LOGIN, Outcome.DENIED));
            }
        });
    }

    private byte[] certificate() throws Exception {
        return B64.decode(agent.enrolled.chain().get(0));
    }

    /** As a client checks it. */
    private TreeHead verified(LogProofs shown) throws Exception {
        TreeHead head = shown.head();
        assertThat(head.tree()).isEqualTo(sample.id);
        head.verify(domain.get(Installation.class).keySet().orElseThrow().keys());
        Merkle.verifyInclusion(
                Merkle.leaf(new LogEntry.Certificate(sample.id, agent.uid(), certificate()).leaf()),
                shown.index(),
                head.size(),
                shown.inclusion(),
                head.root());
        return head;
    }

    @Test
    void aDeviceThatWasEnrolledThisMomentIsProvedAtOnce() throws Exception {
        agent.online();
        records(50);
        assertThat(trees.head(sample.id)).as("nothing is sealed yet").isEmpty();
        TreeHead head = verified(open(Map.of()).log().orElseThrow());
        assertThat(head.size()).as("before all that waited longer").isEqualTo(1);
        sealer.seal(sample.id);
        assertThat(trees.size(sample.id)).isGreaterThan(50);
        assertThat(verified(open(Map.of()).log().orElseThrow()).size()).isEqualTo(trees.size(sample.id));
    }

    @Test
    void theTreeGoesOnFromWhatTheClientHasSeen() throws Exception {
        agent.online();
        TreeHead before = verified(open(Map.of()).log().orElseThrow());
        for (int round = 0; round < 12; round++) {
            records(1 + 37 * round);
            sealer.seal(sample.id);
            LogProofs shown = open(Map.of(sample.id, before.size())).log().orElseThrow();
            TreeHead after = verified(shown);
            LogProofs.Consistency growth = shown.consistency().orElseThrow();
            assertThat(growth.first()).isEqualTo(before.size());
            Merkle.verifyConsistency(before.size(), before.root(), after.size(), after.root(), growth.path());
            before = after;
        }
        assertThat(open(Map.of(sample.id, before.size() + 10))
                        .log()
                        .orElseThrow()
                        .consistency())
                .as("of a size that the tree never had")
                .isEmpty();
        assertThat(open(Map.of(Tree.INSTALLATION, 1L)).log().orElseThrow().consistency())
                .as("of another tree")
                .isEmpty();
    }

    @Test
    void theAgentGetsTheProofBetweenItsHeadAndTheClients() throws Exception {
        TestAgent.Socket socket = agent.online();
        SessionOpened first = open(Map.of());
        TreeHead old = first.log().orElseThrow().head();
        assertThat(offered(socket, first, old.size())).as("it has seen none").isEmpty();
        records(20);
        sealer.seal(sample.id);
        SessionOpened second = open(Map.of());
        TreeHead now = second.log().orElseThrow().head();
        LogProofs.Growth growth = offered(socket, second, now.size()).orElseThrow();
        assertThat(growth.first()).isEqualTo(old.size());
        assertThat(growth.second()).isEqualTo(now.size());
        Merkle.verifyConsistency(old.size(), old.root(), now.size(), now.root(), growth.path());
        assertThat(proofs.between(sample.id, now.size(), old.size()))
                .map(LogProofs.Growth::first)
                .as("in whatever order")
                .hasValue(old.size());
        assertThat(proofs.between(sample.id, old.size(), Long.MAX_VALUE)).isEmpty();
        assertThat(proofs.between(sample.id, now.size(), now.size())).isEmpty();
    }

    /** A handshake after which the agent says that it has seen the client's head. */
    private Optional<LogProofs.Growth> offered(TestAgent.Socket socket, SessionOpened opened, long size)
            throws Exception {
        RelayProofKey key = RelayProofKey.generate();
        var answer = sessions.handshake(
                owner,
                opened.sid(),
                new HandshakeRequest(new byte[] {1, 2, 3}, key.publicKey(), Map.of(), size),
                ClientKind.BROWSER);
        SessionMessage.SessionOffer offer = socket.sent(SessionMessage.SessionOffer.class);
        socket.receive(new SessionMessage.SessionAnswer(opened.sid(), new byte[] {4}, key.publicKey(), Map.of(), size));
        answer.get(10, TimeUnit.SECONDS);
        return offer.log();
    }

    @Test
    void manyWhoAskAtOnceSealTheCertificateOnce() throws Exception {
        agent.online();
        byte[] certificate = certificate();
        CountDownLatch ready = new CountDownLatch(8);
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<LogProofs>> all = java.util.stream.IntStream.range(0, 8)
                    .mapToObj(i -> pool.submit(() -> {
                        ready.countDown();
                        ready.await();
                        return proofs.ofCertificate(sample.id, agent.uid(), certificate, 0);
                    }))
                    .toList();
            for (Future<LogProofs> one : all) {
                assertThat(verified(one.get(30, TimeUnit.SECONDS)).size()).isEqualTo(1);
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void aCertificateThatIsNotInTheLogOpensNoSession() {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> proofs.ofCertificate(sample.id, agent.uid(), new byte[] {1}, 0))
                .matches(e -> e.problem() == Problem.UNAVAILABLE);
    }
}
