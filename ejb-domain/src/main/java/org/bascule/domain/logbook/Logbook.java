package org.bascule.domain.logbook;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.AuditQuery;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Page;
import org.bascule.domain.refusal.RefusedException;

/** Reads the audit log of the caller's domain. */
@Stateless
public class Logbook {

    @Inject
    Authorization authorization;

    @Inject
    AuditLog log;

    /** One page, newest first; needs {@link Permission#VIEW_OPERATIONS_LOG} on the whole domain. */
    public Page<AuditEntry> query(Caller caller, AuditQuery query) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.VIEW_OPERATIONS_LOG);
        return log.query(caller.domainId(), query);
    }

    /** Whether the caller may read it: for live events. */
    public boolean mayRead(Caller caller) {
        return authorization.holdsOnDomain(caller, Permission.VIEW_OPERATIONS_LOG);
    }
}
