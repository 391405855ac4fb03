package org.bascule.domain.transparency;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.database.Sql;

/**
 * Looks for audit rows and certificates that neither are sealed nor wait for it, as they are after somebody has cleared the queue or spoiled it, or
 * has inserted rows past the triggers; they are queued, the log of their domain says so in a record of its own, and a person is told. It walks through the whole log in steps, over and over. At the end of
 * each walk it tells of what waited and was not there.
 */
@ApplicationScoped
public class QueueCheck {

    private static final Logger LOG = System.getLogger(QueueCheck.class.getName());
    private static final int STEP = 10_000;

    @Inject
    Sql sql;

    @Inject
    AuditLog audit;

    private final Walk events = new Walk("audit_event", Tree.Kind.AUDIT);
    private final Walk certificates = new Walk("audit_certificate", Tree.Kind.CERTIFICATE);

    private record Found(String tree, String id) {}

    private record Missing(long count, String first) {}

    /** One step. Called every minute. */
    public synchronized void step() {
        events.step();
        certificates.step();
    }

    /** Through one table. */
    private final class Walk {
        private final String table;
        private final Tree.Kind kind;

        // guarded by the check
        private String position = "";

        Walk(String table, Tree.Kind kind) {
            this.table = table;
            this.kind = kind;
        }

        void step() {
            List<String> ids = sql.acrossDomains()
                    .statement("select id from bascule_audit." + table
                            + " where id > :after order by id limit 1 offset " + (STEP - 1))
                    .set("after", position)
                    .list(row -> row.text(1));
            String end = ids.isEmpty() ? "g" : ids.get(0);
            List<Found> found = forgotten(end);
            position = ids.isEmpty() ? "" : end;
            if (!found.isEmpty()) {
                queue(found);
            }
            if (ids.isEmpty()) {
                tellOfMissing();
            }
        }

        private List<Found> forgotten(String end) {
            return sql.acrossDomains()
                    .statement(
                            "select e.domain_id, e.id from bascule_audit." + table + " e"
                                    + " left join bascule_audit.audit_leaf l on l.entry_id = e.id"
                                    + " left join audit_unsealed u on u.tree = e.domain_id and u.id = e.id"
                                    + " and u.kind = :kind and u.missing is null"
                                    + " where e.id > :after and e.id <= :end and l.entry_id is null and u.id is null order by e.id")
                    .set("kind", kind.number())
                    .set("after", position)
                    .set("end", end)
                    .list(row -> new Found(row.text(1), row.text(2)));
        }

        private void queue(List<Found> found) {
            LOG.log(
                    Level.ERROR,
                    "{0} rows of {1} were neither sealed nor waiting for it, from {2} on: somebody has changed the database",
                    found.size(),
                    table,
                    found.get(0).id());
            sql.acrossDomains()
                    .statement("insert into audit_unsealed (tree, id, kind) values (:tree, :id, :kind)"
                            + " on duplicate key update kind = :kind, missing = null")
                    .updateEach(found, (statement, row) -> statement
                            .set("tree", row.tree())
                            .set("id", row.id())
                            .set("kind", kind.number()));
            found.stream()
                    .collect(Collectors.groupingBy(Found::tree, TreeMap::new, Collectors.toList()))
                    .forEach(this::tellTheLog);
        }

        /** What is sealed now would look like any other afterwards: the log itself says that it is not. */
        private void tellTheLog(String tree, List<Found> found) {
            audit.record(AuditEvent.of(tree, Actor.unknown(null, null), Operation.AUDIT_MENDED, Outcome.FAILED)
                    .saying("%d of %s, the first %s, the last %s"
                            .formatted(
                                    found.size(),
                                    kind == Tree.Kind.AUDIT ? "the records" : "the certificates",
                                    found.get(0).id(),
                                    found.get(found.size() - 1).id())));
        }

        private void tellOfMissing() {
            sql.acrossDomains()
                    .statement("select count(*), min(id) from audit_unsealed where missing is not null and kind = :kind"
                            + " having count(*) > 0")
                    .set("kind", kind.number())
                    .first(row -> new Missing(row.number(1), row.text(2)))
                    .ifPresent(missing -> LOG.log(
                            Level.ERROR,
                            "{0} entries for {1} waited for sealing but are not there, the first of them {2}:"
                                    + " see the rows of audit_unsealed that are marked as missing",
                            missing.count(),
                            table,
                            missing.first()));
        }
    }
}
