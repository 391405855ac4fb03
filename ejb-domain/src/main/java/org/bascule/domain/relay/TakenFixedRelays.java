package org.bascule.domain.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.directory.TakenAlong;
import org.bascule.domain.identity.Caller;

/** What relay was set for a device, a folder or a user goes with it. */
@ApplicationScoped
public class TakenFixedRelays implements TakenAlong {

    @Inject
    FixedRelays relays;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return relays.removals(caller, ids);
    }
}
