package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import org.bascule.domain.database.Sql;
import org.bascule.domain.live.LiveEvent;

/** Counts the changes of a domain that can change anybody's rights, so that what was worked out from an older state is known to be old. */
@Stateless
public class RightsVersion {

    @Inject
    Sql sql;

    @Inject
    RightsChanges changes;

    @Inject
    Event<LiveEvent> live;

    /**
     * To be called in the transaction of every change of entries, inheritance, folders, groups and memberships, after the change. Checks that
     * follow in this transaction see the change, at the cost of reading the domain's rights again: check first, then change. The row lock orders
     * such changes within a domain. The second call in a transaction costs next to nothing.
     */
    public void changed(String domainId) {
        if (changes.count(domainId) > 1) {
            return;
        }
        sql.in(domainId)
                .statement("update domain_version set rights_version = rights_version + 1 where domain_id = :domain")
                .update();
        live.fire(new LiveEvent.RightsChanged(domainId, version(domainId, "rights_version")));
    }

    /**
     * To be called in the transaction of every move of something that is no folder (device, user, group), after the move. Cheaper than
     * {@link #changed}: rights on everything else stay as they were.
     */
    public void moved(String domainId, String resourceId) {
        boolean special = sql.in(domainId)
                .statement(
                        """
                        select 1 from resource r where r.domain_id = :domain and r.id = :id
                          and (not r.inherit or exists (select 1 from acl_entry e where e.resource_id = r.id))""")
                .set("id", resourceId)
                .first(row -> row.number(1))
                .isPresent();
        if (special) {
            changed(domainId);
        }
        sql.in(domainId)
                .statement(
                        "update domain_version set placement_version = placement_version + 1 where domain_id = :domain")
                .update();
        changes.move(domainId);
        live.fire(new LiveEvent.ResourceMoved(domainId, resourceId, version(domainId, "placement_version")));
    }

    private long version(String domainId, String column) {
        return sql.in(domainId)
                .statement("select " + column + " from domain_version where domain_id = :domain")
                .number();
    }
}
