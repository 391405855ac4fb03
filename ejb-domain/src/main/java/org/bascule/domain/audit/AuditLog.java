package org.bascule.domain.audit;

import jakarta.ejb.Stateless;
import org.bascule.domain.paging.Page;

/** Writes and reads the audit log. */
@Stateless
public class AuditLog {

    /** Records within the caller's transaction: both are stored, or neither. */
    public void record(AuditEvent event) {
        throw new UnsupportedOperationException();
    }

    /** Records in a transaction of its own, for refused attempts whose transaction is rolled back. */
    public void recordRefused(AuditEvent event) {
        throw new UnsupportedOperationException();
    }

    /** One page, newest first, of one domain. Whether somebody may read it is checked by {@code audit} readers, see {@code AuditReading}. */
    public Page<AuditEntry> query(String domainId, AuditQuery query) {
        throw new UnsupportedOperationException();
    }
}
