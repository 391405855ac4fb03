package org.bascule.domain.transparency;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.bascule.domain.database.Sql;

/**
 * Looks for audit rows that neither are sealed nor wait for it, as they are after somebody has cleared the queue, or has inserted rows past the triggers; they are
 * queued, and a person is told. It walks through the whole log in steps, over and over.
 */
@ApplicationScoped
public class QueueCheck {

    private static final Logger LOG = System.getLogger(QueueCheck.class.getName());
    private static final int STEP = 10_000;

    @Inject
    Sql sql;

    // guarded by this
    private String position = "";

    private record Found(String tree, String id) {}

    /** One step. Called every minute. */
    public synchronized void step() {
        List<String> ids = sql.acrossDomains()
                .statement("select id from bascule_audit.audit_event where id > :after order by id limit 1 offset "
                        + (STEP - 1))
                .set("after", position)
                .list(row -> row.text(1));
        String end = ids.isEmpty() ? "g" : ids.get(0);
        List<Found> found = sql.acrossDomains()
                .statement(
                        """
                        select e.domain_id, e.id from bascule_audit.audit_event e
                        left join bascule_audit.audit_leaf l on l.entry_id = e.id
                        left join audit_unsealed u on u.tree = e.domain_id and u.id = e.id
                        where e.id > :after and e.id <= :end and l.entry_id is null and u.id is null""")
                .set("after", position)
                .set("end", end)
                .list(row -> new Found(row.text(1), row.text(2)));
        position = ids.isEmpty() ? "" : end;
        if (!found.isEmpty()) {
            LOG.log(
                    Level.ERROR,
                    "{0} audit rows were neither sealed nor waiting for it, from {1} on: somebody has changed the database",
                    found.size(),
                    found.get(0).id());
            sql.acrossDomains()
                    .statement("insert ignore into audit_unsealed (tree, id, kind) values (:tree, :id, 1)")
                    .updateEach(found, (statement, row) -> statement
                            .set("tree", row.tree())
                            .set("id", row.id()));
        }
    }
}
