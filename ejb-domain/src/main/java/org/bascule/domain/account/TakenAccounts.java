package org.bascule.domain.account;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** An account goes with its user, however the user is deleted: from now on it is nobody's, and {@link AccountRemovals} removes it from the realm. */
@ApplicationScoped
public class TakenAccounts implements TakenAlong {

    @Inject
    RemovedSubjects removed;

    /** Nothing more than that the user is deleted. */
    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        removed.add(caller.domainId(), ids);
        return List.of();
    }
}
