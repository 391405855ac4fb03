package org.bascule.domain.token;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** API tokens go with their users; those of others no longer count in a folder that goes. */
@ApplicationScoped
public class TakenApiTokens implements TakenAlong {

    @Inject
    ApiTokens tokens;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return tokens.removals(caller, ids);
    }
}
