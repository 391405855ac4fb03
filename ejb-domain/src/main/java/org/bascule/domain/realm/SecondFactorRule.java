package org.bascule.domain.realm;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.database.Transactions;

/**
 * Of whom a second factor is asked, answered for the sign-in and for every request of a running session alike (IDN-4). Answers come from memory; they are
 * worked out anew when anything about the domain's rights, groups or sign-in settings was changed, here at once and on other nodes within a second or two.
 */
@ApplicationScoped
public class SecondFactorRule {

    private static final int MAX_DOMAINS = 1_000;

    @Inject
    DomainSignIn rules;

    @Inject
    Authorization authorization;

    @Inject
    Transactions transactions;

    private record Held(long version, SignInSettings settings) {}

    private final Map<String, Held> held = new ConcurrentHashMap<>();

    /** Whether the user must have proved a second factor. */
    public boolean isRequired(String domainId, String userId) {
        SignInSettings.SecondFactor factor = settings(domainId).secondFactor();
        return switch (factor.mode()) {
            case VOLUNTARY -> false;
            case EVERYBODY -> true;
            case CHOSEN -> authorization.isOneOf(domainId, userId, factor.principals());
        };
    }

    /** The settings in force, from memory: which permissions want a fresh factor, for example. */
    public SignInSettings settings(String domainId) {
        long version = authorization.rightsVersion(domainId);
        Held known = held.get(domainId);
        if (known != null && known.version() == version) {
            return known.settings();
        }
        // not by the present transaction, which may look at the past, or at what it has changed itself: then it is not
        // kept for that version
        Held read = transactions.inNew(() -> new Held(rules.rightsVersion(domainId), rules.of(domainId)));
        if (held.size() >= MAX_DOMAINS) {
            held.clear();
        }
        held.put(domainId, read);
        return read.settings();
    }
}
