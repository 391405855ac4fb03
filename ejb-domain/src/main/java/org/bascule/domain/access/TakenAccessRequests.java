package org.bascule.domain.access;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Requests for access that wait for an answer go with the resource and with who asked. */
@ApplicationScoped
public class TakenAccessRequests implements TakenAlong {

    @Inject
    AccessRequests requests;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return requests.removals(caller, ids);
    }
}
