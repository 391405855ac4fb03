package org.bascule.domain.transparency;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.configuration.Settings;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Transactions;

/**
 * Forwards sealed audit records of all domains to a syslog server (requirement AUD-6), in the order of their leaves.
 *
 * <p>One transaction locks the row of the installation in {@code audit_forward}, so that one node forwards at a time, reads at most {@value #BATCH} leaves from where each
 * tree was left, delivers their records, and stores the new positions. A position moves after the server has read what is before it: nothing waits in memory, a server that is away holds
 * up its records in the database, and after a crash or a broken delivery a batch is delivered again.
 */
@ApplicationScoped
public class RecordForwarder {

    /** Leaves of one delivery. */
    static final int BATCH = 500;

    /** After this a run ends; the next goes on. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(50);

    private static final Logger LOG = System.getLogger(RecordForwarder.class.getName());

    /** Who was served longest ago is first. Sealed is what a signed head covers. */
    private static final String WAITING =
            """
            select n.tree, n.size, coalesce(f.next_seq, 0)
            from (select tree, max(size) as size from bascule_audit.audit_tree_head group by tree) n
            left join audit_forward f on f.tree = n.tree
            where n.tree <> :installation and n.size > coalesce(f.next_seq, 0)
            order by f.sent, n.tree limit :limit""";

    private static final String LEAVES =
            """
            select l.seq, l.kind, l.entry_id, e.occurred, e.code, e.outcome, e.user_id, e.user_name, e.resource_id, e.resource_name, e.address,
              e.session_id, e.detail, e.id is not null,
              l.seq < coalesce((select max(x.size) from bascule_audit.audit_expiry x where x.tree = :domain), 0)
            from bascule_audit.audit_leaf l
            left join bascule_audit.audit_event e on l.kind = 1 and e.id = l.entry_id and e.domain_id = :domain
            where l.tree = :domain and l.seq >= :from and l.seq < :size order by l.seq limit :limit""";

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    Settings settings;

    @Inject
    Clock clock;

    // guarded by this
    private boolean failing;
    private final Set<String> damaged = new HashSet<>();

    private record Waiting(String tree, long size, long next) {}

    /** @param message empty for what is no audit record, or is not there any more */
    private record Leaf(long seq, Optional<RecordMessage> message) {}

