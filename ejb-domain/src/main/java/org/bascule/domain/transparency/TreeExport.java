package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.log.LogEntry;
import org.bascule.wire.log.TreeHead;
import org.jspecify.annotations.Nullable;

/**
 * A tree as lines of JSON, for verification without the server ({@code docs/protocol/audit.md}): a header, every entry with its stored hash and the heads between
 * them, then what is not sealed, then an end. It is made in steps of bounded size, each a transaction of its own. Checks no permission.
 */
@Stateless
public class TreeExport {

    /** Entries of one step. */
    public static final int STEP = 1_000;

    private static final int SEARCH = 5_000;

    @Inject
    Sql sql;

    @Inject
    TreeStore trees;

    @Inject
    EntryStore entries;

    @Inject
    Installation installation;

    @Inject
    Clock clock;

    /** The newest head, at which an export ends. */
    public TreeHead head(String tree) throws RefusedException {
        return trees.head(tree)
                .orElseThrow(() -> new RefusedException(Problem.UNAVAILABLE, "Nothing has been sealed yet."));
    }

    /** First line. */
    public String header(TreeHead head) throws RefusedException {
        return Json.createObjectBuilder()
                .add("format", "bascule-audit/1")
                .add("issuer", installation.issuer())
                .add("tree", head.tree())
                .add("exported", clock.instant().toString())
                .add("keySet", installation.requireKeySet().text())
                .add("head", head.toJson())
                .build()
                .toString();
    }

    /** The newest head of the installation's tree. */
    public TreeHead installationHead() throws RefusedException {
        return head(Tree.INSTALLATION);
    }

    /** Entries from a place on, below an end, each followed by the head that was signed behind it, if one was. */
    public List<String> lines(String tree, long from, long end) {
        return lines(tree, from, end, content -> true);
    }

    /** The same of the installation's tree for one domain: of the heads of other domains only the hashes. */
    public List<String> installationLines(String domainId, long from, long end) {
        return lines(
                Tree.INSTALLATION,
                from,
                end,
                content -> content instanceof LogEntry.Head head
                        && head.head().tree().equals(domainId));
    }

    private List<String> lines(String tree, long from, long end, Predicate<LogEntry> shown) {
        long to = Math.min(from + STEP, end);
        Map<Long, TreeHead> heads = new HashMap<>();
        trees.headsAfter(tree, from, STEP).forEach(head -> heads.put(head.size(), head));
        List<TreeStore.Leaf> leaves = leaves(tree, from, to);
        Map<String, LogEntry> content = content(tree, leaves);
        List<String> lines = new ArrayList<>();
        for (TreeStore.Leaf leaf : leaves) {
            lines.add(line(leaf, content.get(leaf.entry()), shown));
            @Nullable TreeHead head = heads.get(leaf.seq() + 1);
            if (head != null) {
                lines.add(Json.createObjectBuilder()
                        .add("treeHead", head.toJson())
                        .build()
                        .toString());
            }
        }
        return lines;
    }

    private List<TreeStore.Leaf> leaves(String tree, long from, long to) {
        return sql.in(tree)
                .statement("select seq, kind, entry_id, hash from bascule_audit.audit_leaf"
                        + " where tree = :domain and seq >= :from and seq < :to order by seq")
                .set("from", from)
                .set("to", to)
                .list(row -> new TreeStore.Leaf(
                        row.number(1), Tree.Kind.of(row.number(2)).orElseThrow(), row.text(3), row.bytes(4)));
    }

    private Map<String, LogEntry> content(String tree, List<TreeStore.Leaf> leaves) {
        Map<Tree.Kind, List<String>> ids = new EnumMap<>(Tree.Kind.class);
        leaves.forEach(leaf ->
                ids.computeIfAbsent(leaf.kind(), kind -> new ArrayList<>()).add(leaf.entry()));
        Map<String, LogEntry> found = new HashMap<>();
        ids.forEach((kind, list) -> found.putAll(entries.entries(tree, kind, list)));
        return found;
    }

    private static String line(TreeStore.Leaf leaf, @Nullable LogEntry content, Predicate<LogEntry> shown) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("seq", leaf.seq())
                .add("id", leaf.entry())
                .add("hash", B64.encode(leaf.hash()));
        if (content != null && !shown.test(content)) {
            json.add("hidden", true);
        } else if (content instanceof LogEntry.Audit audit) {
            json.add("audit", audit.toJson());
        } else if (content instanceof LogEntry.Certificate certificate) {
            json.add("certificate", certificate.toJson());
        } else if (content instanceof LogEntry.Head head) {
            json.add("head", head.head().toJson());
        } else {
            json.add("gone", true);
        }
        return json.build().toString();
    }

    /**
     * A step of the search for records that are in no tree.
     *
     * @param lines of those that were found
     * @param next where to go on, or null at the end
     */
    public record Unsealed(List<String> lines, @Nullable Position next) {}

    /** Where a search goes on. */
    public record Position(Instant occurred, String id) {}

    /** Searches the next rows of the domain for those in no tree, from the oldest on. */
    public Unsealed unsealed(String tree, @Nullable Position after) {
        String from = after == null ? "" : " and e.occurred >= :at and (e.occurred > :at or e.id > :last)";
        String table = " from bascule_audit.audit_event e force index (ix_audit_occurred)";
        String order = " order by e.occurred, e.id";
        Optional<Position> end = bind(
                        sql.in(tree)
                                .statement("select e.occurred, e.id" + table + " where e.domain_id = :domain" + from
                                        + order + " limit 1 offset " + (SEARCH - 1)),
                        after)
                .first(row -> new Position(row.instant(1), row.text(2)));
        String bound = end.isEmpty() ? "" : " and e.occurred <= :end and (e.occurred < :end or e.id <= :endId)";
        Statement search = bind(
                sql.in(tree)
                        .statement("select e.id" + table
                                + " left join bascule_audit.audit_leaf l on l.entry_id = e.id"
                                + " where e.domain_id = :domain and l.entry_id is null" + from + bound + order),
                after);
        end.ifPresent(position -> search.set("end", position.occurred()).set("endId", position.id()));
        List<String> ids = search.list(row -> row.text(1));
        Map<String, LogEntry> content = entries.entries(tree, Tree.Kind.AUDIT, ids);
        List<String> lines = new ArrayList<>();
        for (String id : ids) {
            if (content.get(id) instanceof LogEntry.Audit audit) {
                JsonObject json = Json.createObjectBuilder()
                        .add("unsealed", audit.toJson())
                        .build();
                lines.add(json.toString());
            }
        }
        return new Unsealed(lines, end.orElse(null));
    }

    private static Statement bind(Statement statement, @Nullable Position after) {
        if (after != null) {
            statement.set("at", after.occurred()).set("last", after.id());
        }
        return statement;
    }

    /** Last line: whoever reads it knows that nothing was lost on the way. */
    public static String end(long lines) {
        return Json.createObjectBuilder()
                .add("end", Json.createObjectBuilder().add("lines", lines))
                .build()
                .toString();
    }
}
