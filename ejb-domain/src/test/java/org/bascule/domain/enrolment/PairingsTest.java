package org.bascule.domain.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.idempotency.Creations;
import org.bascule.domain.idempotency.IdempotencyKey;
import org.bascule.domain.idempotency.StoredAnswer;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.Lifecycle;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.Sha256;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.enrol.PairingOpened;
import org.bascule.wire.enrol.PairingProof;
import org.bascule.wire.enrol.PairingRequest;
import org.bascule.wire.enrol.PairingState;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.words.FingerprintWords;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairingsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Pairings pairings = domain.get(Pairings.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final DeviceIdentityKey key = DeviceIdentityKey.generate();
    private final byte[] root = rootHash();

    /** The table belongs to no domain: nothing of other tests may be in it. */
    @BeforeEach
    void nobodyWaits() {
        domain.sql.acrossDomains().statement("delete from pairing").update();
    }

    private byte[] rootHash() {
        try {
            return domain.get(Installation.class).requireKeySet().keys().root().hash();
        } catch (RefusedException e) {
            throw new IllegalStateException(e);
        }
    }

    private PairingOpened open() throws RefusedException {
        return open(key, HardwareId.NONE, Optional.empty());
    }

    private PairingOpened open(DeviceIdentityKey identity, HardwareId hardware, Optional<String> wanted)
            throws RefusedException {
        return open(identity, hardware, wanted, "198.51.100.30");
    }

    private PairingOpened open(DeviceIdentityKey identity, HardwareId hardware, Optional<String> wanted, String address)
            throws RefusedException {
        PairingRequest request =
                new PairingRequest(TestAgent.csr(identity), "press 3", "Debian 12", "0.1", hardware, wanted);
        return domain.transactions.inNew(() -> pairings.open(request, address));
    }

    private void openFrom(String address) throws RefusedException {
        open(DeviceIdentityKey.generate(), HardwareId.NONE, Optional.empty(), address);
    }

    private PairingState state(PairingOpened opened) throws RefusedException {
        return pairings.state(opened.id(), PairingProof.sign(key, opened.id(), opened.nonce(), root));
    }

    private String accept(Caller caller, String code, String folder, String fingerprint) throws RefusedException {
        return domain.transactions.inNew(() -> pairings.accept(caller, code, folder, fingerprint));
    }

    private static void refused(Problem problem, Work work) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(work::run)
                .matches(e -> e.problem() == problem, problem.code());
    }

    @FunctionalInterface
    private interface Work {
        void run() throws RefusedException;
    }

    @Test
    void acceptedMachineFetchesItsCertificateAndComesOnline() throws Exception {
        HardwareId machine = TestAgent.machine(domain.ids.next());
        PairingOpened opened = open(key, machine, Optional.empty());
        assertThat(state(opened).state()).isEqualTo(PairingState.WAITING);
        PairingView view = pairings.find(owner, opened.code().shown().toLowerCase(java.util.Locale.ROOT));
        assertThat(view.words()).isEqualTo(FingerprintWords.of(key.publicKey().thumbprint()));
        assertThat(view.rootWords()).isEqualTo(FingerprintWords.of(root));
        assertThat(view.fingerprint()).isEqualTo(key.publicKey().fingerprint());
        assertThat(view.address()).isEqualTo("198.51.100.30");

        String uid = accept(owner, view.code(), sample.root, view.fingerprint());
        PairingState accepted = state(opened);
        assertThat(accepted.state()).isEqualTo(PairingState.ACCEPTED);
        assertThat(accepted.by()).contains("owner");
        assertThat(accepted.enrolment().orElseThrow().uid()).isEqualTo(uid);
        assertThat(accepted.enrolment().orElseThrow().domainName()).isEqualTo(sample.name);
        TestAgent agent = TestAgent.of(domain, key, accepted.enrolment().orElseThrow(), machine);
        assertThat(agent.online().closed).isEmpty();
        assertThat(domain.live).contains(new LiveEvent.DeviceAdded(sample.id, uid, sample.root));
        assertThat(sample.audited("device.pair")).first().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.userName()).isEqualTo("owner");
            assertThat(row.resourceId()).isEqualTo(uid);
            assertThat(row.detail()).contains(key.publicKey().fingerprint(), "198.51.100.30");
            assertThat(row.changes())
                    .contains("\"folder\":{\"before\":null,\"after\":\"/\"}", "\"hardware\":{\"before\":null,");
        });
    }

    @Test
    void onlyTheFingerprintThatWasComparedIsAccepted() throws Exception {
        PairingOpened opened = open();
        String other = DeviceIdentityKey.generate().publicKey().fingerprint();
        refused(Problem.INVALID, () -> accept(owner, opened.code().shown(), sample.root, other));
        refused(Problem.INVALID, () -> accept(owner, opened.code().shown(), sample.root, ""));
        assertThat(state(opened).state()).isEqualTo(PairingState.WAITING);
        assertThat(sample.audited("device.pair")).hasSize(2).allMatch(row -> row.outcome()
                .equals("denied"));
    }

    @Test
    void rejectedExpiredDecidedAndWrongAreOneAnswer() throws Exception {
        PairingOpened rejected = open();
        domain.transactions.run(() -> pairings.reject(owner, rejected.code().shown()));
        assertThat(state(rejected).state()).isEqualTo(PairingState.REJECTED);
        refused(Problem.NOT_FOUND, () -> pairings.find(owner, rejected.code().shown()));

        assertThat(sample.audited("device.pair"))
                .filteredOn(row -> row.outcome().equals("success"))
                .extracting(AuditEntry::changes)
                .containsExactly("{\"state\":{\"before\":\"waiting\",\"after\":\"rejected\"}}");

        PairingOpened late = open();
        domain.clock.advance(Pairings.VALIDITY);
        assertThat(state(late).state()).isEqualTo(PairingState.EXPIRED);
        refused(Problem.NOT_FOUND, () -> pairings.find(owner, late.code().shown()));
        refused(
                Problem.NOT_FOUND,
                () -> accept(
                        owner, late.code().shown(), sample.root, key.publicKey().fingerprint()));
        refused(Problem.NOT_FOUND, () -> pairings.find(owner, "not a code"));
        assertThat(sample.audited("device.pair"))
                .filteredOn(row -> row.outcome().equals("denied"))
                .hasSize(4);
    }

    @Test
    void tryingCodesIsStoppedAtTheAddressOfWhoDoes() throws Exception {
        PairingOpened opened = open();
        for (int i = 0; i < 5; i++) {
            refused(Problem.NOT_FOUND, () -> pairings.find(owner, "2222-2222"));
        }
        refused(
                Problem.ADDRESS_BLOCKED,
                () -> pairings.find(owner, opened.code().shown()));
        refused(
                Problem.ADDRESS_BLOCKED,
                () -> accept(
                        owner,
                        opened.code().shown(),
                        sample.root,
                        key.publicKey().fingerprint()));
        assertThat(pairings.find(owner.from("198.51.100.9"), opened.code().shown())
                        .name())
                .isEqualTo("press 3");
        domain.clock.advance(Duration.ofMinutes(5));
        assertThat(pairings.find(owner, opened.code().shown()).name()).isEqualTo("press 3");
    }

    @Test
    void codeAloneIsNotEnoughWithoutThePermissionOrTheFolder() throws Exception {
        PairingOpened opened = open();
        Caller nobody = sample.user("nobody");
        refused(Problem.FORBIDDEN, () -> pairings.find(nobody, opened.code().shown()));
        refused(Problem.FORBIDDEN, () -> pairings.reject(nobody, opened.code().shown()));
        String fingerprint = key.publicKey().fingerprint();
        refused(Problem.NOT_FOUND, () -> accept(nobody, opened.code().shown(), sample.root, fingerprint));
        Sample stranger = new Sample(domain);
        refused(Problem.NOT_FOUND, () -> accept(owner, opened.code().shown(), stranger.root, fingerprint));
        assertThat(state(opened).state()).isEqualTo(PairingState.WAITING);
    }

    @Test
    void whoeverDoesNotSeeTheFolderIsToldSoBeforeAnythingIsDecided() throws Exception {
        PairingOpened opened = open(key, TestAgent.machine(domain.ids.next()), Optional.empty());
        Caller installer = sample.user("installer");
        sample.entry(sample.root, installer.userId(), Permission.INSTALL_DEVICES, Effect.ALLOW);
        String code = pairings.find(installer, opened.code().shown()).code();
        String fingerprint = key.publicKey().fingerprint();
        refused(Problem.FORBIDDEN, () -> accept(installer, code, sample.root, fingerprint));
        assertThat(state(opened).state()).isEqualTo(PairingState.WAITING);
        sample.entry(sample.root, installer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        String uid = accept(installer, code, sample.root, fingerprint);
        assertThat(domain.get(Directory.class).device(installer, uid).device().uid())
                .isEqualTo(uid);
    }

    @Test
    void machineThatNamesItsDomainIsFoundThereAlone() throws Exception {
        Sample stranger = new Sample(domain);
        Caller other = stranger.owner();
        PairingOpened opened = open(key, HardwareId.NONE, Optional.of(sample.name));
        String fingerprint = key.publicKey().fingerprint();
        refused(Problem.NOT_FOUND, () -> pairings.find(other, opened.code().shown()));
        refused(Problem.NOT_FOUND, () -> accept(other, opened.code().shown(), stranger.root, fingerprint));
        assertThat(stranger.audited("device.pair")).hasSize(2).allMatch(row -> row.outcome()
                .equals("denied"));
        assertThat(sample.audited("device.pair")).isEmpty();
        assertThat(accept(owner, opened.code().shown(), sample.root, fingerprint))
                .isNotEmpty();
    }

    /** Whoever did not get the answer asks again: the code is used up by then, and that is no guess. */
    @Test
    void repeatedAcceptanceUnderOneKeyHasTheFirstAnswerAndIsNoGuess() throws Exception {
        PairingOpened opened = open(key, TestAgent.machine(domain.ids.next()), Optional.empty());
        Creations creations = domain.get(Creations.class);
        Directory directory = domain.get(Directory.class);
        IdempotencyKey once = new IdempotencyKey("acceptance-whose-answer-is-lost");
        Creations.Creation acceptance = () -> {
            String uid = pairings.accept(
                    owner, opened.code().shown(), sample.root, key.publicKey().fingerprint());
            return new StoredAnswer(
                    201, null, null, directory.device(owner, uid).device().uid());
        };
        StoredAnswer first = creations.once(owner, once, Sha256.of("a"), acceptance);
        for (int i = 0; i < 2 * domain.settings.guard().failures(); i++) {
            assertThat(creations.once(owner, once, Sha256.of("a"), acceptance)).isEqualTo(first);
        }
        assertThat(state(opened).enrolment().orElseThrow().uid()).isEqualTo(first.body());
        assertThat(sample.audited("device.pair")).singleElement().satisfies(row -> assertThat(row.outcome())
                .isEqualTo("success"));
        assertThat(pairings.find(
                                owner,
                                open(DeviceIdentityKey.generate(), HardwareId.NONE, Optional.empty())
                                        .code()
                                        .shown())
                        .name())
                .isEqualTo("press 3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofTwoAdministratorsOneAccepts(boolean known) throws Exception {
        HardwareId machine = known ? TestAgent.machine(domain.ids.next()) : HardwareId.NONE;
        PairingOpened opened = open(key, machine, Optional.empty());
        Sample other = new Sample(domain);
        List<Caller> racers = List.of(owner, other.owner());
        List<String> folders = List.of(sample.root, other.root);
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<Future<String>> results = new ArrayList<>();
        try {
            for (int i = 0; i < 2; i++) {
                int racer = i;
                results.add(threads.submit(() -> {
                    start.await();
                    try {
                        return accept(
                                racers.get(racer),
                                opened.code().shown(),
                                folders.get(racer),
                                key.publicKey().fingerprint());
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
            assertThat(outcomes)
                    .filteredOn(o -> o.equals("conflict") || o.equals("not-found"))
                    .hasSize(1);
            assertThat(state(opened).enrolment().orElseThrow().uid()).isIn(outcomes);
            assertThat(domain.live)
                    .as("nobody took it for a machine of somebody else")
                    .noneMatch(event -> event instanceof LiveEvent.DeviceAlarm);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void nobodyWithoutTheKeyOrWithAnotherRootLearnsAnything() throws Exception {
        PairingOpened opened = open();
        DeviceIdentityKey thief = DeviceIdentityKey.generate();
        refused(
                Problem.NOT_FOUND,
                () -> pairings.state(opened.id(), PairingProof.sign(thief, opened.id(), opened.nonce(), root)));
        refused(
                Problem.NOT_FOUND,
                () -> pairings.state(opened.id(), PairingProof.sign(key, opened.id(), new byte[32], root)));
        refused(
                Problem.NOT_FOUND,
                () -> pairings.state(domain.ids.next(), PairingProof.sign(key, opened.id(), opened.nonce(), root)));
        refused(
                Problem.CONFLICT,
                () -> pairings.state(opened.id(), PairingProof.sign(key, opened.id(), opened.nonce(), new byte[32])));
    }

    /** Whoever has one IPv6 address has many, and the networks beside it. */
    @Test
    void waitingMachinesAreCountedByNetworkAndBySite() throws Exception {
        for (int i = 0; i < Pairings.MAX_WAITING_PER_NETWORK; i++) {
            openFrom("2001:db8:7:1::" + Integer.toHexString(i + 1));
        }
        refused(Problem.TOO_MANY_REQUESTS, () -> openFrom("2001:db8:7:1:ffff::1"));
        for (int i = Pairings.MAX_WAITING_PER_NETWORK; i < Pairings.MAX_WAITING_PER_SITE; i++) {
            openFrom("2001:db8:7:" + Integer.toHexString(i + 2) + "::1");
        }
        refused(Problem.TOO_MANY_REQUESTS, () -> openFrom("2001:db8:7:fff::1"));
        openFrom("2001:db8:8::1");
    }

    @Test
    void waitingMachinesAreBoundedAndTheSameKeyWaitsOnce() throws Exception {
        PairingOpened first = open();
        PairingOpened second = open();
        refused(Problem.NOT_FOUND, () -> state(first));
        assertThat(state(second).state()).isEqualTo(PairingState.WAITING);
        for (int i = 1; i < Pairings.MAX_WAITING_PER_NETWORK; i++) {
            open(DeviceIdentityKey.generate(), HardwareId.NONE, Optional.empty());
        }
        refused(Problem.TOO_MANY_REQUESTS, () -> open(DeviceIdentityKey.generate(), HardwareId.NONE, Optional.empty()));
        domain.clock.advance(Pairings.VALIDITY.plus(Pairings.REMEMBERED).plus(Duration.ofSeconds(1)));
        open(DeviceIdentityKey.generate(), HardwareId.NONE, Optional.empty());
        assertThat(domain.sql
                        .acrossDomains()
                        .statement("select count(*) from pairing")
                        .number())
                .isEqualTo(1);
    }

    /** The machine was accepted, and killed before it heard of it. */
    @Test
    void acceptanceThatWasMissedIsThereWhenTheMachineAsksAgainWithItsKey() throws Exception {
        HardwareId machine = TestAgent.machine(domain.ids.next());
        PairingOpened first = open(key, machine, Optional.empty());
        String fingerprint = key.publicKey().fingerprint();
        String uid = accept(owner, first.code().shown(), sample.root, fingerprint);
        domain.clock.advance(Pairings.VALIDITY.plus(Pairings.REMEMBERED).minus(Duration.ofMinutes(1)));

        PairingOpened again = open(key, machine, Optional.empty());
        assertThat(again.expires()).isAfter(domain.clock.instant());
        PairingState state = state(again);
        assertThat(state.state()).isEqualTo(PairingState.ACCEPTED);
        assertThat(state.by()).contains("owner");
        assertThat(state.enrolment().orElseThrow().uid()).isEqualTo(uid);
        refused(Problem.NOT_FOUND, () -> accept(owner, again.code().shown(), sample.root, fingerprint));
        assertThat(sample.audited("device.pair"))
                .filteredOn(row -> row.outcome().equals("success"))
                .hasSize(1);
        assertThat(sample.audited("device.claim")).isEmpty();

        DeviceIdentityKey other = DeviceIdentityKey.generate();
        PairingOpened stranger = open(other, machine, Optional.empty());
        assertThat(stranger.id()).isNotEqualTo(first.id());
        assertThat(pairings.state(stranger.id(), PairingProof.sign(other, stranger.id(), stranger.nonce(), root))
                        .state())
                .isEqualTo(PairingState.WAITING);
    }

    /** Somebody in between has sent the machine's request himself, and accepted it where he may. */
    @Test
    void acceptanceInAnotherDomainThanTheOneThatIsNamedIsNone() throws Exception {
        Sample stranger = new Sample(domain);
        PairingOpened replayed = open();
        accept(
                stranger.owner(),
                replayed.code().shown(),
                stranger.root,
                key.publicKey().fingerprint());
        PairingOpened again = open(key, HardwareId.NONE, Optional.of(sample.name));
        assertThat(again.id()).isNotEqualTo(replayed.id());
        assertThat(state(again).state()).isEqualTo(PairingState.WAITING);
        assertThat(open(key, HardwareId.NONE, Optional.of(stranger.name)).id()).isEqualTo(replayed.id());
    }

    @Test
    void askingForAMissedAcceptanceDoesNotProlongIt() throws Exception {
        PairingOpened first = open();
        accept(owner, first.code().shown(), sample.root, key.publicKey().fingerprint());
        domain.clock.advance(Pairings.VALIDITY.plus(Pairings.REMEMBERED));
        assertThat(open().id()).isEqualTo(first.id());
        domain.clock.advance(Duration.ofSeconds(1));
        assertThat(open().id()).isNotEqualTo(first.id());
    }

    @Test
    void acceptanceOfADeviceThatWasRevokedIsNone() throws Exception {
        PairingOpened first = open();
        String uid =
                accept(owner, first.code().shown(), sample.root, key.publicKey().fingerprint());
        domain.transactions.run(() -> domain.get(Lifecycle.class).revoke(owner, uid, null));
        PairingOpened again = open();
        assertThat(again.id()).isNotEqualTo(first.id());
        assertThat(state(again).state()).isEqualTo(PairingState.WAITING);
    }

    @Test
    void registeredMachineIsRefusedAtTheMachineTooAndItsOwnerIsTold() throws Exception {
        HardwareId machine = TestAgent.machine(domain.ids.next());
        Sample first = new Sample(domain);
        TestAgent bound = TestAgent.enrolled(domain, first.owner(), first.root, machine);
        PairingOpened opened = open(key, machine, Optional.empty());
        refused(
                Problem.HARDWARE_BOUND,
                () -> accept(
                        owner,
                        opened.code().shown(),
                        sample.root,
                        key.publicKey().fingerprint()));
        assertThat(state(opened).state()).isEqualTo(PairingState.BOUND);
        assertThat(domain.live).contains(new LiveEvent.DeviceAlarm(first.id, bound.uid(), "claimed"));
        assertThat(sample.audited("device.pair")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("denied");
            assertThat(row.detail()).doesNotContain(first.id, first.name, bound.uid());
        });
    }
}
