package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.Signers;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.WireException;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleFrontier;
import org.bascule.wire.log.TreeHead;

/**
 * Appends what was committed to the trees and signs their heads.
 *
 * <p>One transaction takes a tree's row lock, reads the newest size, appends what waits in the order of the ids, stores leaves, nodes and head, and removes what it sealed
 * from the queue, and what needs no sealing; what is not there stays in the queue, marked, and holds up nothing: killed at any point, it has done all of that or nothing. Whoever finds the row locked leaves the tree to the other. Even without the lock
 * two sealers could not fork: place and size are keys, and an entry is unique.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.SUPPORTS)
public class Sealer {

    /** Entries of one sealing. */
    static final int BATCH = 2_000;

    /** Sealings of one tree in one go: a tree with more waiting must not hold up the others. */
    private static final int ROUNDS = 10;

    private static final int MAX_TREES = 1_000;

    private static final Logger LOG = System.getLogger(Sealer.class.getName());

    @Inject
    Sql sql;

    @Inject
    Transactions transactions;

    @Inject
    TreeStore trees;

    @Inject
    RightEdges edges;

    @Inject
    SeenHeads seen;

    @Inject
    EntryStore entries;

    @Inject
    Signers signers;

    @Inject
    Installation installation;

    @Inject
    SealingTroubles troubles;

    @Inject
    Clock clock;

    private record Waiting(String id, Optional<Tree.Kind> kind) {}

    /** @param head what was signed, if anything was sealed */
    private record Round(int waited, Optional<TreeHead> head) {}

    /** Seals what waits, in all trees. Nothing before the key set is in force, because nobody could verify a head. */
    public void seal() {
        if (installation.keySet().isEmpty()) {
            return;
        }
        for (String tree : waitingTrees()) {
            try {
                seal(tree);
                troubles.over(tree);
            } catch (RuntimeException | RefusedException e) {
                if (troubles.isNews(tree, clock.instant())) {
                    LOG.log(Level.ERROR, "the tree " + tree + " cannot be sealed, and is tried every second", e);
                }
            }
        }
    }

    private List<String> waitingTrees() {
        return sql.acrossDomains()
                .statement("select distinct tree from audit_unsealed where missing is null limit " + MAX_TREES)
                .list(row -> row.text(1));
    }

    /** Seals what waits in one tree, also when somebody waits for it. */
    public void seal(String tree) throws RefusedException {
        transactions.inNew(() -> {
            prepare(tree);
            return true;
        });
        for (int round = 0; round < ROUNDS; round++) {
            Round done = transactions.<Round, RefusedException>inNew(() -> append(tree));
            done.head().ifPresent(seen::remember);
            if (done.waited() < BATCH) {
                return;
            }
        }
    }

    /**
     * Seals one entry before all others that wait, because somebody cannot go on without it. Waits for another sealer of the tree, up to 5 s.
     *
     * @param entry id; nothing happens if it does not wait
     */
    public void sealFirst(String tree, String entry) throws RefusedException {
        transactions.inNew(() -> {
            prepare(tree);
            return true;
        });
        Round done = transactions.<Round, RefusedException>inNew(() -> {
            sql.in(tree)
                    .statement("select 1 from audit_sealer where tree = :domain for update wait 5")
                    .first(row -> true);
            return append(tree, waiting(tree, "id = :id").set("id", entry).list(Sealer::waiting));
        });
        done.head().ifPresent(seen::remember);
    }

    /** @return how many entries waited, at most {@link #BATCH}; 0 if another sealer is at it */
    private Round append(String tree) throws RefusedException {
        if (!lock(tree)) {
            return new Round(0, Optional.empty());
        }
        return append(
                tree,
                waiting(tree, "missing is null order by id limit " + BATCH).list(Sealer::waiting));
    }

    private Statement waiting(String tree, String which) {
        return sql.in(tree).statement("select id, kind from audit_unsealed where tree = :domain and " + which);
    }

    private static Waiting waiting(Row row) {
        return new Waiting(row.text(1), Tree.Kind.of(row.number(2)));
    }

    private Round append(String tree, List<Waiting> waiting) throws RefusedException {
        Optional<TreeHead> head = Optional.empty();
        if (!waiting.isEmpty()) {
            Set<String> sealed = trees.sealed(waiting.stream().map(Waiting::id).toList());
            List<Waiting> open = waiting.stream()
                    .filter(entry -> !sealed.contains(entry.id()))
                    .toList();
            Map<String, LogEntry> found = read(tree, open);
            head = append(tree, open.stream().filter(entry -> found.containsKey(entry.id())), found);
            keep(
                    tree,
                    open.stream()
                            .filter(entry -> !found.containsKey(entry.id()))
                            .toList());
            forget(
                    tree,
                    waiting.stream()
                            .filter(entry -> sealed.contains(entry.id()) || found.containsKey(entry.id()))
                            .toList());
            warn(tree, sealed);
        }
        return new Round(waiting.size(), head);
    }

    /** What is not there cannot be sealed; that it waited is kept, for somebody has changed the database. */
    private void keep(String tree, List<Waiting> missing) {
        for (Waiting entry : missing) {
            LOG.log(
                    Level.ERROR,
                    "the entry {0} of the tree {1} waited for sealing but is not there: somebody has changed the database",
                    entry.id(),
                    tree);
        }
        sql.in(tree)
                .statement("update audit_unsealed set missing = :now where tree = :domain and id = :id")
                .updateEach(
                        missing,
                        (statement, entry) -> statement.set("id", entry.id()).set("now", clock.instant()));
    }

    private void forget(String tree, List<Waiting> done) {
        sql.in(tree)
                .statement("delete from audit_unsealed where tree = :domain and id = :id")
                .updateEach(done, (statement, entry) -> statement.set("id", entry.id()));
    }

    private static void warn(String tree, Set<String> sealed) {
        for (String id : sealed) {
            LOG.log(
                    Level.ERROR,
                    "the entry {0} of the tree {1} waited for sealing but is sealed: somebody has changed the database",
                    id,
                    tree);
        }
    }

    /** The first statement of its transaction: what is read after it is what was committed before the lock was taken. */
    private boolean lock(String tree) {
        return sql.in(tree)
                .statement("select 1 from audit_sealer where tree = :domain for update skip locked")
                .first(row -> true)
                .orElse(false);
    }

    private void prepare(String tree) {
        boolean known = sql.in(tree)
                .statement("select 1 from audit_sealer where tree = :domain")
                .first(row -> true)
                .orElse(false);
        if (!known) {
            sql.in(tree)
                    .statement("insert ignore into audit_sealer (tree) values (:domain)")
                    .update();
        }
    }

    private Map<String, LogEntry> read(String tree, List<Waiting> waiting) {
        Map<Tree.Kind, List<String>> ids = new EnumMap<>(Tree.Kind.class);
        waiting.forEach(entry -> entry.kind().ifPresent(kind -> ids.computeIfAbsent(kind, same -> new ArrayList<>())
                .add(entry.id())));
        Map<String, LogEntry> found = new HashMap<>();
        ids.forEach((kind, list) -> found.putAll(entries.entries(tree, kind, list)));
        return found;
    }

    private Optional<TreeHead> append(String tree, Stream<Waiting> waiting, Map<String, LogEntry> found)
            throws RefusedException {
        MerkleFrontier frontier = frontier(tree);
        List<TreeStore.Leaf> leaves = new ArrayList<>();
        List<TreeStore.Node> nodes = new ArrayList<>();
        for (Waiting entry : waiting.toList()) {
            byte[] hash =
                    Merkle.leaf(Objects.requireNonNull(found.get(entry.id())).leaf());
            leaves.add(new TreeStore.Leaf(frontier.size(), entry.kind().orElseThrow(), entry.id(), hash));
            frontier.append(hash, (level, place, node) -> {
                if (level % TreeStore.STEP == 0) {
                    nodes.add(new TreeStore.Node(level, place, node));
                }
            });
        }
        if (leaves.isEmpty()) {
            return Optional.empty();
        }
        trees.add(tree, leaves, nodes);
        TreeHead head = signers.treeHead(
                tree, frontier.size(), frontier.root(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        trees.add(head);
        return Optional.of(head);
    }

    private MerkleFrontier frontier(String tree) {
        Optional<TreeHead> stored = trees.head(tree);
        if (!seen.isContinued(tree, stored, trees.proofs(tree))) {
            throw new IllegalStateException(
                    "the stored tree does not go on from the head that this node has seen: its end was removed or made anew, or an older"
                            + " database was put back. It is not continued until this node is restarted (operations, \"Audit log\")");
        }
        MerkleFrontier frontier = edges.signed(tree)
                .orElseThrow(() -> new IllegalStateException(
                        "the stored tree is not the one whose head was signed: it was changed, and is not continued"));
        stored.ifPresent(seen::remember);
        return frontier;
    }

    /** Remembers the heads that other nodes have signed. Called every minute. */
    public void observe() {
        installation.keySet().ifPresent(inForce -> {
            for (TreeHead head : trees.newest()) {
                try {
                    head.verify(inForce.keys());
                    seen.observe(head, trees.proofs(head.tree()));
                } catch (WireException e) {
                    LOG.log(Level.ERROR, "the newest head of the tree " + head.tree() + " is not signed", e);
                }
            }
        });
    }

    /** Enters the newest head of each domain's tree in that of the installation, where it is not yet. Called every minute. */
    public void enterHeads() {
        List<String> heads = sql.acrossDomains()
                .statement(
                        """
                        select h.id from domain d
                        join bascule_audit.audit_tree_head h on h.tree = d.id
                          and h.size = (select max(n.size) from bascule_audit.audit_tree_head n where n.tree = d.id)
                        left join bascule_audit.audit_leaf l on l.entry_id = h.id
                        where l.entry_id is null""")
                .list(row -> row.text(1));
        sql.in(Tree.INSTALLATION)
                .statement("insert ignore into audit_unsealed (tree, id, kind) values (:domain, :id, 3)")
                .updateEach(heads, (statement, id) -> statement.set("id", id));
    }
}
