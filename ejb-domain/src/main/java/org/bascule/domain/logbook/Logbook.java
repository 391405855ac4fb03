package org.bascule.domain.logbook;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.List;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.acl.Scope;
import org.bascule.domain.audit.AuditEntry;
import org.bascule.domain.audit.AuditFilter;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.AuditReader;
import org.bascule.domain.audit.AuditReader.Part;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.refusal.RefusedException;

/**
 * Reads the audit log of the caller's domain. Who holds {@link Permission#VIEW_OPERATIONS_LOG} on the whole domain reads all of it; who holds it on a
 * part of the directory, the records about what is there.
 */
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
        return reader.slice(caller.domainId(), part(caller), filter, cursor);
    }

    /** What the caller may read; who may read nothing is refused, and the attempt recorded. */
    private Part part(Caller caller) throws RefusedException {
        if (mayRead(caller)) {
            return Part.EVERYTHING;
        }
        Scope scope = authorization.scope(caller, Permission.VIEW_OPERATIONS_LOG);
        if (scope.isEmpty()) {
            requireReader(caller);
        }
        return new Part(scope.resources("r"), scope::bind);
    }

    /** Begins an export of rows, which is itself recorded. */
    public void exportingRows(Caller caller, String what) throws RefusedException {
        part(caller);
        log.record(caller.did(Operation.AUDIT_EXPORTED, Outcome.SUCCESS).saying(what));
    }

    /** Begins an export of a whole tree, which is itself recorded. */
    public void exporting(Caller caller, String what) throws RefusedException {
        requireReader(caller);
        log.record(caller.did(Operation.AUDIT_EXPORTED, Outcome.SUCCESS).saying(what));
    }

    /** The next rows of an export. A right that is withdrawn meanwhile ends it. */
    public Slice<AuditEntry> export(Caller caller, AuditFilter filter, List<String> after) throws RefusedException {
        return reader.slice(caller.domainId(), part(caller), filter, after, EXPORT_STEP);
    }

    /** Whether the caller may read all of it. */
    public boolean mayRead(Caller caller) {
        return authorization.holdsOnDomain(caller, Permission.VIEW_OPERATIONS_LOG);
    }

    /** Refuses, and records the attempt, unless the caller may read all of it. */
    public void requireReader(Caller caller) throws RefusedException {
        authorization.requireOnDomain(caller, Permission.VIEW_OPERATIONS_LOG);
    }
}
