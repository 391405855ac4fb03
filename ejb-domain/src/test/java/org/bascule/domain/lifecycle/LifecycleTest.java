package org.bascule.domain.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.directory.DeviceQuery;
import org.bascule.domain.directory.DeviceSearch;
import org.bascule.domain.directory.DeviceView;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.B64;
import org.bascule.wire.enrol.HardwareId;
import org.bascule.wire.enrol.ResetNotice;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.words.FingerprintWords;
import org.junit.jupiter.api.Test;

class LifecycleTest {

    private final TestDomain domain = new TestDomain().started();
    private final Lifecycle lifecycle = domain.get(Lifecycle.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final HardwareId machine = TestAgent.machine(domain.ids.next());

    private List<AuditEntry> audited(Sample where, String code) {
        return where.audited(code);
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

    private TestAgent enrolled(Sample where, Caller by, HardwareId hardware) throws RefusedException {
        return TestAgent.enrolled(domain, by, where.root, hardware);
    }

    @Test
    void revokedDeviceIsClosedAtOnceAndNotLetInAgain() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        TestAgent.Socket socket = agent.online();
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        assertThat(socket.closed).contains("revoked");
        TestAgent.Socket again = agent.open();
        again.receive(agent.auth(again));
        assertThat(again.closed).contains("revoked");
        assertThat(lifecycle.of(owner, agent.uid()).revoked()).isTrue();
        assertThat(domain.get(Directory.class)
                        .device(owner, agent.uid())
                        .device()
                        .name())
                .isEqualTo("pump 7");
        assertThat(domain.live).contains(new LiveEvent.DeviceRevoked(sample.id, agent.uid()));
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        assertThat(audited(sample, "device.revoke")).singleElement().satisfies(row -> assertThat(row.changes())
                .contains("revoked", "true"));
    }

    private long revision(String uid) throws RefusedException {
        return domain.get(Directory.class).device(owner, uid).device().revision();
    }

    private void mark(String uid, String column) {
        domain.sql
                .in(sample.id)
                .statement("update device set " + column + " = :now where domain_id = :domain and id = :id")
                .set("now", domain.clock.instant())
                .set("id", uid)
                .update();
    }

    @Test
    void whoSawAnOlderRevisionChangesNothingAndEachChangeMakesANewOne() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        String uid = agent.uid();
        long old = revision(uid) - 1;
        Directory directory = domain.get(Directory.class);
        String fingerprint = agent.identity.publicKey().fingerprint();
        mark(uid, "hardware_changed");
        mark(uid, "claimed");
        domain.sql
                .in(sample.id)
                .statement("update device set quarantined = true where domain_id = :domain and id = :id")
                .set("id", uid)
                .update();
        refused(Problem.PRECONDITION_FAILED, () -> lifecycle.revoke(owner, uid, old));
        refused(Problem.PRECONDITION_FAILED, () -> lifecycle.release(owner, uid, old));
        refused(Problem.PRECONDITION_FAILED, () -> lifecycle.rebind(owner, uid, fingerprint, old));
        refused(Problem.PRECONDITION_FAILED, () -> lifecycle.acknowledgeClaim(owner, uid, old));
        refused(Problem.PRECONDITION_FAILED, () -> directory.clearQuarantine(owner, uid, old));

        long first = revision(uid);
        domain.transactions.run(() -> lifecycle.rebind(owner, uid, fingerprint, first));
        domain.transactions.run(() -> lifecycle.acknowledgeClaim(owner, uid, first + 1));
        domain.transactions.run(() -> directory.clearQuarantine(owner, uid, first + 2));
        domain.transactions.run(() -> lifecycle.revoke(owner, uid, first + 3));
        domain.transactions.run(() -> lifecycle.revoke(owner, uid, null));
        assertThat(revision(uid)).isEqualTo(first + 4);
        String bound =
                enrolled(sample, owner, TestAgent.machine(domain.ids.next())).uid();
        long before = revision(bound);
        domain.transactions.run(() -> lifecycle.release(owner, bound, before));
        assertThat(revision(bound)).isEqualTo(before + 1);
    }

