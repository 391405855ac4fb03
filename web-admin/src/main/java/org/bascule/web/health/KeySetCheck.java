package org.bascule.web.health;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.bascule.domain.pki.Installation;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the operator has signed the key set. */
@Readiness
@ApplicationScoped
public class KeySetCheck implements HealthCheck {

    @Inject
    private Installation installation;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("key-set")
                .status(installation.keySet().isPresent())
                .build();
    }
}
