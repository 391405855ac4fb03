package org.bascule.domain.acl;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.bascule.domain.database.Sql;

/** Counts the changes of a domain that can change anybody's rights, so that what was worked out from an older state is known to be old. */
@Stateless
public class RightsVersion {

    @Inject
    Sql sql;

    /**
     * To be called in the transaction of every change of entries, inheritance, folders, groups, memberships and users. The row lock orders
     * such changes within a domain.
     */
    public void changed(String domainId) {
        sql.in(domainId)
                .statement("update domain set rights_version = rights_version + 1 where id = :domain")
                .update();
    }
}
