package org.bascule.domain.logbook;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;

/** Reads the audit log of the caller's domain; everything needs {@link Permission#VIEW_OPERATIONS_LOG} on the whole domain. */
@Stateless
public class Logbook {

    private static final int EXPORT_STEP = 1_000;

    @Inject
    Authorization authorization;

    @Inject
    AuditReader reader;

    @Inject
    AuditLog log;

    /** One page, newest first. */
    public Slice<AuditEntry> query(Caller caller, AuditFilter filter, Cursor cursor) throws RefusedException {
        requireReader(caller);
        return reader.slice(caller.domainId(), filter, cursor);
    }

    /** Begins an export, which is itself recorded. */
    public void exporting(Caller caller, String what) throws RefusedException {
        requireReader(caller);
        log.record(caller.did(Operation.AUDIT_EXPORTED, Outcome.SUCCESS).saying(what));
    }

    /** The next rows of an export. A right that is withdrawn meanwhile ends it. */
    public Slice<AuditEntry> export(Caller caller, AuditFilter filter, List<String> after) throws RefusedException {
        requireReader(caller);
        return reader.slice(caller.domainId(), filter, after, EXPORT_STEP);
    }

    /** Whether the caller may read it: for live events. */
    public boolean mayRead(Caller caller) {
        return authorization.holdsOnDomain(caller, Permission.VIEW_OPERATIONS_LOG);
    }

    /** Refuses, and records the attempt, unless the caller may read it. */
    public void requireReader(Caller caller) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.VIEW_OPERATIONS_LOG);
    }
}