    @Test
    void alarmsAreFoundCountedAndAcknowledged() throws Exception {
        String claimed = enrolled(sample, owner, machine).uid();
        String changed = enrolled(sample, owner, HardwareId.NONE).uid();
        String quiet = enrolled(sample, owner, HardwareId.NONE).uid();
        mark(claimed, "claimed");
        mark(changed, "hardware_changed");
        domain.transactions.run(() -> lifecycle.revoke(owner, quiet, null));
        assertThat(found("alarm")).containsExactlyInAnyOrder(claimed, changed);
        assertThat(found("-alarm")).containsExactly(quiet);
        assertThat(found("revoked")).containsExactly(quiet);
        assertThat(found("-revoked alarm offline")).containsExactlyInAnyOrder(claimed, changed);
        assertThat(alarms(owner)).isEqualTo(2);
        Caller stranger = sample.user("stranger");
        assertThat(alarms(stranger)).isZero();
        sample.entry(claimed, stranger.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        assertThat(alarms(stranger)).isEqualTo(1);

        sample.entry(claimed, stranger.userId(), Permission.CONFIGURE_DEVICES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> lifecycle.acknowledgeClaim(stranger, claimed, null));
        Caller watchman = sample.user("watchman");
        sample.entry(claimed, watchman.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(claimed, watchman.userId(), Permission.MANAGE_ALARMS, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> lifecycle.rebind(watchman, claimed, "", null));
        domain.transactions.run(() -> lifecycle.acknowledgeClaim(watchman, claimed, null));
        domain.transactions.run(() -> lifecycle.acknowledgeClaim(owner, claimed, null));
        assertThat(found("alarm")).containsExactly(changed);
        assertThat(audited(sample, "device.acknowledge-claim"))
                .singleElement()
                .satisfies(row -> assertThat(row.changes()).contains("\"claimed\":{\"before\":\"2"));
        assertThat(domain.live)
                .anyMatch(event -> event instanceof LiveEvent.DeviceChanged device
                        && device.uid().equals(claimed));
    }

    private List<String> found(String search) throws RefusedException {
        return domain
                .get(Directory.class)
                .devices(
                        owner,
                        new DeviceQuery(
                                null, DeviceSearch.parse(search), null, DeviceQuery.Order.NAME, Cursor.first(50)))
                .items()
                .stream()
                .map(DeviceView::uid)
                .toList();
    }

    private long alarms(Caller caller) {
        return domain.get(Directory.class)
                .counts(caller, null, DeviceSearch.ALL)
                .alarm();
    }

    @Test
    void nobodyRevokesReleasesOrBindsWithoutThePermission() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        Caller viewer = sample.user("viewer");
        Caller stranger = new Sample(domain).owner();
        refused(Problem.NOT_FOUND, () -> lifecycle.revoke(viewer, agent.uid(), null));
        sample.entry(sample.root, viewer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(Problem.FORBIDDEN, () -> lifecycle.revoke(viewer, agent.uid(), null));
        refused(Problem.FORBIDDEN, () -> lifecycle.release(viewer, agent.uid(), null));
        refused(
                Problem.FORBIDDEN,
                () -> lifecycle.rebind(
                        viewer, agent.uid(), agent.identity.publicKey().fingerprint(), null));
        refused(Problem.NOT_FOUND, () -> lifecycle.revoke(stranger, agent.uid(), null));
        refused(Problem.NOT_FOUND, () -> lifecycle.of(stranger, agent.uid()));
        assertThat(lifecycle.of(owner, agent.uid()).revoked()).isFalse();
    }

    @Test
    void machineIsOneDeviceInTheWholeInstallationUntilItsDomainReleasesIt() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        Sample other = new Sample(domain);
        Caller stranger = other.owner();
        String elsewhere = message(() -> enrolled(other, stranger, machine));
        String twice = message(() -> enrolled(sample, owner, machine));
        assertThat(elsewhere).isEqualTo(twice).doesNotContain(sample.name, agent.uid());
        assertThat(audited(sample, "device.claim")).singleElement().satisfies(row -> {
            assertThat(row.resourceId()).isEqualTo(agent.uid());
            assertThat(row.outcome()).isEqualTo("denied");
            assertThat(row.changes()).contains("claimed", domain.clock.instant().toString());
        });
        assertThat(lifecycle.of(owner, agent.uid()).claimed()).isEqualTo(domain.clock.instant());
        assertThat(domain.live).contains(new LiveEvent.DeviceAlarm(sample.id, agent.uid(), "claimed"));
        assertThat(audited(other, "device.claim")).isEmpty();

        // revoked is not released
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        message(() -> enrolled(other, stranger, machine));
        domain.transactions.run(() -> lifecycle.release(owner, agent.uid(), null));
        assertThat(enrolled(other, stranger, machine).online().closed).isEmpty();
        assertThat(audited(sample, "device.release")).hasSize(1);
        message(() -> enrolled(sample, owner, machine));
    }

    private static String message(Work work) {
        try {
            work.run();
        } catch (RefusedException e) {
            assertThat(e.problem()).isEqualTo(Problem.HARDWARE_BOUND);
            return e.detail();
        }
        throw new AssertionError("it was registered");
    }

    @Test
    void removalOfTheDeviceReleasesItsMachine() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        domain.transactions.run(() -> domain.get(Directory.class).remove(owner, agent.uid(), 0));
        Sample other = new Sample(domain);
        assertThat(enrolled(other, other.owner(), machine).uid()).isNotEqualTo(agent.uid());
    }

