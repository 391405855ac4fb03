package org.bascule.domain.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.DeviceDetail;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.control.ChannelMessage;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.enrol.EnrolRequest;
import org.bascule.wire.enrol.EnrolmentToken;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.trust.Continuity;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnrolmentsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Enrolments enrolments = domain.get(Enrolments.class);
    private final Directory directory = domain.get(Directory.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    private TokenCreated token(int uses) throws RefusedException {
        return domain.transactions.inNew(() -> enrolments.create(owner, sample.root, Duration.ofHours(1), uses));
    }

    private List<AuditEntry> audited(String code) {
        return sample.audited(code);
    }

    @Test
    void answerIsWhatAnAgentAccepts() throws Exception {
        TokenCreated token = token(1);
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        EnrolAnswer answer = TestAgent.enrol(domain, token.token().reveal(), identity);

        assertThat(answer.root().hash()).isEqualTo(token.token().rootHash());
        KeySet keys = KeySet.verify(answer.keySet(), token.token().rootHash());
        assertThat(DeviceCertificates.verify(
                        DeviceCertificates.parseChain(answer.chain()),
                        keys,
                        answer.domain(),
                        answer.uid(),
                        domain.clock.instant()))
                .isEqualTo(identity.publicKey());
        assertThat(answer.domain()).isEqualTo(sample.id);
        DeviceDetail detail = directory.device(owner, answer.uid());
        assertThat(detail.device().name()).isEqualTo("pump 7");
        assertThat(detail.device().fingerprint()).isEqualTo(identity.publicKey().fingerprint());
        assertThat(detail.device().tools()).containsExactly("chat", "desktop", "files", "processes", "terminal");
        assertThat(domain.live).contains(new LiveEvent.DeviceAdded(sample.id, answer.uid(), sample.root));
        assertThat(audited("device.enrol")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.address()).isEqualTo("198.51.100.20");
            assertThat(row.resourceId()).isEqualTo(answer.uid());
        });
        assertThat(enrolments.tokens(owner, Cursor.first(50)).items())
                .singleElement()
                .satisfies(view -> {
                    assertThat(view.used()).isEqualTo(1);
                    assertThat(view.createdBy()).isEqualTo("owner");
                });
    }

    @Test
    void tokenForThreeDevicesEnrolsExactlyThreeOfEight() throws Exception {
        String token = token(3).token().reveal();
        int racers = 8;
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        List<Future<String>> results = new ArrayList<>();
        try {
            for (int i = 0; i < racers; i++) {
                results.add(threads.submit(() -> {
                    DeviceIdentityKey identity = DeviceIdentityKey.generate();
                    start.await();
                    try {
                        return TestAgent.enrol(domain, token, identity).uid();
                    } catch (RefusedException e) {
                        return e.problem().code();
                    }
                }));
            }
            start.countDown();
            List<String> outcomes = new ArrayList<>();
            for (Future<String> result : results) {
                outcomes.add(result.get(60, TimeUnit.SECONDS));
            }
            assertThat(outcomes).filteredOn("enrolment-token-used-up"::equals).hasSize(racers - 3);
            assertThat(outcomes.stream().filter(o -> !o.equals("enrolment-token-used-up")))
                    .doesNotHaveDuplicates()
                    .hasSize(3);
        } finally {
            threads.shutdownNow();
        }
        assertThat(enrolments.tokens(owner, Cursor.first(50)).items())
                .first()
                .extracting(TokenView::used)
                .isEqualTo(3);
        assertThat(audited("device.enrol"))
                .filteredOn(row -> row.outcome().equals("success"))
                .hasSize(3);
        assertThat(audited("device.enrol"))
                .filteredOn(row -> row.outcome().equals("denied"))
                .hasSize(racers - 3);
    }

    @Test
    void failedEnrolmentCostsNoUse() throws Exception {
        String token = token(1).token().reveal();
        refused(token, new byte[] {1, 2, 3}, Problem.CSR_INVALID);
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        byte[] forged = TestAgent.csr(identity);
        forged[forged.length - 1] ^= 1;
        refused(token, forged, Problem.CSR_INVALID);
        TestAgent.enrol(domain, token, identity);
        String second = token(1).token().reveal();
        refused(second, TestAgent.csr(identity), Problem.CONFLICT);
        TestAgent.enrol(domain, second, DeviceIdentityKey.generate());
        assertThat(audited("device.enrol"))
                .extracting(AuditEntry::outcome)
                .containsExactly("success", "denied", "success", "denied", "denied");
    }

    private void refused(String token, byte[] csr, Problem problem) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(
                        () -> enrolments.enrol(new EnrolRequest(token, csr, "x", "y", "z"), "198.51.100.20")))
                .matches(e -> e.problem() == problem, problem.code());
    }

    /** The agent has stored its key, and asks with it until it has heard what became of it. */
    @Test
    void lostAnswerIsGivenAgainAndNothingElseHappens() throws Exception {
        TokenCreated token = token(1);
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        HardwareId machine = TestAgent.machine(domain.ids.next());
        EnrolAnswer lost = enrol(token, identity, machine);
        domain.live.clear();
        assertThat(enrol(token, identity, machine).toJson()).isEqualTo(lost.toJson());
        assertThat(enrol(token, identity, HardwareId.NONE).toJson()).isEqualTo(lost.toJson());

        assertThat(domain.live).isEmpty();
        assertThat(audited("device.enrol")).hasSize(1);
        assertThat(audited("device.claim")).isEmpty();
        assertThat(enrolments.tokens(owner, Cursor.first(50)).items())
                .singleElement()
                .extracting(TokenView::used)
                .isEqualTo(1);
        assertThat(TestAgent.of(domain, identity, lost, machine).online().closed)
                .isEmpty();
    }

    private EnrolAnswer enrol(TokenCreated token, DeviceIdentityKey key, HardwareId machine) throws RefusedException {
        EnrolRequest request =
                new EnrolRequest(token.token().reveal(), TestAgent.csr(key), "pump 7", "Debian 12", "0.1", machine);
        return domain.transactions.inNew(() -> enrolments.enrol(request, "198.51.100.20"));
    }

    @Test
    void answerIsGivenAgainToThatKeyWithThatTokenAlone() throws Exception {
        TokenCreated token = token(1);
        String secret = token.token().reveal();
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        byte[] csr = TestAgent.csr(identity);
        String uid = TestAgent.enrol(domain, secret, identity).uid();

        refused(secret, TestAgent.csr(DeviceIdentityKey.generate()), Problem.ENROLMENT_TOKEN_USED_UP);
        byte[] forged = csr.clone();
        forged[forged.length - 1] ^= 1;
        refused(secret, forged, Problem.CSR_INVALID);
        refused(token(1).token().reveal(), csr, Problem.CONFLICT);
        Sample elsewhere = new Sample(domain);
        TokenCreated foreign = domain.transactions.inNew(
                () -> enrolments.create(elsewhere.owner(), elsewhere.root, Duration.ofHours(1), 1));
        refused(foreign.token().reveal(), csr, Problem.CONFLICT);

        domain.transactions.run(() -> domain.get(Lifecycle.class).revoke(owner, uid, null));
        refused(secret, csr, Problem.ENROLMENT_TOKEN_USED_UP);
        long revision = directory.device(owner, uid).device().revision();
        domain.transactions.run(() -> directory.remove(owner, uid, revision));
        refused(secret, csr, Problem.ENROLMENT_TOKEN_USED_UP);
    }

    @Test
    void answerIsGivenAgainAsLongAsTheTokenIsValid() throws Exception {
        TokenCreated expiring = token(1);
        TokenCreated deleted = token(1);
        DeviceIdentityKey first = DeviceIdentityKey.generate();
        DeviceIdentityKey second = DeviceIdentityKey.generate();
        enrol(expiring, first, HardwareId.NONE);
        enrol(deleted, second, HardwareId.NONE);
        domain.transactions.run(() -> enrolments.delete(owner, deleted.view().id()));
        refused(deleted.token().reveal(), TestAgent.csr(second), Problem.ENROLMENT_TOKEN_UNKNOWN);
        domain.clock.advance(Duration.ofHours(1));
        refused(expiring.token().reveal(), TestAgent.csr(first), Problem.ENROLMENT_TOKEN_EXPIRED);
    }

    @Test
    void renewedKeyLeavesNothingToTheFirst() throws Exception {
        TokenCreated token = token(1);
        DeviceIdentityKey first = DeviceIdentityKey.generate();
        TestAgent agent = TestAgent.of(domain, first, enrol(token, first, HardwareId.NONE), HardwareId.NONE);
        DeviceIdentityKey next = DeviceIdentityKey.generate();
        TestAgent.Socket socket = agent.online();
        socket.receive(new ChannelMessage.Renew(
                TestAgent.csr(next),
                Continuity.sign(first, agent.uid(), sample.id, next.publicKey()).signature()));
        agent.chain = socket.sent(ChannelMessage.Renewed.class).chain();
        socket.lose();
        agent.identity = next;
        assertThat(agent.online().closed).isEmpty();
        refused(token.token().reveal(), TestAgent.csr(first), Problem.ENROLMENT_TOKEN_USED_UP);
    }

    /** An agent that has waited in vain asks again while its first request is still under way. */
    @ParameterizedTest
    @ValueSource(ints = {1, 5})
    void racedRequestsOfOneMachineAreOneDevice(int uses) throws Exception {
        TokenCreated token = token(uses);
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        HardwareId machine = TestAgent.machine(domain.ids.next());
        int racers = 6;
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        List<Future<EnrolAnswer>> results = new ArrayList<>();
        Set<String> devices = new HashSet<>();
        try {
            for (int i = 0; i < racers; i++) {
                results.add(threads.submit(() -> {
                    start.await();
                    return enrol(token, identity, machine);
                }));
            }
            start.countDown();
            for (Future<EnrolAnswer> result : results) {
                devices.add(result.get(60, TimeUnit.SECONDS).uid());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(devices).hasSize(1);
        assertThat(audited("device.enrol")).hasSize(1);
        assertThat(audited("device.claim")).isEmpty();
        assertThat(enrolments.tokens(owner, Cursor.first(50)).items())
                .singleElement()
                .extracting(TokenView::used)
                .isEqualTo(1);
    }

    @Test
    void expiredWrongAndDeletedTokensAreRefusedAndAuditedWhereTheDomainIsKnown() throws Exception {
        byte[] csr = TestAgent.csr(DeviceIdentityKey.generate());
        TokenCreated token = token(5);
        EnrolmentToken real = token.token();
        EnrolmentToken wrongSecret = new EnrolmentToken(real.id(), new byte[32], real.rootHash());
        refused(wrongSecret.reveal(), csr, Problem.ENROLMENT_TOKEN_UNKNOWN);
        EnrolmentToken unknown = new EnrolmentToken(new byte[16], real.secret(), real.rootHash());
        refused(unknown.reveal(), csr, Problem.ENROLMENT_TOKEN_UNKNOWN);
        domain.clock.advance(Duration.ofHours(1));
        refused(real.reveal(), csr, Problem.ENROLMENT_TOKEN_EXPIRED);
        domain.transactions.run(() -> enrolments.delete(owner, token.view().id()));
        refused(real.reveal(), csr, Problem.ENROLMENT_TOKEN_UNKNOWN);
        assertThat(audited("device.enrol")).hasSize(2).allSatisfy(row -> assertThat(row.outcome())
                .isEqualTo("denied"));
        assertThat(audited("device.enrol"))
                .noneSatisfy(row -> assertThat(row.detail()).contains(real.reveal()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bsc1", "bsc1.AAAA.BBBB", "bsc2.x.y", "bsc1..", "bsc1.\u0000.x", "ü"})
    void malformedTokenIsAnUnknownOne(String token) {
        refused(token, TestAgent.csr(DeviceIdentityKey.generate()), Problem.ENROLMENT_TOKEN_UNKNOWN);
    }

    @Test
    void limitsOfTokens() {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(31))) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> enrolments.create(owner, sample.root, bad, 1))
                    .matches(e -> e.fields().get(0).field().equals("expiresIn"));
        }
        for (int bad : new int[] {0, -1, 10_001}) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> enrolments.create(owner, sample.root, Duration.ofHours(1), bad))
                    .matches(e -> e.fields().get(0).field().equals("uses"));
        }
        Caller user = sample.user("u");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> enrolments.create(user, sample.root, Duration.ofHours(1), 1))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
    }

    @Test
    void changeNeedsThePresentRevision() throws RefusedException {
        String uid = TestAgent.enrolled(domain, owner, sample.root).uid();
        DeviceDetail changed = domain.transactions.inNew(
                () -> directory.change(owner, uid, 0, new DeviceChange("pump 8", "operator")));
        assertThat(changed.device().name()).isEqualTo("pump 8");
        assertThat(changed.device().account()).isEqualTo("operator");
        assertThat(changed.device().revision()).isEqualTo(1);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(
                        () -> directory.change(owner, uid, 0, new DeviceChange("pump 9", null))))
                .matches(e -> e.problem() == Problem.PRECONDITION_FAILED);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(
                        () -> directory.change(owner, uid, 1, new DeviceChange(null, "root; rm"))))
                .matches(e -> e.fields().get(0).field().equals("account"));
        assertThat(audited("device.update")).singleElement().satisfies(row -> assertThat(row.changes())
                .isEqualTo("{\"name\":{\"before\":\"pump 7\",\"after\":\"pump 8\"},"
                        + "\"account\":{\"before\":null,\"after\":\"operator\"}}"));
    }

    @Test
    void removedDeviceIsGoneAndItsCertificateRevoked() throws RefusedException {
        TestAgent agent = TestAgent.enrolled(domain, owner, sample.root);
        TestAgent.Socket socket = agent.online();
        domain.transactions.run(() -> directory.remove(owner, agent.uid(), 0));
        assertThat(socket.closed).contains("revoked");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> directory.device(owner, agent.uid()))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        TestAgent.Socket again = agent.open();
        again.receive(agent.auth(again));
        assertThat(again.closed).contains("revoked");
        assertThat(domain.live).contains(new LiveEvent.DeviceRemoved(sample.id, agent.uid()));
    }

    @Test
    void tokensAreReadInPages() throws RefusedException {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(0, token(1).view().id());
            domain.clock.advance(Duration.ofSeconds(1));
        }
        Slice<TokenView> first = enrolments.tokens(owner, Cursor.first(3));
        Slice<TokenView> second = enrolments.tokens(owner, Cursor.checked(first.next(), 2, 3));
        assertThat(first.items()).extracting(TokenView::id).isEqualTo(made.subList(0, 3));
        assertThat(second.items()).extracting(TokenView::id).isEqualTo(made.subList(3, 5));
        assertThat(second.next()).isNull();
    }

    /** Whatever is wrong with the tokens, and whoever else enrols from there meanwhile. */
    @Test
    void guessesBlockTheAddressAndAFleetBehindItIsNone() throws Exception {
        TokenCreated fleet = token(20);
        byte[] csr = TestAgent.csr(DeviceIdentityKey.generate());
        EnrolmentToken real = fleet.token();
        List<String> guesses = List.of(
                "bsc1.nonsense",
                "",
                new EnrolmentToken(real.id(), new byte[32], real.rootHash()).reveal(),
                new EnrolmentToken(new byte[16], real.secret(), real.rootHash()).reveal());
        for (String guess : guesses) {
            for (int i = 0; i < 4; i++) {
                enrol(fleet.token().reveal(), DeviceIdentityKey.generate());
            }
            refused(guess, csr, Problem.ENROLMENT_TOKEN_UNKNOWN);
        }
        refused("bsc1.nonsense", csr, Problem.ENROLMENT_TOKEN_UNKNOWN);
        refused(fleet.token().reveal(), csr, Problem.ADDRESS_BLOCKED);
        domain.clock.advance(Duration.ofMinutes(5));
        enrol(fleet.token().reveal(), DeviceIdentityKey.generate());
        assertThat(sample.audited("address.block")).singleElement().satisfies(row -> assertThat(row.detail())
                .startsWith("198.51.100.20/32, 1 failed attempts"));
    }

    private void enrol(String token, DeviceIdentityKey key) throws Exception {
        domain.transactions.inNew(
                () -> enrolments.enrol(new EnrolRequest(token, TestAgent.csr(key), "x", "y", "z"), "198.51.100.20"));
    }

    @Test
    void whoHasTheSecretOfAnExpiredTokenDoesNotGuess() throws Exception {
        TokenCreated token = token(1);
        byte[] csr = TestAgent.csr(DeviceIdentityKey.generate());
        domain.clock.advance(Duration.ofHours(1));
        for (int i = 0; i < 10; i++) {
            refused(token.token().reveal(), csr, Problem.ENROLMENT_TOKEN_EXPIRED);
        }
    }
}
