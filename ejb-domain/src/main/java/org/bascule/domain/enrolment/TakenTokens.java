package org.bascule.domain.enrolment;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Tokens go with the folder that they enrol into. */
@ApplicationScoped
public class TakenTokens implements TakenAlong {

    @Inject
    Enrolments enrolments;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return enrolments.removals(caller, ids);
    }
}
