package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.DatabaseException;
import org.bascule.domain.database.Sql;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.WireException;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleFrontier;
import org.bascule.wire.log.MerkleProofs;
import org.bascule.wire.log.TreeHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {

    private final TestDomain domain = new TestDomain().started();
    private final AuditLog log = domain.get(AuditLog.class);
    private final Sealer sealer = domain.get(Sealer.class);
    private final TreeStore trees = domain.get(TreeStore.class);
    private final Sample sample = new Sample(domain);

    private void record(String name) {
        log.record(AuditEvent.of(sample.id, Actor.unknown(name, null), Operation.LOGIN, Outcome.DENIED));
    }

    private void records(int count) {
        domain.transactions.run(() -> {
            for (int i = 0; i < count; i++) {
                record("n" + i);
            }
        });
    }

    private record Sealed(long seq, String name, byte[] hash) {}

    private List<Sealed> leaves() {
        return domain.sql
                .in(sample.id)
                .statement(
                        """
                        select l.seq, e.user_name, l.hash from bascule_audit.audit_leaf l
                        join bascule_audit.audit_event e on e.id = l.entry_id where l.tree = :domain order by l.seq""")
                .list(row -> new Sealed(row.number(1), row.text(2), row.bytes(3)));
    }

    /** That places are given without a gap, every head is signed, and is the root of the leaves below it. */
    private void requireWhole() {
        MerkleFrontier tree = MerkleFrontier.empty();
        List<TreeHead> signed = trees.headsAfter(sample.id, 0, 1_000_000);
        Map<Long, TreeHead> bySize = signed.stream().collect(Collectors.toMap(TreeHead::size, head -> head));
        long heads = 0;
        for (Sealed leaf : leaves()) {
            assertThat(leaf.seq()).isEqualTo(tree.size());
            tree.append(leaf.hash());
            TreeHead head = bySize.get(tree.size());
            if (head != null) {
                assertThat(head.root()).isEqualTo(tree.root());
                verify(head);
                heads++;
            }
        }
        assertThat(signed).hasSize((int) heads);
        assertThat(trees.head(sample.id)).map(TreeHead::size).hasValue(tree.size());
    }

    private void verify(TreeHead head) {
        try {
            head.verify(domain.get(Installation.class).keySet().orElseThrow().keys());
        } catch (WireException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> waiting() {
        return domain.sql
                .in(sample.id)
                .statement("select id from audit_unsealed where tree = :domain")
                .list(row -> row.text(1));
    }

    @Test
    void committedRowsBecomeLeavesAndTheRestDoesNot() throws RefusedException {
        records(3);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> domain.transactions.run(() -> {
                    record("rolled back");
                    throw new IllegalStateException("no");
                }));
        sealer.seal(sample.id);
        assertThat(leaves()).extracting(Sealed::name).containsExactly("n0", "n1", "n2");
        assertThat(waiting()).isEmpty();
        requireWhole();
    }

    @Test
    void lateCommitWithALowerIdIsNeitherMissedNorSealedTwice() throws Exception {
        CountDownLatch inserted = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> late = threads.submit(() -> domain.transactions.<Boolean, Exception>inNew(() -> {
                record("late");
                inserted.countDown();
                return go.await(30, TimeUnit.SECONDS);
            }));
            assertThat(inserted.await(30, TimeUnit.SECONDS)).isTrue();
            records(2);
            sealer.seal(sample.id);
            go.countDown();
            assertThat(late.get(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdown();
        }
        sealer.seal(sample.id);
        sealer.seal(sample.id);
        assertThat(leaves()).extracting(Sealed::name).containsExactly("n0", "n1", "late");
        requireWhole();
    }

    @Test
    void sealersThatRunTogetherWithWritersDoNotForkLoseOrRepeat() throws Exception {
        int writers = 4;
        int rows = 60;
        AtomicInteger running = new AtomicInteger(writers);
        ExecutorService threads = Executors.newFixedThreadPool(writers + 3);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                work.add(() -> {
                    for (int row = 0; row < rows; row++) {
                        records(1);
                    }
                    running.decrementAndGet();
                    return null;
                });
            }
            for (int other = 0; other < 3; other++) {
                TestDomain node = domain.restarted();
                work.add(() -> {
                    while (running.get() > 0) {
                        node.get(Sealer.class).seal(sample.id);
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
        sealer.seal(sample.id);
        assertThat(leaves()).hasSize(writers * rows);
        assertThat(waiting()).isEmpty();
        requireWhole();
    }

    /** Every statement of a sealing fails once, as if the process had been killed there. */
    @Test
    void killedAtAnyPointItLeavesNothingHalfDone() throws RefusedException {
        records(300);
        sealer.seal(sample.id);
        records(300);
        int failures = 0;
        for (int killAt = 1; ; killAt++) {
            AtomicInteger left = new AtomicInteger(killAt);
            TestDomain node = domain.restarted();
            Sealer victim = node.get(Sealer.class);
            Sql failing = new Sql(() -> {
                if (left.decrementAndGet() < 0) {
                    throw new SQLException("killed", "08000");
                }
                return node.transactions.connection();
            });
            victim.sql = failing;
            victim.trees.sql = failing;
            victim.entries.sql = failing;
            try {
                victim.seal(sample.id);
                break;
            } catch (DatabaseException killed) {
                failures++;
                assertThat(leaves()).hasSize(300);
                assertThat(waiting()).hasSize(300);
                requireWhole();
            }
        }
        assertThat(failures).isGreaterThan(8);
        assertThat(leaves()).hasSize(600);
        assertThat(waiting()).isEmpty();
        requireWhole();
    }

    @Test
    void proofsAcrossStoredLevelsLeadToTheHeads() throws Exception {
        long seed = 20_260_131;
        Random random = new Random(seed);
        int count = 1_300;
        records(count);
        sealer.seal(sample.id);
        List<Sealed> leaves = leaves();
        MerkleProofs proofs = trees.proofs(sample.id);
        TreeHead head = trees.head(sample.id).orElseThrow();
        MerkleFrontier tree = MerkleFrontier.empty();
        List<byte[]> roots = new ArrayList<>();
        roots.add(tree.root());
        for (Sealed leaf : leaves) {
            tree.append(leaf.hash());
            roots.add(tree.root());
        }
        for (int i = 0; i < 100; i++) {
            int size = 1 + random.nextInt(count);
            int index = random.nextInt(size);
            assertThat(proofs.root(size)).as("size %d seed %d", size, seed).isEqualTo(roots.get(size));
            Merkle.verifyInclusion(
                    leaves.get(index).hash(), index, size, proofs.inclusion(index, size), roots.get(size));
            Merkle.verifyConsistency(size, roots.get(size), count, head.root(), proofs.consistency(size, count));
        }
    }

    @Test
    void treeThatWasChangedIsNotContinued() throws Exception {
        records(5);
        sealer.seal(sample.id);
        superuser(
                "drop trigger bascule_audit.tr_leaf_no_update",
                "update bascule_audit.audit_leaf set hash = unhex(repeat('00', 32)) where seq = 4 and tree = '"
                        + sample.id + "'",
                "create trigger bascule_audit.tr_leaf_no_update before update on bascule_audit.audit_leaf"
                        + " for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed'");
        records(1);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> sealer.seal(sample.id));
        assertThat(leaves()).hasSize(5);
        assertThat(waiting()).hasSize(1);
        domain.clock.advance(Duration.ofSeconds(90));
        SealingState state = domain.get(SealingStates.class).ofDomain(sample.owner());
        assertThat(state.stopped()).isEqualTo(SealingState.Stop.TREE_CHANGED);
        assertThat(state.sealed()).isEqualTo(5);
        assertThat(state.waited()).isBetween(Duration.ofSeconds(90), Duration.ofSeconds(100));
    }

    @Test
    void stateSaysWhatWaitsAndWhatIsMissing() throws Exception {
        SealingStates states = domain.get(SealingStates.class);
        Caller owner = sample.owner();
        assertThat(states.ofDomain(owner)).isEqualTo(new SealingState(0, null, null, Duration.ZERO, 0, null));
        records(3);
        SealingState waiting = states.ofDomain(owner);
        assertThat(waiting.waitingSince()).isCloseTo(domain.clock.instant(), within(1, ChronoUnit.SECONDS));
        sealer.seal(sample.id);
        queue(sample.id, domain.ids.next(), 1);
        sealer.seal(sample.id);
        SealingState sealed = states.ofDomain(owner);
        assertThat(sealed.sealed()).isEqualTo(3);
        assertThat(sealed.head()).isEqualTo(trees.head(sample.id).orElseThrow().time());
        assertThat(sealed.waitingSince()).isNull();
        assertThat(sealed.missing()).isEqualTo(1);
        assertThat(sealed.stopped()).isNull();
        domain.get(SealingTroubles.class).isNews(sample.id, domain.clock.instant());
        assertThat(states.ofDomain(owner).stopped()).isEqualTo(SealingState.Stop.FAILING);
        domain.get(SealingTroubles.class).over(sample.id);
        assertThat(states.ofInstallation(owner).stopped()).isNull();
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> states.ofDomain(sample.user("u")));
    }

    @Test
    void leavesThatAreGoneAreNoticed() throws Exception {
        records(3);
        sealer.seal(sample.id);
        superuser(
                "drop trigger bascule_audit.tr_leaf_no_delete",
                "delete from bascule_audit.audit_leaf where seq = 1 and tree = '" + sample.id + "'",
                "create trigger bascule_audit.tr_leaf_no_delete before delete on bascule_audit.audit_leaf"
                        + " for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed'");
        assertThat(domain.get(SealingStates.class).ofDomain(sample.owner()).stopped())
                .isEqualTo(SealingState.Stop.TREE_CHANGED);
    }

    /** Everything that is left fits: who has not seen more cannot tell. */
    private void takeBack(long size, String newName) throws SQLException {
        String refuse =
                " for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed'";
        List<String> gone = entries().subList((int) size, entries().size());
        List<String> statements = new ArrayList<>(List.of(
                "drop trigger bascule_audit.tr_leaf_no_delete",
                "drop trigger bascule_audit.tr_tree_head_no_delete",
                "drop trigger bascule_audit.tr_audit_no_update",
                "delete from bascule_audit.audit_tree_head where size > %d and tree = '%s'".formatted(size, sample.id),
                "delete from bascule_audit.audit_leaf where seq >= %d and tree = '%s'".formatted(size, sample.id)));
        for (String id : gone) {
            statements.add(
                    "update bascule_audit.audit_event set user_name = '%s' where id = '%s'".formatted(newName, id));
            statements.add("insert into bascule.audit_unsealed (tree, id, kind) values ('%s', '%s', 1)"
                    .formatted(sample.id, id));
        }
        statements.add(
                "create trigger bascule_audit.tr_leaf_no_delete before delete on bascule_audit.audit_leaf" + refuse);
        statements.add(
                "create trigger bascule_audit.tr_tree_head_no_delete before delete on bascule_audit.audit_tree_head"
                        + refuse);
        statements.add(
                "create trigger bascule_audit.tr_audit_no_update before update on bascule_audit.audit_event" + refuse);
        superuser(statements.toArray(String[]::new));
    }

    @Test
    void endThatWasTakenBackIsNotSignedAnewByWhoHasSeenIt() throws Exception {
        records(2);
        sealer.seal(sample.id);
        TestDomain other = domain.restarted();
        records(3);
        sealer.seal(sample.id);
        other.get(Sealer.class).observe();
        takeBack(2, "forged");
        for (TestDomain node : List.of(domain, other)) {
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> node.get(Sealer.class).seal(sample.id))
                    .withMessageContaining("does not go on from the head that this node has seen");
            assertThat(node.get(SealingStates.class).ofDomain(sample.owner()).stopped())
                    .isEqualTo(SealingState.Stop.TREE_CHANGED);
        }
        assertThat(leaves()).hasSize(2);
        TestDomain restarted = domain.restarted();
        restarted.get(Sealer.class).seal(sample.id);
        assertThat(leaves()).as("as after a restore").hasSize(5);
        assertThatExceptionOfType(IllegalStateException.class)
                .as("another root at the same size")
                .isThrownBy(() -> {
                    records(1);
                    sealer.seal(sample.id);
                });
        restarted.get(Sealer.class).seal(sample.id);
        other.get(Sealer.class).observe();
        records(1);
        assertThatExceptionOfType(IllegalStateException.class)
                .as("larger, and not an extension")
                .isThrownBy(() -> other.get(Sealer.class).seal(sample.id));
    }

    @Test
    void treeThatOtherNodesContinuedIsContinued() throws Exception {
        TestDomain other = domain.restarted();
        for (int i = 0; i < 3; i++) {
            records(2);
            sealer.seal(sample.id);
            records(3);
            other.get(Sealer.class).seal(sample.id);
        }
        assertThat(leaves()).hasSize(15);
        requireWhole();
    }

    private static void superuser(String... statements) throws SQLException {
        execute(TestDatabase.get().superuser(), statements);
    }

    private static void execute(DataSource account, String... statements) throws SQLException {
        try (Connection connection = account.getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    @Test
    void everyCertificateThatIsIssuedIsEntered() throws RefusedException {
        String uid = sample.device(sample.root, "d");
        byte[] der = {0x30, 1, 2, 3};
        certificate(uid, der);
        sealer.seal(sample.id);
        String id = domain.sql
                .in(sample.id)
                .statement("select id from bascule_audit.audit_certificate where domain_id = :domain")
                .first(row -> row.text(1))
                .orElseThrow();
        assertThat(trees.place(sample.id, id))
                .get()
                .matches(place ->
                        Arrays.equals(place.hash(), Merkle.leaf(new LogEntry.Certificate(sample.id, uid, der).leaf())));
    }

    private void certificate(String uid, byte[] der) {
        domain.sql
                .in(sample.id)
                .statement(
                        "insert into device_certificate (serial, domain_id, device_id, certificate, not_before, not_after)"
                                + " values (:serial, :domain, :device, :der, :now, :now)")
                .set("serial", uid.replace("-", ""))
                .set("device", uid)
                .set("der", der)
                .set("now", domain.clock.instant())
                .update();
    }

    @Test
    void headsOfTheDomainsAreEnteredInTheTreeOfTheInstallation() throws RefusedException {
        records(2);
        sealer.seal(sample.id);
        TreeHead head = trees.head(sample.id).orElseThrow();
        sealer.enterHeads();
        sealer.enterHeads();
        sealer.seal(Tree.INSTALLATION);
        sealer.enterHeads();
        sealer.seal(Tree.INSTALLATION);
        List<byte[]> hashes = domain.sql
                .in(Tree.INSTALLATION)
                .statement("select hash from bascule_audit.audit_leaf where tree = :domain")
                .list(row -> row.bytes(1));
        assertThat(hashes)
                .filteredOn(hash -> Arrays.equals(hash, Merkle.leaf(new LogEntry.Head(head).leaf())))
                .hasSize(1);
        verify(trees.head(Tree.INSTALLATION).orElseThrow());
    }

    @Test
    void rowsThatSomebodyTookOutOfTheQueueAreFoundAgain() throws RefusedException {
        records(2);
        domain.sql
                .in(sample.id)
                .statement("delete from audit_unsealed where tree = :domain")
                .update();
        QueueCheck check = domain.get(QueueCheck.class);
        for (int i = 0; i < 50 && waiting().isEmpty(); i++) {
            check.step();
        }
        sealer.seal(sample.id);
        assertThat(entries()).as("and the record that says so").hasSize(3);
        assertThat(sample.audited("audit.mend")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("failed");
            assertThat(row.detail()).startsWith("2 of the records, the first ");
        });
    }

    @Test
    void forgedQueueRowSealsNothing() throws RefusedException {
        domain.sql
                .in(sample.id)
                .statement("insert into audit_unsealed (tree, id, kind) values (:domain, :id, 1)")
                .set("id", domain.ids.next())
                .update();
        sealer.seal(sample.id);
        assertThat(missing()).as("kept for people").hasSize(1);
        assertThat(trees.head(sample.id)).isEmpty();
        records(1);
        sealer.seal(sample.id);
        assertThat(leaves()).hasSize(1);
        assertThat(missing()).hasSize(1);
        assertThat(waiting()).as("waits no longer").isEqualTo(missing());
    }

    private List<String> missing() {
        return domain.sql
                .in(sample.id)
                .statement("select id from audit_unsealed where tree = :domain and missing is not null")
                .list(row -> row.text(1));
    }

    private void queue(String tree, String id, int kind) {
        domain.sql
                .in(tree)
                .statement("insert into audit_unsealed (tree, id, kind) values (:domain, :id, :kind)")
                .set("id", id)
                .set("kind", kind)
                .update();
    }

    private List<String> entries() {
        return domain.sql
                .in(sample.id)
                .statement("select entry_id from bascule_audit.audit_leaf where tree = :domain order by seq")
                .list(row -> row.text(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9})
    void strayRowsOfTheQueueDoNotHoldUpTheTree(int kind) throws RefusedException {
        records(2);
        sealer.seal(sample.id);
        String sealed = entries().get(0);
        queue(sample.id, sealed, kind);
        queue(sample.id, "0000".concat(domain.ids.next().substring(4)), kind);
        records(2);
        sealer.seal(sample.id);
        assertThat(leaves()).hasSize(4);
        assertThat(entries()).doesNotHaveDuplicates();
        assertThat(missing()).hasSize(1).doesNotContain(sealed);
        assertThat(waiting()).hasSize(1);
        sealer.seal();
        requireWhole();
    }

    @Test
    void moreStrayRowsThanFitIntoOneSealingDoNotHoldUpTheTree() throws RefusedException {
        domain.transactions.run(() -> {
            for (int i = 0; i < Sealer.BATCH + 1; i++) {
                queue(sample.id, "0000".concat(domain.ids.next().substring(4)), 1);
            }
        });
        records(1);
        sealer.seal(sample.id);
        assertThat(leaves()).hasSize(1);
        assertThat(missing()).hasSize(Sealer.BATCH + 1);
        requireWhole();
    }

    @Test
    void headOfAnotherTreeIsNotSealedInTheTreeOfADomain() throws RefusedException {
        Sample other = new Sample(domain);
        log.record(AuditEvent.of(other.id, Actor.unknown("o", null), Operation.LOGIN, Outcome.DENIED));
        sealer.seal(other.id);
        String head = domain.sql
                .in(other.id)
                .statement("select id from bascule_audit.audit_tree_head where tree = :domain")
                .first(row -> row.text(1))
                .orElseThrow();
        queue(sample.id, head, 3);
        sealer.seal(sample.id);
        assertThat(entries()).isEmpty();
        assertThat(missing()).containsExactly(head);
    }

    @Test
    void spoiledRowsOfTheQueueAreMended() throws RefusedException {
        records(1);
        domain.sql
                .in(sample.id)
                .statement("update audit_unsealed set kind = 2 where tree = :domain")
                .update();
        sealer.seal(sample.id);
        assertThat(leaves()).isEmpty();
        assertThat(missing()).hasSize(1);
        QueueCheck check = domain.get(QueueCheck.class);
        for (int i = 0; i < 50 && !missing().isEmpty(); i++) {
            check.step();
        }
        sealer.seal(sample.id);
        assertThat(entries()).as("and the record that says so").hasSize(2);
        assertThat(waiting()).isEmpty();
    }

    @Test
    void certificatesThatSomebodyTookOutOfTheQueueAreFoundAgain() throws RefusedException {
        certificate(sample.device(sample.root, "d"), new byte[] {0x30, 1, 2, 3});
        domain.sql
                .in(sample.id)
                .statement("delete from audit_unsealed where tree = :domain")
                .update();
        QueueCheck check = domain.get(QueueCheck.class);
        for (int i = 0; i < 50 && waiting().isEmpty(); i++) {
            check.step();
        }
        sealer.seal(sample.id);
        assertThat(sample.audited("audit.mend")).hasSize(1);
        assertThat(entries()).hasSize(2);
    }

    @Test
    void nothingIsSealedBeforeTheKeySetIsInForce() {
        records(1);
        TestDomain unsigned = new TestDomain();
        unsigned.get(Installation.class).start();
        unsigned.get(Sealer.class).seal();
        assertThat(leaves()).isEmpty();
        sealer.seal();
        assertThat(leaves()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "audit_event",
                "audit_certificate",
                "audit_leaf",
                "audit_node",
                "audit_tree_head",
                "audit_expiry",
                "audit_operator"
            })
    void accountOfTheApplicationCanOnlyAdd(String table) throws SQLException {
        String first =
                List.of("audit_event", "audit_certificate", "audit_operator").contains(table) ? "id" : "tree";
        for (String statement : List.of(
                "update bascule_audit.%s set %s = 'x'",
                "delete from bascule_audit.%s",
                "truncate table bascule_audit.%s",
                "drop table bascule_audit.%s",
                "alter table bascule_audit.%s add column more int",
                "rename table bascule_audit.%s to bascule_audit.other")) {
            assertRefused(statement.formatted(table, first));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "drop trigger bascule_audit.tr_audit_no_delete",
        "drop trigger bascule_audit.tr_audit_event_queue",
        "drop procedure bascule_audit.expire_audit",
        "drop database bascule_audit",
        "set global innodb_flush_log_at_trx_commit = 2"
    })
    void accountOfTheApplicationCannotTakeAwayWhatProtectsTheLog(String statement) throws SQLException {
        assertRefused(statement);
    }

    /** Whoever adds such a row has the next expiry leave its record out, so that what it removes looks like tampering, or has gaps accepted. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into bascule_audit.audit_expiry (tree, size, made, record) values ('%1$s', 9, utc_timestamp(6), '%1$s')",
                "insert ignore into bascule_audit.audit_expiry (tree, size, made, record) values ('%1$s', 9, utc_timestamp(6), '%1$s')",
                "replace into bascule_audit.audit_expiry (tree, size, made, record) values ('%1$s', 9, utc_timestamp(6), '%1$s')",
                "insert into bascule_audit.audit_expiry (tree, size, made, record)"
                        + " select '%1$s', 9, utc_timestamp(6), '%1$s' from bascule_audit.audit_operator",
                "insert into bascule_audit.audit_operator (id, held_by) values (1, connection_id())",
                "insert into bascule_audit.audit_operator (id, held_by) values (2, connection_id())",
                "insert into bascule_audit.audit_operator (id, held_by) values (1, 0) on duplicate key update held_by = connection_id()",
                "replace into bascule_audit.audit_operator (id, held_by) values (1, connection_id())",
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, changes) values ('%1$s', '%1$s',"
                        + " utc_timestamp(6), 'audit.expire', 'success', '{\"expired\":{\"before\":null,\"after\":\"9\"}}')",
                "insert ignore into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, changes) values ('%1$s', '%1$s',"
                        + " utc_timestamp(6), 'audit.expire', 'success', '{\"expired\":{\"after\":\"9\"}}')"
            })
    void whatMayBeRemovedIsSaidByTheOperatorsExpiryAlone(String statement) throws SQLException {
        String text = statement.formatted(sample.id);
        for (DataSource account : List.of(
                TestDatabase.get().application(),
                TestDatabase.get().migration(),
                TestDatabase.get().superuser())) {
            assertThatExceptionOfType(SQLException.class).isThrownBy(() -> execute(account, text));
        }
        assertThat(domain.sql
                        .in(sample.id)
                        .statement("select count(*) from bascule_audit.audit_expiry where tree = :domain")
                        .number())
                .isZero();
        assertThat(sample.audited("audit.expire")).isEmpty();
    }

    private static void assertRefused(String text) throws SQLException {
        try (Connection connection = TestDatabase.get().application().getConnection();
                Statement statement = connection.createStatement()) {
            assertThatExceptionOfType(SQLException.class)
                    .as(text)
                    .isThrownBy(() -> statement.execute(text))
                    .withMessageContaining("denied");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"audit_leaf", "audit_tree_head", "audit_event"})
    void evenTheAccountThatAltersTheSchemaIsStoppedByTriggers(String table) throws Exception {
        records(1);
        sealer.seal(sample.id);
        for (String text : List.of(
                "delete from bascule_audit." + table,
                "update bascule_audit." + table + " set "
                        + (table.equals("audit_event") ? "detail = 'x'" : "tree = 'x'"))) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> superuser(text))
                    .matches(e -> "45000".equals(e.getSQLState()));
        }
    }
}
