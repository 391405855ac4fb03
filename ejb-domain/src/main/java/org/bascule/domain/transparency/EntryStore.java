package org.bascule.domain.transparency;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bascule.domain.database.Row;
import org.bascule.domain.database.Sql;
import org.bascule.wire.log.LogEntry;

/** What leaves stand for, read from the rows that hold it. The leaf is made from these rows each time: there is no second copy that could differ. */
@Stateless
public class EntryStore {

    private static final String AUDIT =
            """
            select id, domain_id, occurred, code, outcome, salt, user_id, user_name, resource_id, resource_name, address, session_id, detail, changes
            from bascule_audit.audit_event where domain_id = :domain and id in (:ids)""";

    private static final String CERTIFICATES =
            "select id, domain_id, device_id, certificate from bascule_audit.audit_certificate"
                    + " where domain_id = :domain and id in (:ids)";

    /** Heads of any tree, entered in that of the installation and in no other. */
    private static final String HEADS = "select tree, size, root, sealed, kid, signature, id"
            + " from bascule_audit.audit_tree_head where id in (:ids) and tree <> :domain";

    @Inject
    Sql sql;

    /** Entries of one kind by their ids; what is not there, or is of another tree, is left out. */
    public Map<String, LogEntry> entries(String tree, Tree.Kind kind, List<String> ids) {
        Map<String, LogEntry> found = new HashMap<>();
        boolean possible = kind != Tree.Kind.HEAD || tree.equals(Tree.INSTALLATION);
        if (possible && !ids.isEmpty()) {
            sql.in(tree).statement(text(kind)).set("ids", ids).list(row -> found.put(id(kind, row), entry(kind, row)));
        }
        return found;
    }

    private static String text(Tree.Kind kind) {
        return switch (kind) {
            case AUDIT -> AUDIT;
            case CERTIFICATE -> CERTIFICATES;
            case HEAD -> HEADS;
        };
    }

    private static String id(Tree.Kind kind, Row row) {
        return kind == Tree.Kind.HEAD ? row.text(7) : row.text(1);
    }

    private static LogEntry entry(Tree.Kind kind, Row row) {
        return switch (kind) {
            case AUDIT -> audit(row);
            case CERTIFICATE -> new LogEntry.Certificate(row.text(2), row.text(3), row.bytes(4));
            case HEAD -> new LogEntry.Head(TreeStore.head(row));
        };
    }

    static LogEntry.Audit audit(Row row) {
        return new LogEntry.Audit(
                row.text(1),
                row.text(2),
                row.instant(3),
                row.text(4),
                row.text(5),
                row.bytes(6),
                row.textOrNull(7),
                row.textOrNull(8),
                row.textOrNull(9),
                row.textOrNull(10),
                row.textOrNull(11),
                row.textOrNull(12),
                row.textOrNull(13),
                row.textOrNull(14));
    }
}
