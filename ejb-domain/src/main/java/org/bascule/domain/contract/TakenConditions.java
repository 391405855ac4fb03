package org.bascule.domain.contract;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Contracts go with their folders, qualifications with their users. */
@ApplicationScoped
public class TakenConditions implements TakenAlong {

    @Inject
    Contracts contracts;

    @Inject
    Qualifications qualifications;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        List<AuditEvent> events = new ArrayList<>(contracts.removals(caller, ids));
        events.addAll(qualifications.removals(caller, ids));
        return events;
    }
}
