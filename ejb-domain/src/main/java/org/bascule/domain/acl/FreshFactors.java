package org.bascule.domain.acl;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.audit.Attempt;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a second factor that was proved a moment ago, where the domain wants one (requirement IDN-9). An API token cannot prove one: what wants it is
 * not for tokens.
 */
@ApplicationScoped
public class FreshFactors {

    @Inject
    FreshFactorRule rule;

    @Inject
    AuditLog audit;

    @Inject
    Clock clock;

    /**
     * For an action that needs a permission, which the caller holds. A refusal of a change is recorded by whoever works on it, one of reading here.
     *
     * @param resourceId what the action is about; null if it is about many things
     * @throws RefusedException {@code FACTOR_NOT_FRESH}
     */
    public void require(Caller caller, Permission permission, @Nullable String resourceId) throws RefusedException {
        if (isMissing(caller, rule.window(caller.domainId(), permission))) {
            if (!Attempt.isUnderWay()) {
                audit.recordRefusedReading(caller.did(Operation.ACCESS, Outcome.DENIED)
                        .on(resourceId, null)
                        .saying("without proving a second factor again, for the permission " + permission.code()));
            }
            throw notFresh(caller);
        }
    }

    /** Whether the caller's domain wants one for a permission. */
    public boolean isWanted(Caller caller, Permission permission) {
        return rule.window(caller.domainId(), permission).isPresent();
    }

    /**
     * For making an API token, which lives on without the sign-in that made it: also whoever has a second factor without having to proves it
     * again, so that somebody else at his browser cannot.
     */
    public void requireForToken(Caller caller) throws RefusedException {
        boolean has = caller.credential().secondFactorAt() != null;
        if (isMissing(caller, rule.windowForTokens(caller.domainId(), caller.userId(), has))) {
            throw notFresh(caller);
        }
    }

    /**
     * The same for what opens a way to the caller's own account beside the sign-in, such as the address to which a link for a new password goes. Whoever signed
     * in without a second factor cannot do it.
     *
     * @throws RefusedException {@code CONFLICT} for who signed in without one
     */
    public void requireForOwnAccount(Caller caller) throws RefusedException {
        if (caller.credential().secondFactorAt() == null) {
            throw new RefusedException(
                    Problem.CONFLICT,
                    "For yourself you change this after a sign-in with a second factor only; another administrator can change it too.");
        }
        requireForToken(caller);
    }

    private boolean isMissing(Caller caller, Optional<Duration> window) {
        return window.isPresent() && !isFresh(caller, window.get());
    }

    private static RefusedException notFresh(Caller caller) {
        return new RefusedException(
                Problem.FACTOR_NOT_FRESH,
                caller.credential().isToken()
                        ? "Your domain wants a second factor for this, which an API token cannot prove."
                        : "Your domain wants a second factor for this: prove it again.");
    }

    private boolean isFresh(Caller caller, Duration window) {
        Instant proved = caller.credential().secondFactorAt();
        return !caller.credential().isToken()
                && proved != null
                && clock.instant().isBefore(proved.plus(window));
    }
}
