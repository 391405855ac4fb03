package org.bascule.domain.assistance;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Requests for help that somebody waits for go with their devices. */
@ApplicationScoped
public class TakenAssistance implements TakenAlong {

    @Inject
    Assistance assistance;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return assistance.removals(caller, ids);
    }
}
