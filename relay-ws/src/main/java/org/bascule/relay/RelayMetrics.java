package org.bascule.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.function.ToLongFunction;
import org.bascule.relay.pairing.Lobby;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** What the relay shows at {@code /metrics}: numbers without names of devices, people or sessions. A relay that is switched off shows zeros. */
@ApplicationScoped
public class RelayMetrics {

    private static final String BYTES = "bytes";

    private final Relay relay;
    private final MetricRegistry registry;

    @Inject
    public RelayMetrics(Relay relay, MetricRegistry registry) {
        this.relay = relay;
        this.registry = registry;
    }

    /** Registers them when the application starts. */
    void applicationStarts(@Observes @Initialized(ApplicationScoped.class) Object event) {
        gauge("sessions", "none", "Pairs of ends that are connected", Lobby::sessions);
        gauge(
                "connections",
                "none",
                "Connections, also of ends that wait or have not proved themselves",
                Lobby::connections);
        gauge("queued", BYTES, "What waits for receivers", Lobby::queued);
        gauge("forwarded", BYTES, "What was forwarded since the start", Lobby::forwarded);
        gauge(
                "draining",
                "none",
                "1 while the relay sends its sessions elsewhere",
                lobby -> lobby.isDraining() ? 1 : 0);
    }

    private void gauge(String name, String unit, String description, ToLongFunction<Lobby> value) {
        Metadata metadata = Metadata.builder()
                .withName("bascule_relay_" + name)
                .withUnit(unit)
                .withDescription(description)
                .build();
        registry.gauge(metadata, () -> relay.lobby().map(value::applyAsLong).orElse(0L));
    }
}
