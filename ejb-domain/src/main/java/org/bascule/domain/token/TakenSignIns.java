package org.bascule.domain.token;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Sign-ins go with their users. */
@ApplicationScoped
public class TakenSignIns implements TakenAlong {

    @Inject
    SignIns signIns;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return signIns.removals(caller, ids);
    }
}
