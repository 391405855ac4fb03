package org.bascule.domain.sessionpolicy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Session policies go with their devices and folders. */
@ApplicationScoped
public class TakenSessionPolicies implements TakenAlong {

    @Inject
    SessionPolicies policies;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return policies.removals(caller, ids);
    }
}
