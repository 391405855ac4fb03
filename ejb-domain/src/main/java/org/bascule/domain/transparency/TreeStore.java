package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;
import org.bascule.wire.log.Merkle;
import org.bascule.wire.log.MerkleProofs;
import org.bascule.wire.log.TreeHead;

/**
 * Leaves, nodes and heads as they are stored. Every 8th level is stored; a node between is computed from at most 128 hashes that lie together, so that a proof in a
 * tree of ten million leaves takes some twenty short reads. Checks no permission.
 */
@Stateless
public class TreeStore {

    /** Levels between stored nodes. */
    static final int STEP = 8;

    private static final String HEAD =
            "select tree, size, root, sealed, kid, signature from bascule_audit.audit_tree_head where tree = :domain";

    @Inject
    Sql sql;

    @Inject
    Uuid7 ids;

    /** A place in a tree. */
    public record Place(long seq, byte[] hash) {}

    public record Leaf(long seq, Tree.Kind kind, String entry, byte[] hash) {}

    public record Node(int level, long place, byte[] hash) {}

    /** Leaves that are stored, which are those of the newest head. */
    public long size(String tree) {
        return sql.in(tree)
                .statement("select seq from bascule_audit.audit_leaf where tree = :domain order by seq desc limit 1")
                .first(row -> row.number(1) + 1)
                .orElse(0L);
    }

    /** The newest head. */
    public Optional<TreeHead> head(String tree) {
        return sql.in(tree).statement(HEAD + " order by size desc limit 1").first(TreeStore::head);
    }

    /** The newest head of every tree. */
    public List<TreeHead> newest() {
        return sql.acrossDomains()
                .statement(
                        """
                        select h.tree, h.size, h.root, h.sealed, h.kid, h.signature
                        from (select tree, max(size) as size from bascule_audit.audit_tree_head group by tree) n
                        join bascule_audit.audit_tree_head h on h.tree = n.tree and h.size = n.size""")
                .list(TreeStore::head);
    }

    /** Heads above a size, the smallest first. */
    public List<TreeHead> headsAfter(String tree, long size, int limit) {
        return sql.in(tree)
                .statement(HEAD + " and size > :size order by size limit :limit")
                .set("size", size)
                .set("limit", limit)
                .list(TreeStore::head);
    }

    /** Heads below a size, the largest first. */
    public List<TreeHead> headsBefore(String tree, long size, int limit) {
        return sql.in(tree)
                .statement(HEAD + " and size < :size order by size desc limit :limit")
                .set("size", size)
                .set("limit", limit)
                .list(TreeStore::head);
    }

    static TreeHead head(Row row) {
        return new TreeHead(row.text(1), row.number(2), row.bytes(3), row.instant(4), row.text(5), row.bytes(6));
    }

    /** Where an entry is in its tree, or empty until it is sealed. */
    public Optional<Place> place(String tree, String entry) {
        return sql.in(tree)
                .statement("select seq, hash from bascule_audit.audit_leaf where tree = :domain and entry_id = :entry")
                .set("entry", entry)
                .first(row -> new Place(row.number(1), row.bytes(2)));
    }

    /** Those of some entries that are sealed, in whatever tree: an entry is in one. */
    public Set<String> sealed(List<String> entries) {
        return entries.isEmpty()
                ? Set.of()
                : new HashSet<>(sql.acrossDomains()
                        .statement("select entry_id from bascule_audit.audit_leaf where entry_id in (:ids)")
                        .set("ids", entries)
                        .list(row -> row.text(1)));
    }

    /** Proofs of a tree. They are of use for sizes up to the present one alone. */
    public MerkleProofs proofs(String tree) {
        return new MerkleProofs((level, index) -> subtree(tree, level, index));
    }

    /** Hash of a complete subtree, read where it is stored or computed from at most 128 hashes. */
    public byte[] subtree(String tree, int level, long index) {
        int stored = level - level % STEP;
        int count = 1 << (level - stored);
        List<byte[]> hashes =
                stored == 0 ? hashes(tree, index * count, count) : nodes(tree, stored, index * count, count);
        if (hashes.size() != count) {
            throw new IllegalStateException("a subtree of the log is not whole");
        }
        return fold(hashes);
    }

    private static byte[] fold(List<byte[]> hashes) {
        List<byte[]> row = hashes;
        while (row.size() > 1) {
            List<byte[]> above = new ArrayList<>();
            for (int i = 0; i < row.size(); i += 2) {
                above.add(Merkle.node(row.get(i), row.get(i + 1)));
            }
            row = above;
        }
        return row.get(0);
    }

    private List<byte[]> hashes(String tree, long from, int count) {
        return sql.in(tree)
                .statement("select hash from bascule_audit.audit_leaf"
                        + " where tree = :domain and seq >= :from and seq < :to order by seq")
                .set("from", from)
                .set("to", from + count)
                .list(row -> row.bytes(1));
    }

    private List<byte[]> nodes(String tree, int level, long from, int count) {
        return sql.in(tree)
                .statement("select hash from bascule_audit.audit_node"
                        + " where tree = :domain and level = :level and place >= :from and place < :to order by place")
                .set("level", level)
                .set("from", from)
                .set("to", from + count)
                .list(row -> row.bytes(1));
    }

    public void add(String tree, List<Leaf> leaves, List<Node> nodes) {
        sql.in(tree)
                .statement("insert into bascule_audit.audit_leaf (tree, seq, kind, entry_id, hash)"
                        + " values (:domain, :seq, :kind, :entry, :hash)")
                .updateEach(leaves, (statement, leaf) -> statement
                        .set("seq", leaf.seq())
                        .set("kind", leaf.kind().number())
                        .set("entry", leaf.entry())
                        .set("hash", leaf.hash()));
        sql.in(tree)
                .statement("insert into bascule_audit.audit_node (tree, level, place, hash)"
                        + " values (:domain, :level, :place, :hash)")
                .updateEach(nodes, (statement, node) -> statement
                        .set("level", node.level())
                        .set("place", node.place())
                        .set("hash", node.hash()));
    }

    public void add(TreeHead head) {
        sql.in(head.tree())
                .statement(
                        """
                        insert into bascule_audit.audit_tree_head (tree, size, id, root, sealed, kid, signature)
                        values (:domain, :size, :id, :root, :sealed, :kid, :signature)""")
                .set("size", head.size())
                .set("id", ids.next())
                .set("root", head.root())
                .set("sealed", head.time())
                .set("kid", head.kid())
                .set("signature", head.signature())
                .update();
    }
}
