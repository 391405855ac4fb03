package org.bascule.domain.directory;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.List;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.identity.Caller;

/** What is behind a device goes with it. */
@ApplicationScoped
public class TakenSubDevices implements TakenAlong {

    @Inject
    SubDevices subDevices;

    @Override
    public List<AuditEvent> removals(Caller caller, Collection<String> ids) {
        return subDevices.removals(caller, ids);
    }
}
