package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.directory.BulkChange;
import org.bascule.domain.directory.BulkChanges;
import org.bascule.domain.directory.DeviceDeletions;
import org.bascule.domain.directory.Folders;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.people.Users;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RefusedChangesTest {

    private final TestDomain domain = new TestDomain().started();
    private final Folders folders = domain.get(Folders.class);
    private final RefusedChanges changes = domain.get(RefusedChanges.class);
    private final Sample sample = new Sample(domain);
    private final Caller owner = sample.owner();

    private void refused(
            @Nullable Caller caller, Operation operation, @Nullable String resource, Problem why, Callable<?> change) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> changes.attempt(
                        () -> caller, operation, resource, () -> domain.transactions.inNew(change::call)))
                .matches(e -> e.problem() == why, "is " + why);
    }

    private List<AuditEntry> denied() {
        return sample.audited(null).stream()
                .filter(row -> row.outcome().equals("denied"))
                .toList();
    }

    @Test
    void topmostFolderThatSomebodyWouldDelete() {
        refused(owner, Operation.FOLDER_DELETED, sample.root, Problem.CONFLICT, () -> {
            folders.delete(owner, sample.root, 1);
            return true;
        });
        assertThat(denied()).singleElement().satisfies(row -> {
            assertThat(row.code()).isEqualTo("folder.delete");
            assertThat(row.userId()).isEqualTo(owner.userId());
            assertThat(row.address()).isEqualTo(owner.address());
            assertThat(row.resourceId()).isEqualTo(sample.root);
            assertThat(row.resourceName()).isEqualTo(sample.name);
            assertThat(row.detail()).isEqualTo("conflict: The topmost folder cannot be deleted.");
        });
    }

    @Test
    void ownAccountAndTakenNames() {
        Users users = domain.get(Users.class);
        refused(owner, Operation.USER_DELETED, owner.userId(), Problem.CONFLICT, () -> {
            users.delete(owner, owner.userId(), 1);
            return true;
        });
        sample.folder(sample.root, "North");
        refused(
                owner,
                Operation.FOLDER_CREATED,
                sample.root,
                Problem.CONFLICT,
                () -> folders.create(owner, sample.root, "North", null));
        assertThat(denied()).extracting(AuditEntry::code).containsExactlyInAnyOrder("folder.create", "user.delete");
        assertThat(denied()).allSatisfy(row -> assertThat(row.detail()).startsWith("conflict: "));
    }

    @Test
    void whatIsRecordedWhereItIsDecidedIsNotRecordedAgain() {
        Caller reader = sample.user("reader");
        sample.entry(sample.root, reader.userId(), Permission.SEE_RESOURCES, Effect.ALLOW);
        refused(
                reader,
                Operation.FOLDER_CREATED,
                sample.root,
                Problem.FORBIDDEN,
                () -> folders.create(reader, sample.root, "South", null));
        assertThat(denied())
                .extracting(AuditEntry::code, AuditEntry::detail)
                .containsExactly(tuple("access", "without the permission " + Permission.MANAGE_FOLDERS.code()));
    }

    @Test
    void nothingOfAnotherDomainIsNamedAndNothingIsRecordedThere() {
        Sample other = new Sample(domain);
        String theirs = other.folder(other.root, "theirs");
        refused(owner, Operation.FOLDER_DELETED, theirs, Problem.NOT_FOUND, () -> {
            folders.delete(owner, theirs, 1);
            return true;
        });
        assertThat(denied()).singleElement().satisfies(row -> {
            assertThat(row.resourceId()).isNull();
            assertThat(row.resourceName()).isNull();
            assertThat(row.detail()).startsWith("not-found: ").doesNotContain(theirs);
        });
        assertThat(other.audited(null)).extracting(AuditEntry::outcome).doesNotContain("denied");
    }

    private void wantingAFactorFor(Permission... permissions) {
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("insert into sign_in_setting (domain_id, fresh_permissions) values (:domain, :codes)")
                    .set("codes", Stream.of(permissions).map(Permission::code).collect(Collectors.joining(",")))
                    .update();
            domain.get(RightsVersion.class).changed(sample.id);
        });
    }

    /** A rule of authorization as any other: whoever got hold of a session is seen at the change that he could not make. */
    @Test
    void aFactorThatWasNotProvedAgainIsARefusal() {
        String north = sample.folder(sample.root, "North");
        wantingAFactorFor(Permission.MANAGE_FOLDERS);
        refused(
                owner,
                Operation.FOLDER_CREATED,
                north,
                Problem.FACTOR_NOT_FRESH,
                () -> folders.create(owner, north, "South", null));
        assertThat(denied()).as("once").singleElement().satisfies(row -> {
            assertThat(row.code()).isEqualTo("folder.create");
            assertThat(row.userId()).isEqualTo(owner.userId());
            assertThat(row.resourceId()).isEqualTo(north);
            assertThat(row.resourceName()).isEqualTo("North");
            assertThat(row.detail())
                    .isEqualTo("factor-not-fresh: Your domain wants a second factor for this: prove it again.");
        });
    }

    /** No change is attempted, so nobody but those who ask for the factor could record it. */
    @Test
    void soItIsWhereThingsAreOnlyRead() {
        String pump = sample.device(sample.root, "pump");
        String press = sample.device(sample.root, "press");
        wantingAFactorFor(Permission.REMOVE_DEVICES, Permission.VIEW_CONNECTION_LOG);
        DeviceDeletions deletions = domain.get(DeviceDeletions.class);
        Authorization authorization = domain.get(Authorization.class);
        for (Callable<?> reading : List.<Callable<?>>of(
                () -> deletions.of(owner, pump), () -> deletions.of(owner, List.of(pump, press)), () -> {
                    authorization.requireOnDomain(owner, Permission.VIEW_CONNECTION_LOG);
                    return true;
                })) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> domain.transactions.inNew(reading::call))
                    .matches(e -> e.problem() == Problem.FACTOR_NOT_FRESH);
        }
        String without = "without proving a second factor again, for the permission ";
        assertThat(denied())
                .extracting(AuditEntry::code, AuditEntry::resourceId, AuditEntry::resourceName, AuditEntry::detail)
                .containsExactlyInAnyOrder(
                        tuple("access", pump, "pump", without + "remove-devices"),
                        tuple("access", null, null, without + "remove-devices"),
                        tuple("access", sample.root, sample.name, without + "view-connection-log"));
        // a page that is left open asks again and again, and a record is a reason to
        for (int i = 0; i < 200; i++) {
            assertThatExceptionOfType(RefusedException.class)
                    .isThrownBy(() -> authorization.require(owner, Permission.VIEW_CONNECTION_LOG, pump));
        }
        assertThat(denied()).hasSize(4);
        domain.clock.advance(Duration.ofMinutes(1));
        domain.get(AuditLog.class).recordCounted();
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> authorization.require(owner, Permission.VIEW_CONNECTION_LOG, pump));
        assertThat(denied()).hasSize(5);
    }

    @Test
    void strangersAndRequestsThatNobodyUnderstandsAreNotRecorded() {
        refused(null, Operation.FOLDER_DELETED, sample.root, Problem.CONFLICT, () -> {
            throw new RefusedException(Problem.CONFLICT, "The topmost folder cannot be deleted.");
        });
        refused(owner, Operation.FOLDER_DELETED, sample.root, Problem.UNAVAILABLE, () -> {
            throw new RefusedException(Problem.UNAVAILABLE, "Nothing has been sealed yet.");
        });
        assertThat(denied()).isEmpty();
    }

    @Test
    void bulkChangesRecordEachDeviceThatIsLeftAsItIs() throws RefusedException {
        String stale = sample.device(sample.root, "pump");
        String unknown = domain.ids.next();
        BulkChange change = BulkChange.checked(
                List.of(new BulkChange.Item(stale, 99), new BulkChange.Item(unknown, 1)),
                BulkChange.Action.TAG,
                null,
                List.of("red"),
                null);
        assertThat(domain.transactions
                        .inNew(() -> domain.get(BulkChanges.class).change(owner, change))
                        .refused())
                .hasSize(2);
        assertThat(denied()).hasSize(2).allSatisfy(row -> assertThat(row.code()).isEqualTo("device.update"));
        assertThat(denied())
                .filteredOn(row -> stale.equals(row.resourceId()))
                .singleElement()
                .satisfies(row -> assertThat(row.detail()).startsWith("precondition-failed: "));
        assertThat(denied())
                .filteredOn(row -> row.resourceId() == null)
                .singleElement()
                .satisfies(row ->
                        assertThat(row.detail()).startsWith("not-found: ").doesNotContain(unknown));
    }

    @Test
    void floodIsCounted() {
        Caller reader = sample.user("reader");
        for (int i = 0; i < 500; i++) {
            refused(reader, Operation.FOLDER_DELETED, sample.root, Problem.CONFLICT, () -> {
                throw new RefusedException(Problem.CONFLICT, "The topmost folder cannot be deleted.");
            });
        }
        refused(owner, Operation.FOLDER_DELETED, sample.root, Problem.CONFLICT, () -> {
            throw new RefusedException(Problem.CONFLICT, "The topmost folder cannot be deleted.");
        });
        assertThat(denied()).as("120 of the one, and the other's").hasSize(121);
        AuditLog log = domain.get(AuditLog.class);
        log.recordCounted();
        assertThat(denied()).as("the minute goes on").hasSize(121);
        domain.clock.advance(Duration.ofSeconds(61));
        log.recordCounted();
        log.recordCounted();
        assertThat(denied()).hasSize(122);
        assertThat(denied().get(0).detail()).isEqualTo("380 more refused attempts within a minute");
        assertThat(denied().get(0).userId()).isEqualTo(reader.userId());
        assertThat(denied().get(0).code()).isEqualTo("folder.delete");
        refused(reader, Operation.FOLDER_DELETED, sample.root, Problem.CONFLICT, () -> {
            throw new RefusedException(Problem.CONFLICT, "The topmost folder cannot be deleted.");
        });
        assertThat(denied()).as("the next minute has records again").hasSize(123);
    }
}
