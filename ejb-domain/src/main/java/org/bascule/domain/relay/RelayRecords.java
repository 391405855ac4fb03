package org.bascule.domain.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.bascule.domain.acl.Operators;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.wire.registry.RelayDescription;

/** What happens to relays, in the log of the operator's domain; where there is none, in that of the server. */
@ApplicationScoped
class RelayRecords {

    private static final Logger LOG = System.getLogger(RelayRecords.class.getName());

    @Inject
    Operators operators;

    @Inject
    AuditLog audit;

    /** Records within the caller's transaction. */
    void record(Actor actor, Operation operation, RelayDescription relay, Changes changes) {
        String which = relay.name().equals(relay.id()) ? relay.id() : "%s (%s)".formatted(relay.id(), relay.name());
        Optional<String> domain = operators.domain();
        if (domain.isPresent()) {
            audit.record(AuditEvent.of(domain.get(), actor, operation, Outcome.SUCCESS)
                    .saying(which)
                    .changing(changes));
        } else {
            LOG.log(Level.WARNING, "{0}: {1}; no domain is the operator''s", operation.code(), which);
        }
    }
}
