package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.bascule.domain.database.Sql;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Counts the changes that people make of a resource, where the change itself is written elsewhere than into its row. */
@Stateless
public class Revisions {

    @Inject
    Sql sql;

    /**
     * Keeps others from changing the resource until the transaction ends.
     *
     * @param revision what the caller has seen; null if that does not matter
     * @throws RefusedException {@code PRECONDITION_FAILED} unless it is the present one
     */
    public void require(String domainId, String id, @Nullable Long revision) throws RefusedException {
        long present = sql.in(domainId)
                .statement("select version from resource where domain_id = :domain and id = :id for update")
                .set("id", id)
                .first(row -> row.number(1))
                .orElseThrow(RefusedException::notFound);
        if (revision != null && revision != present) {
            throw new RefusedException(Problem.PRECONDITION_FAILED, "The device was changed in the meantime.");
        }
    }

    /** To be called with each change. */
    public void raise(String domainId, String id) {
        sql.in(domainId)
                .statement("update resource set version = version + 1 where domain_id = :domain and id = :id")
                .set("id", id)
                .update();
    }
}
