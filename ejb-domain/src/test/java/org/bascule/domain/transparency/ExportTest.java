package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.options.Options;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDatabase;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.log.ExportReport;
import org.bascule.wire.log.ExportReport.Problem;
import org.bascule.wire.log.ExportVerifier;
import org.bascule.wire.log.HeadLines;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleFrontier;
import org.bascule.wire.log.TreeHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done here to the log is done by somebody who holds every right in the database, and knows how it is made. */
class ExportTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sealer sealer = domain.get(Sealer.class);
    private final TreeStore trees = domain.get(TreeStore.class);
    private final TreeExport export = domain.get(TreeExport.class);
    private final Sample sample = new Sample(domain);
    private final byte[] root =
            domain.get(Installation.class).keySet().orElseThrow().keys().root().hash();

    private void record(String name) {
        domain.get(AuditLog.class)
                .record(AuditEvent.of(sample.id, Actor.unknown(name, "192.0.2.1"), Operation.LOGIN, Outcome.DENIED)
                        .saying("\"<\u202E\n")
                        .changing(Changes.none().field("name", "a", name)));
    }

    /** Five sealings of four records: 0 to 19. */
    @BeforeEach
    void twentyRecords() throws RefusedException {
        for (int batch = 0; batch < 5; batch++) {
            for (int i = 0; i < 4; i++) {
                record("n" + (4 * batch + i));
            }
            sealer.seal(sample.id);
            domain.clock.advance(Duration.ofSeconds(5));
        }
        dropTriggers();
    }

    private static void dropTriggers() {
        for (String table : List.of("audit", "leaf", "tree_head")) {
            superuser("drop trigger if exists bascule_audit.tr_" + table + "_no_update");
        }
        for (String table : List.of("leaf", "tree_head")) {
            superuser("drop trigger if exists bascule_audit.tr_" + table + "_no_delete");
        }
    }

    /** As the changelog makes them. */
    @AfterEach
    void createTriggers() {
        dropTriggers();
        for (String table : List.of("audit", "leaf", "tree_head")) {
            superuser(
                    "create trigger bascule_audit.tr_" + table + "_no_update before update on bascule_audit."
                            + (table.equals("audit") ? "audit_event" : "audit_" + table)
                            + " for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed'");
        }
        for (String table : List.of("leaf", "tree_head")) {
            superuser(
                    "create trigger bascule_audit.tr_" + table + "_no_delete before delete on bascule_audit.audit_"
                            + table
                            + " for each row signal sqlstate '45000' set message_text = 'the transparency log is never changed'");
        }
    }

    /** @return rows that the last of the statements changed */
    private static int superuser(String... texts) {
        return run(TestDatabase.get().superuser(), texts);
    }

    private static int run(DataSource account, String... texts) {
        try (Connection connection = account.getConnection();
                Statement statement = connection.createStatement()) {
            for (String text : texts) {
                statement.execute(text);
            }
            return statement.getUpdateCount();
        } catch (SQLException e) {
            throw new IllegalStateException(String.join("; ", texts), e);
        }
    }

    private String id(long seq) {
        return domain.sql
                .in(sample.id)
                .statement("select entry_id from bascule_audit.audit_leaf where tree = :domain and seq = :seq")
                .set("seq", seq)
                .first(row -> row.text(1))
                .orElseThrow();
    }

    private String text() throws RefusedException {
        TreeHead head = export.head(sample.id);
        List<String> lines = new ArrayList<>();
        lines.add(export.header(head));
        for (long from = 0; from < head.size(); from += TreeExport.STEP) {
            lines.addAll(export.lines(sample.id, from, head.size()));
        }
        TreeExport.Position after = null;
        do {
            TreeExport.Unsealed step = export.unsealed(sample.id, after);
            lines.addAll(step.lines());
            after = step.next();
        } while (after != null);
        lines.add(TreeExport.end(lines.size()));
        return String.join("\n", lines) + "\n";
    }

    private String installation() throws RefusedException {
        TreeHead head = export.installationHead();
        List<String> lines = new ArrayList<>();
        lines.add(export.header(head));
        for (long from = 0; from < head.size(); from += TreeExport.STEP) {
            lines.addAll(export.installationLines(sample.id, from, head.size()));
        }
        lines.add(TreeExport.end(lines.size()));
        return String.join("\n", lines) + "\n";
    }

    @Test
    void installationsTreeIsVerifiedWithoutWhatItHoldsAboutOthers() throws Exception {
        Sample other = new Sample(domain);
        domain.get(AuditLog.class).record(AuditEvent.of(other.id, Actor.SERVER, Operation.LOGIN, Outcome.DENIED));
        sealer.seal(other.id);
        sealer.enterHeads();
        sealer.seal(TreeHead.INSTALLATION);
        String text = installation();

        ExportReport report = verify(text, HeadLines.none());
        assertThat(report.isGood()).as(report.toString()).isTrue();
        assertThat(report.tree()).isEqualTo(TreeHead.INSTALLATION);
        assertThat(report.hidden()).isPositive();
        assertThat(text)
                .doesNotContain(other.id)
                .contains("\"head\":{\"tree\":\"" + sample.id + "\"", "\"hidden\":true");

        String mine = text.lines()
                .filter(line -> line.startsWith("{\"seq\"") && line.contains(sample.id))
                .findFirst()
                .orElseThrow();
        String changed = mine.replaceFirst("\"size\":\\d+", "\"size\":19");
        assertThat(verify(text.replace(mine, changed), HeadLines.none()).finding())
                .get()
                .extracting(ExportReport.Finding::problem)
                .isEqualTo(Problem.CHANGED);
        assertThat(verify(text.replace(mine + "\n", ""), HeadLines.none()).isGood())
                .isFalse();
    }

    @Test
    void nothingIsHiddenInTheTreeOfADomain() throws Exception {
        String text = text();
        String line = text.lines()
                .filter(each -> each.startsWith("{\"seq\":3,"))
                .findFirst()
                .orElseThrow();
        String hidden = line.substring(0, line.indexOf(",\"audit\"")) + ",\"hidden\":true}";
        assertThat(verify(text.replace(line, hidden), HeadLines.none()).isGood())
                .isFalse();
    }

    private ExportReport verify(String text, HeadLines anchors) throws IOException {
        return new ExportVerifier(root, anchors).verify(new StringReader(text));
    }

    private ExportReport verify() throws Exception {
        return verify(text(), HeadLines.none());
    }

    private static void assertFinding(ExportReport report, Problem problem, long seq) {
        assertThat(report.finding()).as(report.toString()).get().satisfies(finding -> {
            assertThat(finding.problem()).isEqualTo(problem);
            assertThat(finding.seq()).isEqualTo(OptionalLong.of(seq));
        });
    }

    /** Makes the stored hash fit what the record says now. */
    private void rehash(long seq) {
        LogEntry entry = Objects.requireNonNull(domain.get(EntryStore.class)
                .entries(sample.id, Tree.Kind.AUDIT, List.of(id(seq)))
                .get(id(seq)));
        superuser("update bascule_audit.audit_leaf set hash = unhex('%s') where tree = '%s' and seq = %d"
                .formatted(HexFormat.of().formatHex(Merkle.leaf(entry.leaf())), sample.id, seq));
    }

    @Test
    void untouchedLogIsGood() throws Exception {
        record("just now");
        ExportReport report = verify();
        assertThat(report.finding()).isEmpty();
        assertThat(report.size()).isEqualTo(20);
        assertThat(report.unsealed()).isEqualTo(1);
        assertThat(report.late().count()).isZero();
    }

    @Test
    void changedRecordIsNamed() throws Exception {
        for (String change : List.of(
                "user_name = 'somebody else'",
                "detail = null",
                "changes = replace(changes, 'n7', 'n8')",
                "occurred = occurred + interval 1 microsecond",
                "outcome = 'success'",
                "salt = random_bytes(16)",
                "address = '192.0.2.2'")) {
            superuser("create or replace table bascule.keep as select * from bascule_audit.audit_event where id = '%s'"
                    .formatted(id(7)));
            assertThat(superuser("update bascule_audit.audit_event set %s where id = '%s'".formatted(change, id(7))))
                    .isEqualTo(1);
            ExportReport report = verify();
            assertFinding(report, Problem.CHANGED, 7);
            assertThat(report.finding().orElseThrow().id()).isEqualTo(id(7));
            superuser(
                    "update bascule_audit.audit_event e join bascule.keep k on k.id = e.id set e.user_name = k.user_name, e.detail = k.detail,"
                            + " e.changes = k.changes, e.occurred = k.occurred, e.outcome = k.outcome, e.salt = k.salt, e.address = k.address");
            assertThat(verify().finding()).isEmpty();
        }
        superuser("drop table bascule.keep");
    }

    @Test
    void recordThatWasChangedTogetherWithItsHashIsNarrowedToItsSealing() throws Exception {
        superuser("update bascule_audit.audit_event set user_name = 'somebody else' where id = '%s'".formatted(id(9)));
        rehash(9);
        ExportReport report = verify();
        assertFinding(report, Problem.REWRITTEN, 8);
        assertThat(report.finding().orElseThrow().last()).hasValue(11);
    }

    @Test
    void removedRecordIsNamed() throws Exception {
        String removed = id(6);
        removeEvent(removed);
        ExportReport report = verify();
        assertFinding(report, Problem.REMOVED, 6);
        assertThat(report.finding().orElseThrow().id()).isEqualTo(removed);
    }

    private static void removeEvent(String id) throws SQLException {
        without(List.of("tr_audit_no_delete"), "delete from bascule_audit.audit_event where id = '" + id + "'");
    }

    /** Runs statements while triggers are away. */
    private static void without(List<String> triggers, String... texts) throws SQLException {
        List<String> made = new ArrayList<>();
        try (Connection connection = TestDatabase.get().superuser().getConnection();
                Statement statement = connection.createStatement()) {
            for (String trigger : triggers) {
                try (ResultSet row = statement.executeQuery("show create trigger bascule_audit." + trigger)) {
                    assertThat(row.next()).isTrue();
                    made.add(row.getString(3));
                }
                statement.execute("drop trigger bascule_audit." + trigger);
            }
            superuser(texts);
            for (String text : made) {
                superuser("use bascule_audit", text);
            }
        }
    }

    /** No trigger is asked by a {@code truncate}, and it takes the records of all domains: those of others are put back here. */
    @Test
    void tablesThatWereEmptiedAreNoticed() throws Exception {
        String others = " select * from bascule_audit.%s where %s <> '" + sample.id + "'";
        superuser("create or replace table bascule.kept_event as" + others.formatted("audit_event", "domain_id"));
        superuser("create or replace table bascule.kept_leaf as" + others.formatted("audit_leaf", "tree"));
        try {
            superuser("truncate bascule_audit.audit_event");
            ExportReport report = verify();
            assertFinding(report, Problem.REMOVED, 0);
            superuser("truncate bascule_audit.audit_leaf");
            assertFinding(verify(), Problem.CUT_OFF, 0);
        } finally {
            without(
                    List.of("tr_audit_event_queue", "tr_audit_expire_by_operator"),
                    "insert into bascule_audit.audit_event select * from bascule.kept_event",
                    "insert into bascule_audit.audit_leaf select * from bascule.kept_leaf",
                    "drop table bascule.kept_event, bascule.kept_leaf");
        }
    }

    @Test
    void removedRecordAndHashAreNamed() throws Exception {
        superuser("delete from bascule_audit.audit_leaf where tree = '%s' and seq = 6".formatted(sample.id));
        assertFinding(verify(), Problem.REMOVED, 6);
    }

    @Test
    void gapThatWasClosedIsNarrowedToItsSealing() throws Exception {
        superuser("delete from bascule_audit.audit_leaf where tree = '%s' and seq = 6".formatted(sample.id));
        superuser("update bascule_audit.audit_leaf set seq = seq - 1 where tree = '%s' and seq > 6 order by seq"
                .formatted(sample.id));
        ExportReport report = verify();
        assertFinding(report, Problem.REWRITTEN, 4);
        assertThat(report.finding().orElseThrow().last()).hasValue(7);
    }

    @Test
    void insertedRecordIsNamed() throws Exception {
        String inserted = domain.ids.next();
        domain.clock.advance(Duration.ofMinutes(20));
        superuser(
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome) values ('%s', '%s', '2026-01-01', 'login', 'success')"
                        .formatted(inserted, sample.id));
        superuser("delete from bascule.audit_unsealed where id = '%s'".formatted(inserted));
        record("later");
        sealer.seal(sample.id);
        ExportReport report = verify();
        assertThat(report.finding()).get().matches(f -> f.problem() == Problem.INSERTED && f.id().equals(inserted));
    }

    @Test
    void recordThatWasSealedLongAfterItsTimeIsNoted() throws Exception {
        String old = domain.ids.next();
        domain.clock.advance(Duration.ofHours(3));
        record("later");
        sealer.seal(sample.id);
        superuser(
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome) values ('%s', '%s', '2026-01-01', 'login', 'success')"
                        .formatted(old, sample.id));
        sealer.seal(sample.id);
        ExportReport report = verify();
        assertThat(report.finding()).isEmpty();
        assertThat(report.late().count()).isEqualTo(1);
        assertThat(report.late().first()).hasValue(21);
    }

    @Test
    void recordsThatWerePutPastTheLogAreNotedByTheRecordThatSaysSo() throws Exception {
        assertThat(verify().mended().first()).isEmpty();
        record("taken out of the queue");
        superuser("delete from bascule.audit_unsealed where tree = '%s'".formatted(sample.id));
        QueueCheck check = domain.get(QueueCheck.class);
        for (int i = 0; i < 50 && sample.audited("audit.mend").isEmpty(); i++) {
            check.step();
        }
        sealer.seal(sample.id);
        ExportReport report = verify();
        assertThat(report.finding()).isEmpty();
        assertThat(report.mended().count()).isEqualTo(1);
        assertThat(report.mended().first()).hasValue(21);
    }

    @Test
    void insertionInTheMiddleOfTheTreeIsNarrowedToItsSealing() throws Exception {
        String inserted = id(9).substring(0, 35) + (id(9).endsWith("f") ? "e" : "f");
        superuser("update bascule_audit.audit_leaf set seq = seq + 1 where tree = '%s' and seq >= 10 order by seq desc"
                .formatted(sample.id));
        superuser(
                "insert into bascule_audit.audit_event (id, domain_id, occurred, code, outcome) values ('%s', '%s', '2026-01-01', 'login', 'success')"
                        .formatted(inserted, sample.id));
        superuser("delete from bascule.audit_unsealed where tree = '%s'".formatted(sample.id));
        superuser(
                "insert into bascule_audit.audit_leaf (tree, seq, kind, entry_id, hash) values ('%s', 10, 1, '%s', unhex(repeat('00', 32)))"
                        .formatted(sample.id, inserted));
        rehash(10);
        ExportReport report = verify();
        assertThat(report.finding().orElseThrow().seq().orElseThrow()).isBetween(8L, 10L);
    }

    private void swap(long one, long other, String columns) {
        String where = " where tree = '" + sample.id + "' and seq = ";
        String first = id(one);
        String second = id(other);
        if (columns.equals("all")) {
            superuser("update bascule_audit.audit_leaf set seq = 1000" + where + one);
            superuser("update bascule_audit.audit_leaf set seq = " + one + where + other);
            superuser("update bascule_audit.audit_leaf set seq = " + other + where + 1000);
        } else {
            superuser("update bascule_audit.audit_leaf set entry_id = 'x'" + where + one);
            superuser("update bascule_audit.audit_leaf set entry_id = '" + first + "'" + where + other);
            superuser("update bascule_audit.audit_leaf set entry_id = '" + second + "'" + where + one);
        }
    }

    @Test
    void recordsThatChangedPlacesAreNamed() throws Exception {
        swap(5, 14, "entries");
        ExportReport report = verify();
        assertFinding(report, Problem.REORDERED, 5);
        assertThat(report.finding().orElseThrow().text()).contains("record 14");
    }

    @Test
    void recordsThatChangedPlacesWithTheirHashesWithinASealingAreNamed() throws Exception {
        swap(5, 6, "all");
        assertFinding(verify(), Problem.REORDERED, 6);
    }

    @Test
    void recordsThatChangedPlacesWithTheirHashesAreNarrowedToTheirSealing() throws Exception {
        swap(7, 12, "all");
        ExportReport report = verify();
        assertThat(report.finding().orElseThrow().seq().orElseThrow()).isBetween(4L, 7L);
    }

    @Test
    void endThatWasCutOffIsNoticedByTheNewestHead() throws Exception {
        superuser("delete from bascule_audit.audit_leaf where tree = '%s' and seq >= 18".formatted(sample.id));
        assertFinding(verify(), Problem.CUT_OFF, 18);
    }

    @Test
    void endThatWasCutOffWithItsHeadsIsNoticedByAnEarlierHead() throws Exception {
        String kept = trees.head(sample.id).orElseThrow().toJson().toString();
        superuser("delete from bascule_audit.audit_leaf where tree = '%s' and seq >= 16".formatted(sample.id));
        superuser("delete from bascule_audit.audit_tree_head where tree = '%s' and size > 16".formatted(sample.id));
        String text = text();
        assertThat(verify(text, HeadLines.none()).finding().map(ExportReport.Finding::problem))
                .isNotEqualTo(Optional.of(Problem.CUT_OFF));
        assertFinding(verify(text, HeadLines.of(new StringReader(kept + "\n"))), Problem.CUT_OFF, 16);
    }

    @Test
    void logThatWasMadeAnewWithTheKeyIsNoticedByAnAnchoredHead() throws Exception {
        List<String> anchors = new ArrayList<>();
        trees.headsAfter(sample.id, 0, 100)
                .forEach(head -> anchors.add(head.toJson().toString()));
        String anchorFile = String.join("\n", anchors) + "\n";
        assertThat(verify(text(), HeadLines.of(new StringReader(anchorFile))).finding())
                .isEmpty();
        superuser("update bascule_audit.audit_event set user_name = 'somebody else' where id = '%s'".formatted(id(13)));
        rehash(13);
        signAnew();
        assertThat(verify(text(), HeadLines.none()).finding()).isEmpty();
        assertFinding(verify(text(), HeadLines.of(new StringReader(anchorFile))), Problem.REWRITTEN, 12);
        String few = anchors.get(0) + "\n" + anchors.get(4) + "\n";
        ExportReport report = verify(text(), HeadLines.of(new StringReader(few)));
        assertFinding(report, Problem.REWRITTEN, 4);
        assertThat(report.finding().orElseThrow().last())
                .as("heads of the export itself narrow nothing: they were made anew")
                .hasValue(19);
    }

    /** Nobody can sign them without the key, but only what does not fit would be looked at. */
    @Test
    void headsThatWereMadeToFitDoNotLeadAstray() throws Exception {
        superuser("update bascule_audit.audit_event set user_name = 'somebody else' where id = '%s'".formatted(id(9)));
        rehash(9);
        MerkleFrontier tree = MerkleFrontier.empty();
        for (byte[] hash : hashes().subList(0, 16)) {
            tree.append(hash);
            superuser("update bascule_audit.audit_tree_head set root = unhex('%s') where tree = '%s' and size = %d"
                    .formatted(HexFormat.of().formatHex(tree.root()), sample.id, tree.size()));
        }
        ExportReport report = verify();
        assertThat(report.finding().orElseThrow().problem()).isEqualTo(Problem.REWRITTEN);
        assertThat(report.finding().orElseThrow().seq().orElseThrow()).isLessThanOrEqualTo(9);
        assertThat(report.finding().orElseThrow().last()).hasValue(19);
    }

    private List<byte[]> hashes() {
        return domain.sql
                .in(sample.id)
                .statement("select hash from bascule_audit.audit_leaf where tree = :domain order by seq")
                .list(row -> row.bytes(1));
    }

    /** What only somebody who holds the log key can do. */
    private void signAnew() throws RefusedException {
        MerkleFrontier tree = MerkleFrontier.empty();
        for (byte[] hash : hashes()) {
            tree.append(hash);
            TreeHead old = trees.headsAfter(sample.id, tree.size() - 1, 1).stream()
                    .filter(head -> head.size() == tree.size())
                    .findFirst()
                    .orElse(null);
            if (old != null) {
                superuser("delete from bascule_audit.audit_tree_head where tree = '%s' and size = %d"
                        .formatted(sample.id, tree.size()));
                trees.add(domain.get(Signers.class).treeHead(sample.id, tree.size(), tree.root(), old.time()));
            }
        }
    }

    @Test
    void headThatIsNotSignedByTheInstallationIsNotBelieved() throws Exception {
        superuser("update bascule_audit.audit_tree_head set signature = unhex(repeat('00', 64)) where tree = '%s'"
                .formatted(sample.id));
        assertThat(verify().finding()).get().matches(f -> f.problem() == Problem.HEAD);
        assertThat(new ExportVerifier(new byte[32], HeadLines.none())
                        .verify(new StringReader(text()))
                        .finding())
                .get()
                .matches(f -> f.problem() == Problem.KEY_SET);
    }

    @Test
    void fileThatWasDamagedOnTheWayIsNotGood() throws Exception {
        String text = text();
        for (String damaged : List.of(
                "",
                "{}",
                text.substring(0, text.length() / 2),
                text.substring(0, text.lastIndexOf("{\"end\"")),
                text + "{}\n",
                text.replaceFirst("\\{\"treeHead.*\n", ""))) {
            assertThat(verify(damaged, HeadLines.none()).finding()).isPresent();
        }
    }

    @Test
    void whatHasExpiredIsRemovedByTheOperatorAndTheRestStaysProvable() throws Exception {
        createTriggers();
        TreeHead early = trees.headsAfter(sample.id, 7, 1).get(0);
        domain.clock.advance(Duration.ofDays(500));
        record("now");
        sealer.seal(sample.id);
        expire("null");
        assertThat(records()).as("nothing is as old as the default").isEqualTo(21);
        domain.transactions.run(() -> domain.get(Options.class).lock(sample.id));
        keptFor(600);
        expire("400");
        assertThat(records()).as("the domain keeps them longer").isEqualTo(21);
        keptFor(400);
        expire("600");
        assertThat(records()).as("the operator keeps them longer").isEqualTo(21);
        expire("399");
        sealer.seal(sample.id);
        assertThat(records()).isEqualTo(2);
        assertThat(sample.audited("audit.expire")).singleElement().satisfies(row -> {
            assertThat(row.outcome()).isEqualTo("success");
            assertThat(row.userName()).isEqualTo("operator");
            assertThat(row.detail()).isEqualTo("records before 20 were removed: older than 400 days");
            assertThat(row.changes()).isEqualTo("{\"expired\":{\"before\":null,\"after\":\"20\"}}");
        });
        ExportReport report = verify();
        assertThat(report.finding()).isEmpty();
        assertThat(report.expired()).isEqualTo(20);
        assertThat(report.size()).isEqualTo(22);
        TreeHead head = trees.head(sample.id).orElseThrow();
        Merkle.verifyConsistency(
                8, early.root(), 22, head.root(), trees.proofs(sample.id).consistency(8, 22));
        assertThat(trees.headsAfter(sample.id, 0, 100)).hasSize(7);
        expire("null");
        assertThat(verify().finding()).isEmpty();
    }

    /** Rows of the time when the application's account could still add them. */
    @Test
    void whatWasPlantedPermitsNothingAndHoldsUpNothing() throws Exception {
        fiveHundredDaysLater();
        String planted =
                "insert into bascule_audit.audit_expiry (tree, size, made, record) values ('%s', %d, utc_timestamp(6), '%s')";
        operator(
                "update bascule_audit.audit_operator set held_by = connection_id()",
                planted.formatted(sample.id, 20, id(0)),
                planted.formatted(sample.id, 1_000_000, sample.id),
                "update bascule_audit.audit_operator set held_by = null");
        expire("399");
        expire("399");
        sealer.seal(sample.id);
        assertExpiredBefore20();
        assertThat(verify().finding()).isEmpty();
    }

    @Test
    void headBehindTheEndOfTheTreeSaysNothingAboutWhatHasExpired() throws Exception {
        fiveHundredDaysLater();
        run(
                TestDatabase.get().application(),
                "insert into bascule_audit.audit_tree_head (tree, size, id, root, sealed, kid, signature)"
                        + " select tree, 100000000000000000, '%1$s', root, '2000-01-01', kid, signature from bascule_audit.audit_tree_head where tree = '%1$s' and size = 20"
                                .formatted(sample.id));
        try {
            expire("399");
        } finally {
            superuser(
                    "drop trigger bascule_audit.tr_tree_head_no_delete",
                    "delete from bascule_audit.audit_tree_head where id = '%s'".formatted(sample.id));
        }
        sealer.seal(sample.id);
        assertExpiredBefore20();
        assertThat(verify().finding()).isEmpty();
    }

    private void fiveHundredDaysLater() throws RefusedException {
        createTriggers();
        domain.clock.advance(Duration.ofDays(500));
        record("now");
        sealer.seal(sample.id);
        domain.transactions.run(() -> domain.get(Options.class).lock(sample.id));
        keptFor(400);
    }

    private void assertExpiredBefore20() {
        assertThat(records()).isEqualTo(2);
        assertThat(sample.audited("audit.expire")).singleElement().satisfies(row -> assertThat(row.changes())
                .isEqualTo("{\"expired\":{\"before\":null,\"after\":\"20\"}}"));
    }

    private void keptFor(int days) {
        superuser("update bascule.domain_option set audit_days = %d where domain_id = '%s'".formatted(days, sample.id));
    }

    private long records() {
        return domain.sql
                .in(sample.id)
                .statement("select count(*) from bascule_audit.audit_event where domain_id = :domain")
                .number();
    }

    /** As the operator does it 500 days later. */
    private static void expire(String days) {
        operator(
                "set timestamp = unix_timestamp() + 500 * 86400",
                "call bascule_audit.expire_audit(%s, 'operator')".formatted(days));
    }

    private static void operator(String... texts) {
        run(TestDatabase.get().migration(), texts);
    }

    @Test
    void recordThatWasRemovedThoughNothingHadExpiredIsNamed() throws Exception {
        removeEvent(id(0));
        assertFinding(verify(), Problem.REMOVED, 0);
    }

    @Test
    void nothingIsRemovedBeforeAYearHasPassed() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> operator("call bascule_audit.expire_audit(364, 'operator')"))
                .withRootCauseInstanceOf(SQLException.class);
    }
}
