package org.bascule.domain.realm;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.bascule.domain.acl.FreshFactorRule;
import org.bascule.domain.acl.Permission;

/** What the domain has decided about second factors that were proved a moment ago. */
@ApplicationScoped
public class FreshFactorWindows implements FreshFactorRule {

    @Inject
    SecondFactorRule rule;

    @Override
    public Optional<Duration> window(String domainId, Permission permission) {
        SignInSettings.FreshFactor fresh = rule.settings(domainId).freshFactor();
        return Optional.of(Duration.ofMinutes(fresh.minutes()))
                .filter(window -> fresh.permissions().contains(permission));
    }

    /** A token is a way past the second factor: wherever one is wanted or required, its maker has just proved one. */
    @Override
    public Optional<Duration> windowForTokens(String domainId, String userId, boolean has) {
        SignInSettings.FreshFactor fresh = rule.settings(domainId).freshFactor();
        return Optional.of(Duration.ofMinutes(fresh.minutes()))
                .filter(window -> has || !fresh.permissions().isEmpty() || rule.isRequired(domainId, userId));
    }
}
