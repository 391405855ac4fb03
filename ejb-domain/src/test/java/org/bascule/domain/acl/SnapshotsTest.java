package org.bascule.domain.acl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.directory.FolderTree;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.junit.jupiter.api.Test;

/** Which state of the rights a check is answered from. */
class SnapshotsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Authorization authorization = domain.get(Authorization.class);
    private final Snapshots snapshots = domain.get(Snapshots.class);
    private final Sample sample = new Sample(domain);
    private final Caller user = sample.user("u");
    private final String device = sample.device(sample.root, "d");

    private boolean allowed() {
        return authorization.allows(user, Permission.TERMINAL, device);
    }

    private boolean allowedToOthers() {
        return CompletableFuture.supplyAsync(this::allowed).join();
    }

    private void allow() {
        sample.entry(sample.root, user.userId(), Permission.TERMINAL, Effect.ALLOW);
    }

    @Test
    void changeIsSeenWithinItsTransactionAndByOthersAfterTheCommit() {
        assertThat(allowed()).isFalse();
        domain.transactions.run(() -> {
            allow();
            assertThat(allowed()).isTrue();
            assertThat(allowedToOthers()).isFalse();
        });
        assertThat(allowedToOthers()).isTrue();
    }

    @Test
    void changeThatIsRolledBackNeverWas() {
        assertThat(allowed()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> domain.transactions.run(() -> {
                    allow();
                    assertThat(allowed()).isTrue();
                    throw new IllegalStateException("rolled back");
                }));
        assertThat(allowed()).isFalse();
    }

    @Test
    void changeOfAnotherNodeIsSeenAfterThePoll() {
        assertThat(allowed()).isFalse();
        Sample elsewhere = sample;
        TestDomain other = domain.restarted();
        other.get(Entries.class).add(elsewhere.id, elsewhere.root, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        assertThat(snapshots.poll(List.of())).containsExactly(sample.id);
        assertThat(allowed()).isTrue();
        assertThat(snapshots.poll(List.of())).isEmpty();
    }

    @Test
    void changeOfAnotherNodeIsToldThoughACheckHasReadItBefore() {
        snapshots.poll(List.of(sample.id));
        assertThat(snapshots.poll(List.of(sample.id))).isEmpty();
        domain.restarted()
                .get(Entries.class)
                .add(sample.id, sample.root, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        assertThat(allowed()).as("nothing was held, so the check reads").isTrue();
        assertThat(snapshots.poll(List.of(sample.id))).containsExactly(sample.id);
        assertThat(snapshots.poll(List.of(sample.id))).isEmpty();
    }

    @Test
    void moveByAnotherNodeIsTold() {
        snapshots.poll(List.of(sample.id));
        String folder = sample.folder(sample.root, "f");
        snapshots.poll(List.of(sample.id));
        TestDomain other = domain.restarted();
        other.sql
                .in(sample.id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", device)
                .update();
        other.get(RightsVersion.class).moved(sample.id, device);
        assertThat(snapshots.poll(List.of(sample.id))).containsExactly(sample.id);
        assertThat(snapshots.poll(List.of(sample.id))).isEmpty();
    }

    @Test
    void transactionThatBeganBeforeAChangeIsAnsweredFromTheNewerState() {
        allow();
        assertThat(allowed()).isTrue();
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("select name from domain where id = :domain")
                    .list(row -> row.text(1));
            CompletableFuture.runAsync(sample::removeEntries).join();
            assertThat(allowed()).isFalse();
        });
        assertThat(allowed()).isFalse();
    }

    @Test
    void devicesAreFoundWithoutReadingTheRightsAgain() {
        allow();
        RightsSnapshot before = snapshots.of(sample.id);
        String another = sample.device(sample.root, "another");
        assertThat(authorization.allows(user, Permission.TERMINAL, another)).isTrue();
        assertThat(snapshots.of(sample.id)).isSameAs(before);
    }

    @Test
    void movedDeviceHasTheRightsOfItsNewPlaceEverywhere() {
        String folder = sample.folder(sample.root, "f");
        sample.entry(folder, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        TestDomain other = domain.restarted();
        Authorization elsewhere = other.get(Authorization.class);
        assertThat(allowed()).isFalse();
        assertThat(elsewhere.allows(user, Permission.TERMINAL, device)).isFalse();
        RightsSnapshot before = snapshots.of(sample.id);
        domain.transactions.run(() -> {
            move(folder);
            assertThat(allowed()).isTrue();
            assertThat(allowedToOthers()).isFalse();
        });
        assertThat(allowed()).isTrue();
        assertThat(snapshots.of(sample.id)).as("not read again").isSameAs(before);
        other.get(Snapshots.class).poll(List.of());
        assertThat(elsewhere.allows(user, Permission.TERMINAL, device)).isTrue();
    }

    @Test
    void movedDeviceWithEntriesOfItsOwnIsListedInItsNewPlace() {
        String folder = sample.folder(sample.root, "f");
        sample.entry(device, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        assertThat(authorization
                        .scope(user, Permission.TERMINAL, folder)
                        .orElseThrow()
                        .isEmpty())
                .isTrue();
        domain.transactions.run(() -> move(folder));
        assertThat(authorization
                        .scope(user, Permission.TERMINAL, folder)
                        .orElseThrow()
                        .isEmpty())
                .isFalse();
    }

    private void move(String folder) {
        put(folder);
        domain.get(RightsVersion.class).moved(sample.id, device);
    }

    private void put(String folder) {
        domain.sql
                .in(sample.id)
                .statement("update resource set parent_id = :folder where domain_id = :domain and id = :id")
                .set("folder", folder)
                .set("id", device)
                .update();
    }

    /** As an import moves: of the rights alone it says that they changed. */
    private void moveElsewhere(String folder) {
        CompletableFuture.runAsync(() -> domain.transactions.run(() -> {
                    put(folder);
                    domain.get(RightsVersion.class).changed(sample.id);
                }))
                .join();
    }

    @Test
    void transactionThatBeganBeforeAnImportLeavesNoOldPlaceBehind() {
        String folder = sample.folder(sample.root, "f");
        sample.entry(folder, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        snapshots.of(sample.id);
        domain.transactions.run(() -> {
            domain.sql
                    .in(sample.id)
                    .statement("select name from domain where id = :domain")
                    .list(row -> row.text(1));
            moveElsewhere(folder);
            assertThat(allowed()).isTrue();
        });
        assertThat(allowedToOthers()).isTrue();
    }

    @Test
    void importMovesWhatWasLookedForWhileNoSnapshotWasHeld() {
        String folder = sample.folder(sample.root, "f");
        sample.entry(folder, user.userId(), Permission.TERMINAL, Effect.ALLOW);
        RightsSnapshot before = snapshots.of(sample.id);
        sample.entry(folder, user.userId(), Permission.POWER, Effect.ALLOW);
        snapshots.place(sample.id, before, device);
        moveElsewhere(folder);
        assertThat(allowed()).isTrue();
    }

    @Test
    void newFolderIsKnownInItsTransaction() {
        allow();
        assertThat(allowed()).isTrue();
        domain.transactions.run(() -> {
            try {
                String folder = domain.get(FolderTree.class).add(sample.id, sample.root, "new");
                assertThat(authorization.allows(user, Permission.TERMINAL, folder))
                        .isTrue();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void entryOutsideOfItsTimeIsAsIfItWereNotThere() {
        String group = sample.group(user.userId());
        sample.entry(sample.root, group, Permission.TERMINAL, Effect.DENY);
        domain.get(Entries.class)
                .add(
                        sample.id,
                        sample.root,
                        user.userId(),
                        Permission.TERMINAL,
                        Effect.ALLOW,
                        new Validity(null, domain.clock.instant().plusSeconds(60), null),
                        false,
                        Entry.Origin.ENTRY);
        assertThat(allowed()).isTrue();
        domain.clock.advance(java.time.Duration.ofSeconds(60));
        assertThat(allowed()).isFalse();
    }
}
