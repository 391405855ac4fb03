package org.bascule.web.site;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.relay.RelayDirectory;
import org.eclipse.microprofile.config.ConfigProvider;

/** Reads the settings once, when the application starts. */
@ApplicationScoped
class SiteProducer {

    private final Site site = Site.from(ConfigProvider.getConfig());

    @Produces
    Site site() {
        return site;
    }

    @Produces
    SecurityHeaders headers(RelayDirectory relays) {
        return SecurityHeaders.of(
                site, () -> relays.all().stream().map(LiveRelay::url).toList());
    }
}
