package org.bascule.domain.acl;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;

/**
 * Asks for a second factor that was proved a moment ago, where the domain wants one (requirement IDN-9). An API token cannot prove one: what wants it is
 * not for tokens.
 */
@ApplicationScoped
public class FreshFactors {

    @Inject
    FreshFactorRule rule;

    @Inject
    Clock clock;

    /**
     * For an action that needs a permission, which the caller holds.
     *
     * @throws RefusedException {@code FACTOR_NOT_FRESH}
     */
    public void require(Caller caller, Permission permission) throws RefusedException {
        require(caller, rule -> rule.window(caller.domainId(), permission));
    }

    /** Whether the caller's domain wants one for a permission. */
    public boolean isWanted(Caller caller, Permission permission) {
        return rule.window(caller.domainId(), permission).isPresent();
    }

    /**
     * The same for making an API token, which lives on without the sign-in that made it: also whoever has a second factor without having to proves it
     * again, so that somebody else at his browser cannot.
     */
    public void requireForToken(Caller caller) throws RefusedException {
        require(
                caller,
                rule -> rule.windowForTokens(
                        caller.domainId(), caller.userId(), caller.credential().secondFactorAt() != null));
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

    private void require(Caller caller, Function<FreshFactorRule, Optional<Duration>> wanted) throws RefusedException {
        Optional<Duration> window = wanted.apply(rule);
        if (window.isPresent() && !isFresh(caller, window.get())) {
            throw new RefusedException(
                    Problem.FACTOR_NOT_FRESH,
                    caller.credential().isToken()
                            ? "Your domain wants a second factor for this, which an API token cannot prove."
                            : "Your domain wants a second factor for this: prove it again.");
        }
    }

    private boolean isFresh(Caller caller, Duration window) {
        Instant proved = caller.credential().secondFactorAt();
        return !caller.credential().isToken()
                && proved != null
                && clock.instant().isBefore(proved.plus(window));
    }
}
