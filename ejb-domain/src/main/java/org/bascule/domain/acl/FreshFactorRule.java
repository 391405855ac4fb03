package org.bascule.domain.acl;

import java.time.Duration;
import java.util.Optional;

/** For what a domain wants a second factor that was proved a moment ago, and how long that moment is (requirement IDN-9). */
public interface FreshFactorRule {

    /** For actions that need the permission; empty if none is wanted. */
    Optional<Duration> window(String domainId, Permission permission);

    /**
     * For making an API token of the user, which asks for no second factor when it is used; empty if none is wanted.
     *
     * @param has whether the user signed in with one: then one is wanted whatever the domain requires
     */
    Optional<Duration> windowForTokens(String domainId, String userId, boolean has);
}
