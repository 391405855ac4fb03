package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.schema.SchemaMigration;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleFrontier;
import org.bascule.wire.log.TreeHead;
import org.junit.jupiter.api.Test;

/** A database that was filled before there was a transparency log. */
class UpgradeTest {

    private static final int RECORDS = 4_500;

    private final TestDomain domain = new TestDomain();
    private final SchemaMigration schema =
            new SchemaMigration(TestDatabase.get().migration());
    private final String id = domain.ids.next();
    private final String device = domain.ids.next();

    private record Row(String id, Instant occurred, int number) {}

    /** Takes back everything since the log, whatever came after it. */
    private void backToTheOlderSchema() {
        long later = domain.sql
                .acrossDomains()
                .statement(
                        """
                        select count(*) from DATABASECHANGELOG where ORDEREXECUTED >
                          (select max(ORDEREXECUTED) from DATABASECHANGELOG where FILENAME like '%/08-organisation.sql')""")
                .number();
        schema.rollback((int) later);
        assertThat(domain.sql
                        .acrossDomains()
                        .statement("select count(*) from information_schema.tables where table_name = 'audit_leaf'")
                        .number())
                .isZero();
    }

    private List<Row> fill() {
        domain.sql
                .in(id)
                .statement("insert into domain (id, name, realm, created) values (:domain, :name, :name, :now)")
                .set("name", "older-" + id)
                .set("now", domain.clock.instant())
                .update();
        List<Row> rows = new ArrayList<>(IntStream.range(0, RECORDS)
                .mapToObj(i -> new Row(domain.ids.next(), domain.clock.instant().minus(Duration.ofMinutes(i)), i))
                .toList());
        domain.transactions.run(() -> domain.sql
                .in(id)
                .statement(
                        """
                        insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome, user_name, detail)
                        values (:id, :domain, :occurred, 'login', 'denied', :user, :detail)""")
                .updateEach(rows, (statement, row) -> statement
                        .set("id", row.id())
                        .set("occurred", row.occurred())
                        .set("user", "Zoë " + row.number())
                        .set("detail", row.number() % 2 == 0 ? null : "")));
        for (int i = 0; i < 3; i++) {
            domain.sql
                    .in(id)
                    .statement(
                            """
                            insert into device_certificate (serial, domain_id, device_id, certificate, not_before, not_after)
                            values (:serial, :domain, :device, :der, :from, :until)""")
                    .set("serial", id.replace("-", "").substring(0, 30) + i)
                    .set("device", device)
                    .set("der", certificate(i))
                    .set("from", domain.clock.instant())
                    .set("until", domain.clock.instant().plus(Duration.ofDays(90)))
                    .update();
        }
        return rows;
    }

    private static byte[] certificate(int number) {
        return new byte[] {0x30, 1, (byte) number};
    }

    @Test
    void whatItHoldsIsSealedAfterTheUpgrade() throws Exception {
        List<Row> rows;
        backToTheOlderSchema();
        try {
            rows = fill();
        } finally {
            schema.update();
        }
        domain.started();
        SessionProofs proofs = domain.get(SessionProofs.class);
        LogProofs first = proofs.ofCertificate(id, device, certificate(1), 0);
        assertThat(first.head().size())
                .as("a session waits for none of the others")
                .isEqualTo(1);
        domain.get(Sealer.class).seal(id);

        TreeStore trees = domain.get(TreeStore.class);
        TreeHead head = trees.head(id).orElseThrow();
        assertThat(head.size()).isEqualTo(RECORDS + 3);
        head.verify(domain.get(Installation.class).keySet().orElseThrow().keys());
        assertThat(domain.sql
                        .in(id)
                        .statement("select count(*) from audit_unsealed where tree = :domain")
                        .number())
                .isZero();
        requireLeaves(rows, head);
        for (int i = 0; i < 3; i++) {
            LogProofs shown = proofs.ofCertificate(id, device, certificate(i), 1);
            Merkle.verifyInclusion(
                    Merkle.leaf(new LogEntry.Certificate(id, device, certificate(i)).leaf()),
                    shown.index(),
                    head.size(),
                    shown.inclusion(),
                    head.root());
            Merkle.verifyConsistency(
                    1,
                    first.head().root(),
                    head.size(),
                    head.root(),
                    shown.consistency().orElseThrow().path());
        }
    }

    /** Each record has its place, each hash is that of what the record says, and together they give the signed root. */
    private void requireLeaves(List<Row> rows, TreeHead head) {
        Map<String, LogEntry> entries = domain.get(EntryStore.class)
                .entries(id, Tree.Kind.AUDIT, rows.stream().map(Row::id).toList());
        assertThat(entries).hasSize(RECORDS);
        TreeStore trees = domain.get(TreeStore.class);
        for (Row row : List.of(rows.get(0), rows.get(1), rows.get(RECORDS / 2), rows.get(RECORDS - 1))) {
            LogEntry entry = entries.get(row.id());
            assertThat(entry).isNotNull();
            assertThat(trees.place(id, row.id()).orElseThrow().hash())
                    .isEqualTo(
                            Merkle.leaf(java.util.Objects.requireNonNull(entry).leaf()));
        }
        MerkleFrontier tree = MerkleFrontier.empty();
        domain.sql
                .in(id)
                .statement("select hash from bascule_audit.audit_leaf where tree = :domain order by seq")
                .list(row -> row.bytes(1))
                .forEach(tree::append);
        assertThat(tree.size()).isEqualTo(head.size());
        assertThat(tree.root()).isEqualTo(head.root());
    }
}
