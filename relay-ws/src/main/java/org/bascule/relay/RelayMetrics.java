package org.bascule.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.util.function.ToLongFunction;
import org.bascule.relay.pairing.Lobby;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/** What the relay shows at {@code /metrics}: numbers without names of devices, people or sessions. A relay that is switched off shows none. */
@ApplicationScoped
public class RelayMetrics {

    private static final System.Logger LOG = System.getLogger(RelayMetrics.class.getName());
    private static final String BYTES = "bytes";
    private static final long AFTER_MILLIS = 5_000;

    private final Relay relay;
    private final Instance<MetricRegistry> registries;

    @Inject
    public RelayMetrics(Relay relay, Instance<MetricRegistry> registries) {
        this.relay = relay;
        this.registries = registries;
    }

    /** Registers them when the application has started: before that the container has no registry for it. */
    void applicationStarts(@Observes @Initialized(ApplicationScoped.class) Object event) {
        if (relay.lobby().isPresent()) {
            relay.sockets().schedule(this::register, AFTER_MILLIS);
        }
    }

    private void register() {
        try {
            MetricRegistry registry = registries.get();
            gauge(registry, "sessions", "none", "Pairs of ends that are connected", Lobby::sessions);
            gauge(
                    registry,
                    "connections",
                    "none",
                    "Connections, also of ends that wait or have not proved themselves",
                    Lobby::connections);
            gauge(registry, "queued", BYTES, "What waits for receivers", Lobby::queued);
            gauge(registry, "forwarded", BYTES, "What was forwarded since the start", Lobby::forwarded);
            gauge(
                    registry,
                    "draining",
                    "none",
                    "1 while the relay sends its sessions elsewhere",
                    lobby -> lobby.isDraining() ? 1 : 0);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the relay shows no metrics of its own", e);
        }
    }

    private void gauge(
            MetricRegistry registry, String name, String unit, String description, ToLongFunction<Lobby> value) {
        Metadata metadata = Metadata.builder()
                .withName("bascule_relay_" + name)
                .withUnit(unit)
                .withDescription(description)
                .build();
        registry.gauge(metadata, () -> relay.lobby().map(value::applyAsLong).orElse(0L));
    }
}
