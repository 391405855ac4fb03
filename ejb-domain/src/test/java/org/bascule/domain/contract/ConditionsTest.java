package org.bascule.domain.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceChange;
import org.bascule.domain.directory.Directory;
import org.bascule.domain.directory.FolderChange;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestAgent;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConditionsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Contracts contracts = domain.get(Contracts.class);
    private final Qualifications qualifications = domain.get(Qualifications.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();
    private final Caller engineer = sample.user("engineer");
    private final String customer = sample.folder(sample.root, "customer");
    private final String plant = sample.folder(customer, "plant");
    private final String device = sample.device(plant, "pump");

    private Instant in(Duration time) {
        return domain.clock.instant().plus(time);
    }

    private static Contract demanding(@Nullable String reference, @Nullable Instant from, @Nullable Instant until) {
        return new Contract(reference, "", from, until, "", true, List.of());
    }

    private static Contract asking(String... names) {
        return new Contract(null, "", null, null, "", false, List.of(names));
    }

    private void put(String folder, Contract contract) throws RefusedException {
        put(owner, folder, contract);
    }

    private ContractView put(Caller caller, String folder, Contract contract) throws RefusedException {
        long revision = contracts.read(owner, folder).revision();
        return domain.transactions.inNew(() -> contracts.put(caller, folder, revision, contract));
    }

    private void qualify(Qualification... items) throws RefusedException {
        long revision = qualifications.read(owner, engineer.userId()).revision();
        domain.transactions.inNew(() -> qualifications.put(owner, engineer.userId(), revision, List.of(items)));
    }

    private Optional<Problem> unmet() {
        return domain.get(Conditions.class)
                .unmet(sample.id, engineer.userId(), device)
                .map(UnmetCondition::problem);
    }

    @Test
    void withoutARecordNothingIsDemanded() {
        assertThat(unmet()).isEmpty();
    }

    @Test
    void contractMustBeWithinItsValidity() throws RefusedException {
        put(customer, demanding("C-17", in(Duration.ofHours(1)), in(Duration.ofHours(3))));
        assertThat(unmet()).contains(Problem.CONTRACT_REQUIRED);
        domain.clock.advance(Duration.ofHours(1));
        assertThat(unmet()).isEmpty();
        domain.clock.advance(Duration.ofHours(2));
        assertThat(unmet()).as("the end is not included").contains(Problem.CONTRACT_REQUIRED);
    }

    @Test
    void recordWithoutAReferenceDemandsAContractOfWhatIsBelow() throws RefusedException {
        put(sample.root, demanding(null, null, null));
        assertThat(unmet()).contains(Problem.CONTRACT_REQUIRED);
        put(customer, demanding("C-17", null, null));
        assertThat(unmet()).as("the nearest counts").isEmpty();
        put(plant, demanding("C-17/2", null, in(Duration.ofDays(-1))));
        assertThat(unmet()).contains(Problem.CONTRACT_REQUIRED);
        long revision = contracts.read(owner, plant).revision();
        domain.transactions.run(() -> contracts.remove(owner, plant, revision));
        assertThat(unmet()).isEmpty();
    }

    @Test
    void everyQualificationMustBeHeldAndUnexpired() throws RefusedException {
        put(customer, asking("Pressure vessels", "Electrician"));
        assertThat(unmet()).contains(Problem.QUALIFICATION_REQUIRED);
        qualify(new Qualification("electrician", null));
        assertThat(domain.get(Conditions.class).unmet(sample.id, engineer.userId(), device))
                .contains(UnmetCondition.qualification("Pressure vessels"));
        qualify(new Qualification("electrician", null), new Qualification("pressure VESSELS", in(Duration.ofDays(1))));
        assertThat(unmet()).isEmpty();
        domain.clock.advance(Duration.ofDays(1));
        assertThat(unmet()).contains(Problem.QUALIFICATION_REQUIRED);
    }

    @Test
    void administratorBelowMayDemandMoreButNotLess() throws RefusedException {
        put(sample.root, new Contract("C-1", "", null, null, "", true, List.of("Electrician")));
        Caller local = sample.user("local");
        sample.entry(customer, local.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(customer, local.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        for (Contract less : List.of(
                asking("Electrician"),
                new Contract("C-2", "", null, null, "", true, List.of("Welder")),
                Contract.NONE)) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> put(local, customer, less))
                    .matches(e -> e.problem() == Problem.FORBIDDEN);
        }
        assertThat(audited("contract.set"))
                .filteredOn(row -> row.startsWith("denied"))
                .hasSize(3);
        put(local, customer, new Contract("C-2", "", null, null, "", true, List.of("Welder", "electrician")));
        put(owner, customer, Contract.NONE);
        assertThat(unmet()).isEmpty();
    }

    /** What lets somebody in for longer than the demand above is less, and so is any contract where there is to be none. */
    @Test
    void administratorBelowDoesNotProlongTheContractThatIsDemandedAbove() throws RefusedException {
        put(customer, demanding("C-1", in(Duration.ofDays(1)), in(Duration.ofDays(2))));
        Caller local = sample.user("local");
        sample.entry(plant, local.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        sample.entry(plant, local.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        for (Contract less : List.of(
                demanding("C-1", null, in(Duration.ofDays(2))),
                demanding("C-1", in(Duration.ofHours(1)), in(Duration.ofDays(2))),
                demanding("C-1", in(Duration.ofDays(1)), in(Duration.ofDays(3))),
                demanding("C-1", in(Duration.ofDays(1)), null))) {
            assertThatExceptionOfType(RefusedException.class)
                    .as("%s", less)
                    .isThrownBy(() -> put(local, plant, less))
                    .matches(e -> e.problem() == Problem.FORBIDDEN);
        }
        put(local, plant, demanding(null, null, null));
        put(local, plant, demanding("C-1/2", in(Duration.ofDays(1)), in(Duration.ofDays(2))));
        put(customer, demanding(null, null, null));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> put(local, plant, demanding("own", null, null)))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    @Test
    void nobodyMovesOutOfADemandThatHeMayNotLift() throws RefusedException {
        String free = sample.folder(sample.root, "free");
        String bound = sample.folder(sample.root, "bound");
        put(customer, asking("Electrician"));
        put(bound, asking("Electrician", "Welder"));
        Caller mover = sample.user("mover");
        for (String folder : List.of(plant, free, bound)) {
            for (Permission permission : Permission.values()) {
                sample.delegable(folder, mover.userId(), permission);
            }
        }
        String second = TestAgent.enrolled(domain, owner, plant).uid();
        refusedMove(mover, second, free);
        BulkChange.Result bulk = moveAll(mover, free, device, second);
        assertThat(bulk.done()).isEmpty();
        assertThat(bulk.refused())
                .extracting(BulkChange.Refusal::problem)
                .containsExactly(Problem.FORBIDDEN, Problem.FORBIDDEN);
        assertThat(audited("device.move")).hasSize(3).allMatch(row -> row.startsWith("denied"));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> moveFolder(mover, plant, free))
                .matches(e -> e.problem() == Problem.FORBIDDEN);

        domain.transactions.inNew(() -> domain.get(Directory.class).change(mover, second, 0, to(bound)));
        sample.entry(customer, mover.userId(), Permission.MANAGE_PERMISSIONS, Effect.ALLOW);
        assertThat(moveAll(mover, free, device).done()).containsExactly(device);
        assertThat(unmet()).isEmpty();
    }

    /** Otherwise he would take it away behind the border. */
    @Test
    void folderDoesNotLeaveADemandWithAContractOfItsOwnThatIsAsStrict() throws RefusedException {
        String free = sample.folder(sample.root, "free");
        put(customer, asking("Electrician"));
        Caller mover = sample.user("mover");
        for (String folder : List.of(plant, free)) {
            for (Permission permission : Permission.values()) {
                sample.delegable(folder, mover.userId(), permission);
            }
        }
        put(mover, plant, asking("Electrician", "Welder"));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> moveFolder(mover, plant, free))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
        moveFolder(owner, plant, free);
        assertThat(unmet()).as("it goes along").contains(Problem.QUALIFICATION_REQUIRED);
    }

    private static DeviceChange to(String folder) {
        return new DeviceChange(null, null, null, folder, null);
    }

    private void refusedMove(Caller caller, String uid, String folder) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(
                        () -> domain.get(Directory.class).change(caller, uid, 0, to(folder))))
                .matches(e -> e.problem() == Problem.FORBIDDEN);
    }

    private BulkChange.Result moveAll(Caller caller, String folder, String... uids) throws RefusedException {
        BulkChange change = BulkChange.checked(
                Arrays.stream(uids).map(uid -> new BulkChange.Item(uid, 0)).toList(),
                BulkChange.Action.MOVE,
                folder,
                List.of(),
                null);
        return domain.transactions.inNew(() -> domain.get(BulkChanges.class).change(caller, change));
    }

    private void moveFolder(Caller caller, String folder, String to) throws RefusedException {
        Folders folders = domain.get(Folders.class);
        domain.transactions.inNew(() -> folders.change(
                caller, folder, folders.folder(caller, folder).revision(), new FolderChange(null, null, to, null)));
    }

    private List<String> audited(String code) {
        return domain.sql
                .in(sample.id)
                .statement("select concat(outcome, ' ', coalesce(changes, detail)) from bascule_audit.audit_event"
                        + " where domain_id = :domain and code = :code order by id")
                .set("code", code)
                .list(row -> row.text(1));
    }

    @Test
    void contractOfAFolderThatIsNotSeenTellsItsDemandsAlone() throws RefusedException {
        put(customer, new Contract("C-17", "care", null, null, "no names", true, List.of("Electrician")));
        sample.entry(plant, engineer.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        ContractView view = contracts.read(engineer, plant);
        assertThat(view.folderName()).isNull();
        assertThat(view.inherited()).isTrue();
        assertThat(view.contract()).isEqualTo(new Contract(null, "", null, null, "", true, List.of("Electrician")));
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> contracts.read(engineer, customer))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        assertThat(contracts.read(owner, plant).contract().terms()).isEqualTo("no names");
    }

    @Test
    void changesAreAuditedCountAsChangesOfRightsAndCarryTheVersionThatWasSeen() throws RefusedException {
        long before = rightsVersion();
        put(customer, demanding("C-17", null, null));
        assertThat(audited("contract.set"))
                .containsExactly("success {\"reference\":{\"before\":null,\"after\":\"C-17\"},"
                        + "\"required\":{\"before\":\"false\",\"after\":\"true\"}}");
        qualify(new Qualification("Welder", null));
        assertThat(audited("user.qualifications"))
                .containsExactly("success {\"qualifications\":{\"before\":\"\",\"after\":\"Welder\"}}");
        assertThat(rightsVersion()).isEqualTo(before + 2);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> domain.transactions.inNew(() -> contracts.put(owner, customer, 0, Contract.NONE)))
                .matches(e -> e.problem() == Problem.PRECONDITION_FAILED);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() ->
                        domain.transactions.inNew(() -> qualifications.put(owner, engineer.userId(), 0, List.of())))
                .matches(e -> e.problem() == Problem.PRECONDITION_FAILED);
    }

    private long rightsVersion() {
        return domain.sql
                .in(sample.id)
                .statement("select rights_version from domain_version where domain_id = :domain")
                .number();
    }

    @Test
    void qualificationsAreReadByTheirUserAndByWhoSeesUsers() throws RefusedException {
        qualify(new Qualification("Welder", null));
        assertThat(qualifications.read(engineer, engineer.userId()).items()).hasSize(1);
        Caller other = sample.user("other");
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> qualifications.read(other, engineer.userId()))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() ->
                        domain.transactions.inNew(() -> qualifications.put(engineer, engineer.userId(), 1, List.of())))
                .matches(e -> e.problem() == Problem.NOT_FOUND);
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> qualify(new Qualification("a", null), new Qualification("A", null)))
                .matches(e -> e.problem() == Problem.INVALID);
    }
}
