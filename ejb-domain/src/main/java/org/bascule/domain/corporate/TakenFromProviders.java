package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** Identity providers lose the groups that theirs become members of, and the folders that a partner reaches. */
@ApplicationScoped
public class TakenFromProviders implements TakenAlong {

    @Inject
    ProviderLosses losses;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return losses.removals(caller, ids);
    }
}
