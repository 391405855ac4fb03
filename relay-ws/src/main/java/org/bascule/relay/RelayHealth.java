package org.bascule.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.bascule.relay.admission.InstallationKeys;
import org.bascule.relay.pairing.Lobby;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready when the key set is there and the relay is not being stopped. A relay that is switched off is no reason to take the server out of
 * service.
 */
@Readiness
@ApplicationScoped
public class RelayHealth implements HealthCheck {

    private final Relay relay;

    /** For the container's proxy. */
    protected RelayHealth() {
        this(new Relay());
    }

    @Inject
    public RelayHealth(Relay relay) {
        this.relay = relay;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder answer = HealthCheckResponse.named("bascule-relay");
        if (relay.lobby().isEmpty() || relay.keys().isEmpty()) {
            return answer.withData("state", "switched off").up().build();
        }
        Lobby lobby = relay.lobby().get();
        InstallationKeys keys = relay.keys().get();
        boolean haveKeys = keys.current().isPresent();
        return answer.withData("state", state(lobby, haveKeys))
                .withData("connections", lobby.connections())
                .withData("sessions", lobby.sessions())
                .withData("queued", lobby.queued())
                .status(haveKeys && !lobby.isDraining())
                .build();
    }

    private static String state(Lobby lobby, boolean haveKeys) {
        if (lobby.isDraining()) {
            return "draining";
        }
        return haveKeys ? "ready" : "no key set";
    }
}
