package org.bascule.domain.acl;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.bascule.domain.audit.Attempt;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Records every refusal of a change (row AUD-1): the one place for all those that are not recorded with more detail where they are decided, such as by {@link Authorization}. Stands outside
 * of the change's transaction, which is rolled back by then.
 */
@ApplicationScoped
public class RefusedChanges {

    /** A request that is not understood, and a server that cannot do it now: nobody refused anything. */
    private static final Set<Problem> NO_REFUSALS =
            EnumSet.of(Problem.MALFORMED, Problem.CSR_INVALID, Problem.UNAVAILABLE);

    @Inject
    AuditLog audit;

    @Inject
    Authorization authorization;

    /**
     * Does the change. If it is refused, the attempt is recorded in the caller's domain, and the refusal goes on.
     *
     * @param who whoever attempts it, asked for after a refusal; null for somebody who is not recognised, of whom nothing is recorded here
     * @param resourceId what it is about, from outside; recorded only if the caller may see it
     */
    public <T> T attempt(
            Supplier<@Nullable Caller> who, Operation operation, @Nullable String resourceId, Callable<T> change)
            throws Exception {
        try (Attempt attempt = Attempt.begin()) {
            try {
                return change.call();
            } catch (RefusedException refused) {
                Caller caller = attempt.isRecorded() || NO_REFUSALS.contains(refused.problem()) ? null : who.get();
                if (caller != null) {
                    record(caller, operation, resourceId, refused);
                }
                throw refused;
            }
        }
    }

    private void record(Caller caller, Operation operation, @Nullable String resourceId, RefusedException refused) {
        AuditEvent event =
                caller.did(operation, Outcome.DENIED).saying(refused.problem().code() + ": " + refused.detail());
        audit.recordRefused(Optional.ofNullable(resourceId)
                .filter(id -> Uuid7.isUuid(id) && sees(caller, id))
                .map(id -> event.on(id, null))
                .orElse(event));
    }

    private boolean sees(Caller caller, String id) {
        return authorization.allows(caller, Permission.SEE_RESOURCES, id)
                || authorization.allows(caller, Permission.SEE_USERS, id);
    }
}
