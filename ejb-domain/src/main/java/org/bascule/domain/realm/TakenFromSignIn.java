package org.bascule.domain.realm;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Who must have a second factor is named by users and groups; the rule loses them. */
@ApplicationScoped
public class TakenFromSignIn implements TakenAlong {

    @Inject
    DomainSignIn signIn;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return signIn.removals(caller, ids);
    }
}