    @Test
    void racedRegistrationsOfOneMachineMakeOneDevice() throws Exception {
        int racers = 6;
        List<Sample> samples = new ArrayList<>();
        List<Caller> owners = new ArrayList<>();
        for (int i = 0; i < racers; i++) {
            samples.add(new Sample(domain));
            owners.add(samples.get(i).owner());
        }
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(racers);
        List<Future<String>> results = new ArrayList<>();
        try {
            for (int i = 0; i < racers; i++) {
                int racer = i;
                results.add(threads.submit(() -> {
                    start.await();
                    try {
                        enrolled(samples.get(racer), owners.get(racer), machine);
                        return "enrolled";
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
            assertThat(outcomes).filteredOn("enrolled"::equals).hasSize(1);
            assertThat(outcomes).filteredOn("hardware-bound"::equals).hasSize(racers - 1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void revokedDeviceThatIsEnrolledAgainKeepsUidPlaceAndHistory() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        agent.online().lose();
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        TestAgent again = enrolled(sample, owner, machine);
        assertThat(again.uid()).isEqualTo(agent.uid());
        assertThat(again.online().closed).isEmpty();
        TestAgent.Socket old = agent.open();
        old.receive(agent.auth(old));
        assertThat(old.closed).contains("revoked");
        byte[] thumbprint = again.identity.publicKey().thumbprint();
        assertThat(lifecycle.of(owner, agent.uid()).words()).isEqualTo(FingerprintWords.of(thumbprint));
        assertThat(lifecycle.of(owner, agent.uid()).thumbprint()).isEqualTo(B64.encode(thumbprint));
    }

    /** A new registration takes away what alarmed: only the log knows of it afterwards. */
    @Test
    void deviceThatIsEnrolledAgainLeavesItsAlarmsInTheLog() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        assertThat(audited(sample, "device.enrol"))
                .extracting(AuditEntry::changes)
                .containsExactly(
                        """
                        {"name":{"before":null,"after":"pump 7"},"folder":{"before":null,"after":"/"},\
                        "folderId":{"before":null,"after":"%s"},"fingerprint":{"before":null,"after":"%s"},\
                        "hardware":{"before":null,"after":"bound"}}"""
                                .formatted(
                                        sample.root, agent.identity.publicKey().fingerprint()));
        mark(agent.uid(), "hardware_changed");
        mark(agent.uid(), "claimed");
        domain.sql
                .in(sample.id)
                .statement("update device set quarantined = true where domain_id = :domain and id = :id")
                .set("id", agent.uid())
                .update();
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        Instant claimed =
                Objects.requireNonNull(lifecycle.of(owner, agent.uid()).claimed());
        domain.clock.advance(Duration.ofMinutes(1));
        TestAgent again = enrolled(sample, owner, machine);
        assertThat(lifecycle.of(owner, agent.uid()).claimed()).isNull();
        assertThat(audited(sample, "device.enrol")).first().satisfies(row -> assertThat(row.changes())
                .isEqualTo(
                        """
                                {"fingerprint":{"before":"%s","after":"%s"},"revoked":{"before":"true","after":"false"},\
                                "quarantined":{"before":"true","after":"false"},"hardware":{"before":"changed","after":"bound"},\
                                "claimed":{"before":"%s","after":null}}"""
                                .formatted(
                                        agent.identity.publicKey().fingerprint(),
                                        again.identity.publicKey().fingerprint(),
                                        claimed)));
    }

    @Test
    void revokedDeviceOfAnotherFolderIsNotTakenFromThere() throws Exception {
        String north = sample.folder(sample.root, "north");
        String south = sample.folder(sample.root, "south");
        TestAgent agent = TestAgent.enrolled(domain, owner, north, machine);
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        refused(Problem.HARDWARE_BOUND, () -> TestAgent.enrolled(domain, owner, south, machine));
        assertThat(TestAgent.enrolled(domain, owner, sample.root, machine).uid())
                .isEqualTo(agent.uid());
    }

    @Test
    void tokenTakesOverWhatIsBelowItsFolderOnlyInTheNameOfWhoMayInstallThere() throws Exception {
        String north = sample.folder(sample.root, "north");
        Caller installer = sample.user("installer");
        sample.entry(sample.root, installer.userId(), Permission.INSTALL_DEVICES, Effect.ALLOW);
        sample.entry(north, installer.userId(), Permission.INSTALL_DEVICES, Effect.DENY);
        TestAgent agent = TestAgent.enrolled(domain, owner, north, machine);
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        refused(Problem.HARDWARE_BOUND, () -> TestAgent.enrolled(domain, installer, sample.root, machine));
        assertThat(audited(sample, "device.claim")).hasSize(1);
        assertThat(lifecycle.of(owner, agent.uid()).revoked()).isTrue();
        sample.removeEntries();
        sample.entry(sample.root, installer.userId(), Permission.INSTALL_DEVICES, Effect.ALLOW);
        assertThat(TestAgent.enrolled(domain, installer, sample.root, machine).uid())
                .isEqualTo(agent.uid());
    }

    @Test
    void addressOfAnInterfaceIsNotEnoughWhereTheMachineIsKnownByMore() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        HardwareId addressOnly = new HardwareId(Optional.empty(), Optional.empty(), machine.nics());
        TestAgent copy = agent.copiedTo(addressOnly);
        TestAgent.Socket weak = copy.online();
        assertThat(weak.closed).contains("hardware-changed");
        weak.lose();
        domain.transactions.run(() -> lifecycle.revoke(owner, agent.uid(), null));
        refused(Problem.HARDWARE_BOUND, () -> enrolled(sample, owner, addressOnly));
        assertThat(lifecycle.of(owner, agent.uid()).claimed()).isEqualTo(domain.clock.instant());
        assertThat(enrolled(sample, owner, machine).uid()).isEqualTo(agent.uid());
    }

    @Test
    void nobodyComesToHoldAMachineByNamingItsNumbersBesideHisOwn() throws Exception {
        HardwareId address = new HardwareId(
                Optional.empty(), Optional.empty(), List.of(HardwareId.Kind.NIC.hash(new byte[32], "a")));
        TestAgent victim = enrolled(sample, owner, address);
        Sample other = new Sample(domain);
        TestAgent greedy = enrolled(other, other.owner(), machine);
        greedy.hardware = new HardwareId(machine.system(), Optional.empty(), address.nics());
        greedy.online().lose();
        assertThat(lifecycle.of(owner, victim.uid()).claimed()).isEqualTo(domain.clock.instant());
        domain.transactions.run(() -> lifecycle.release(owner, victim.uid(), null));
        assertThat(enrolled(sample, owner, address).online().closed).isEmpty();
    }

    private static String hardware(String before, String after) {
        return "{\"hardware\":{\"before\":\"%s\",\"after\":\"%s\"}}".formatted(before, after);
    }

    @Test
    void backupOnAnotherMachineIsRefusedUntilAnAdministratorBindsItAnew() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        agent.online().lose();
        TestAgent copy = agent.copiedTo(TestAgent.machine(domain.ids.next()));
        assertThat(copy.online().closed).contains("hardware-changed");
        assertThat(lifecycle.of(owner, agent.uid()).hardware()).isEqualTo(DeviceLifecycle.CHANGED);
        assertThat(copy.online().closed).contains("hardware-changed");
        assertThat(audited(sample, "device.hardware"))
                .extracting(AuditEntry::outcome, AuditEntry::changes)
                .containsExactly(tuple("denied", hardware("bound", "changed")));
        assertThat(domain.live).contains(new LiveEvent.DeviceAlarm(sample.id, agent.uid(), "hardware-changed"));

        refused(Problem.INVALID, () -> lifecycle.rebind(owner, agent.uid(), "0000 0000 0000 0000", null));
        domain.transactions.run(() ->
                lifecycle.rebind(owner, agent.uid(), agent.identity.publicKey().fingerprint(), null));
        assertThat(copy.online().closed).isEmpty();
        assertThat(lifecycle.of(owner, agent.uid()).hardware()).isEqualTo(DeviceLifecycle.BOUND);
        refused(
                Problem.CONFLICT,
                () -> lifecycle.rebind(
                        owner, agent.uid(), agent.identity.publicKey().fingerprint(), null));
        assertThat(audited(sample, "device.rebind")).first().satisfies(row -> assertThat(row.changes())
                .contains("changed", "bound"));
    }

    @Test
    void backupThatIsPutBackOnItsMachineComesOnline() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        agent.online().lose();
        TestAgent backup = agent.copiedTo(machine);
        for (int start = 0; start < 5; start++) {
            domain.clock.advance(Duration.ofHours(1));
            agent.online().lose();
        }
        domain.clock.advance(Duration.ofSeconds(2));
        TestAgent.Socket restored = backup.online();
        assertThat(restored.closed).isEmpty();
        assertThat(domain.get(DeviceChannels.class).isOnline(agent.uid())).isTrue();
    }

    @Test
    void copyThatShowsNothingOfItsMachineIsRefusedToo() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        assertThat(agent.copiedTo(HardwareId.NONE).online().closed).contains("hardware-changed");
        TestAgent.Socket original = agent.online();
        assertThat(original.closed).isEmpty();
        assertThat(lifecycle.of(owner, agent.uid()).hardware()).isEqualTo(DeviceLifecycle.BOUND);
        assertThat(audited(sample, "device.hardware")).first().satisfies(row -> assertThat(row.changes())
                .isEqualTo(hardware("changed", "bound")));
    }

    @Test
    void anotherInterfaceIsNoOtherMachine() throws Exception {
        String onBoard = HardwareId.Kind.BOARD.hash(new byte[32], "board " + domain.ids.next());
        TestAgent agent =
                enrolled(sample, owner, new HardwareId(machine.system(), Optional.of(onBoard), machine.nics()));
        agent.hardware = new HardwareId(
                machine.system(), Optional.empty(), List.of(HardwareId.Kind.NIC.hash(new byte[32], "new card")));
        TestAgent.Socket socket = agent.online();
        assertThat(socket.closed).isEmpty();
        // of the numbers themselves the log shows nothing
        int nics = machine.nics().size();
        assertThat(audited(sample, "device.hardware")).singleElement().satisfies(row -> assertThat(row.changes())
                .contains("\"hardwareBoard\":{\"before\":\"1\",\"after\":\"0 (+0 −1)\"}")
                .contains("\"hardwareNics\":{\"before\":\"%d\",\"after\":\"1 (+1 −%d)\"}".formatted(nics, nics))
                .doesNotContain("hardwareSystem"));
        socket.lose();
        domain.clock.advance(Duration.ofSeconds(2));
        assertThat(agent.online().closed).isEmpty();
        assertThat(audited(sample, "device.hardware")).hasSize(1);
        // what was learnt counts from now
        Sample other = new Sample(domain);
        HardwareId onlyTheCard = new HardwareId(
                Optional.empty(), Optional.empty(), List.of(HardwareId.Kind.NIC.hash(new byte[32], "new card")));
        refused(Problem.HARDWARE_BOUND, () -> enrolled(other, other.owner(), onlyTheCard));
    }

    @Test
    void machineThatShowsItselfLaterIsBoundThen() throws Exception {
        TestAgent agent = enrolled(sample, owner, HardwareId.NONE);
        assertThat(lifecycle.of(owner, agent.uid()).hardware()).isEqualTo(DeviceLifecycle.UNKNOWN);
        agent.hardware = machine;
        assertThat(agent.online().closed).isEmpty();
        assertThat(lifecycle.of(owner, agent.uid()).hardware()).isEqualTo(DeviceLifecycle.BOUND);
        assertThat(audited(sample, "device.hardware")).singleElement().satisfies(row -> assertThat(row.changes())
                .isEqualTo(hardware("unknown", "bound")));
    }

    @Test
    void deviceGivesUpItsIdentityByItself() throws Exception {
        TestAgent agent = enrolled(sample, owner, machine);
        TestAgent.Socket socket = agent.online();
        ResetNotice forged =
                ResetNotice.sign(DeviceIdentityKey.generate(), agent.uid(), sample.id, domain.clock.instant());
        refused(Problem.NOT_FOUND, () -> lifecycle.reset(forged, "198.51.100.9"));
        ResetNotice old = ResetNotice.sign(
                agent.identity, agent.uid(), sample.id, domain.clock.instant().minus(Duration.ofMinutes(11)));
        refused(Problem.INVALID, () -> lifecycle.reset(old, "198.51.100.9"));
        ResetNotice notice = ResetNotice.sign(agent.identity, agent.uid(), sample.id, domain.clock.instant());
        domain.transactions.run(() -> lifecycle.reset(notice, "198.51.100.9"));
        domain.transactions.run(() -> lifecycle.reset(notice, "198.51.100.9"));
        assertThat(socket.closed).contains("revoked");
        assertThat(audited(sample, "device.reset")).hasSize(1);
        Sample other = new Sample(domain);
        refused(Problem.HARDWARE_BOUND, () -> enrolled(other, other.owner(), machine));
    }
}
