package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.bascule.domain.database.Sql;
import org.bascule.domain.id.Uuid7;

/** Writes permission entries. Whether somebody may write one is for the caller of this class to check. */
@Stateless
public class Entries {

    @Inject
    Sql sql;

    @Inject
    Uuid7 ids;

    /** Adds an entry of one permission; nothing happens if it is there. */
    public void add(String domainId, String resourceId, String principalId, Permission permission, Effect effect) {
        sql.in(domainId)
                .statement(
                        """
                        insert into acl_entry (id, domain_id, resource_id, principal_id, permission, effect)
                        values (:id, :domain, :resource, :principal, :permission, :effect)
                        on duplicate key update effect = effect""")
                .set("id", ids.next())
                .set("resource", resourceId)
                .set("principal", principalId)
                .set("permission", permission.code())
                .set("effect", effect.code())
                .update();
    }
}