    /** Forwards what is new, if the settings say so. Called every few seconds. */
    public void forward() {
        try {
            if (AnchorSettings.recordsConfigured()) {
                AnchorSettings.configured().syslog().ifPresent(this::forward);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    /** @return whether everything that was sealed is there, or another node is at it */
    synchronized boolean forward(AnchorSettings.Syslog to) {
        long end = System.nanoTime() + LONGEST_RUN.toNanos();
        try {
            prepare();
            boolean more = true;
            while (more && System.nanoTime() - end < 0) {
                more = transactions.<Boolean, IOException>inNew(() -> batch(to));
                if (more) {
                    worked();
                }
            }
            return !more;
        } catch (IOException | RuntimeException e) {
            failed(e);
            return false;
        }
    }

    private synchronized void failed(Exception e) {
        if (!failing) {
            LOG.log(
                    Level.ERROR,
                    "audit records wait in the database for the syslog server; it is tried every few seconds, and this"
                            + " is said once",
                    e);
        }
        failing = true;
    }

    private synchronized void worked() {
        if (failing) {
            LOG.log(Level.INFO, "audit records go to the syslog server again");
        }
        failing = false;
    }

    /** Makes the row that is locked. Only where it is missing, because an insert waits for whoever holds it. */
    private void prepare() {
        boolean known = sql.in(Tree.INSTALLATION)
                .statement("select 1 from audit_forward where tree = :domain")
                .first(row -> true)
                .orElse(false);
        if (!known) {
            transactions.inNew(() -> sql.in(Tree.INSTALLATION)
                    .statement("insert ignore into audit_forward (tree, next_seq) values (:domain, 0)")
                    .update());
        }
    }

    /** @return whether something was delivered, after which there may be more */
    private boolean batch(AnchorSettings.Syslog to) throws IOException {
        if (!lock()) {
            return false;
        }
        List<Waiting> waiting = waiting();
        if (waiting.isEmpty()) {
            return false;
        }
        String host =
                SyslogTls.header(String.valueOf(URI.create(settings.publicUrl()).getHost()), 255);
        int share = Math.max(1, BATCH / waiting.size());
        List<byte[]> messages = new ArrayList<>();
        List<Waiting> reached = new ArrayList<>();
        for (Waiting tree : waiting) {
            List<Leaf> leaves = leaves(tree, share);
            if (leaves.isEmpty()) {
                notWhole(tree);
                continue;
            }
            leaves.forEach(leaf -> leaf.message().ifPresent(message -> messages.add(message.bytes(host))));
            reached.add(new Waiting(
                    tree.tree(), tree.size(), leaves.get(leaves.size() - 1).seq() + 1));
        }
        if (!messages.isEmpty()) {
            RecordDelivery.deliver(to, messages);
        }
        store(reached);
        return !reached.isEmpty();
    }

    /** A signed head covers leaves that are not there: this tree waits for people, the others go on. */
    private void notWhole(Waiting tree) {
        if (damaged.add(tree.tree())) {
            LOG.log(
                    Level.ERROR,
                    "the leaves of the tree {0} from {1} on are not there: somebody has changed the database. They are"
                            + " not forwarded, and this is said once",
                    tree.tree(),
                    tree.next());
        }
    }

    /** The first statement of its transaction: what is read after it is what was committed before the lock was taken. */
    private boolean lock() {
        return sql.in(Tree.INSTALLATION)
                .statement("select 1 from audit_forward where tree = :domain for update skip locked")
                .first(row -> true)
                .orElse(false);
    }

    private List<Waiting> waiting() {
        return sql.acrossDomains()
                .statement(WAITING)
                .set("installation", Tree.INSTALLATION)
                .set("limit", BATCH)
                .list(row -> new Waiting(row.text(1), row.number(2), row.number(3)));
    }

    private List<Leaf> leaves(Waiting tree, int limit) {
        return sql.in(tree.tree())
                .statement(LEAVES)
                .set("from", tree.next())
                .set("size", tree.size())
                .set("limit", limit)
                .list(row -> leaf(tree.tree(), row));
    }

    private static Leaf leaf(String tree, Row row) {
        long seq = row.number(1);
        if (row.number(2) != Tree.Kind.AUDIT.number()) {
            return new Leaf(seq, Optional.empty());
        }
        if (row.number(14) == 0) {
            if (row.number(15) == 0) {
                LOG.log(
                        Level.ERROR,
                        "the record {0} of the tree {1} is sealed, has not expired and is not there: somebody has"
                                + " changed the database",
                        row.text(3),
                        tree);
            }
            return new Leaf(seq, Optional.empty());
        }
        return new Leaf(
                seq,
                Optional.of(new RecordMessage(
                        tree,
                        seq,
                        row.text(3),
                        row.instant(4),
                        row.text(5),
                        row.text(6),
                        row.textOrNull(7),
                        row.textOrNull(8),
                        row.textOrNull(9),
                        row.textOrNull(10),
                        row.textOrNull(11),
                        row.textOrNull(12),
                        row.textOrNull(13))));
    }

    private void store(List<Waiting> reached) {
        sql.acrossDomains()
                .statement("insert into audit_forward (tree, next_seq, sent) values (:tree, :next, :now)"
                        + " on duplicate key update next_seq = :next, sent = :now")
                .updateEach(reached, (statement, tree) -> statement
                        .set("tree", tree.tree())
                        .set("next", tree.next())
                        .set("now", clock.instant()));
    }
}
