package org.bascule.domain.access;

import java.util.Set;
import org.bascule.domain.acl.Effect;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Validity;

/** Entries that are to be added: the same for each permission. */
public record EntryRequest(
        String resource,
        String principal,
        Set<Permission> permissions,
        Effect effect,
        Validity validity,
        boolean delegable) {

    public EntryRequest {
        permissions = Set.copyOf(permissions);
    }
}
