package org.bascule.agent.session;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.bascule.session.network.Network;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;

/** The way to the other end of a session. */
@FunctionalInterface
public interface Relays {

    /**
     * Joins; the future fails if that cannot be done in time.
     *
     * @param early a connection of {@link #connect}
     */
    CompletableFuture<? extends Transport> join(RelayTransport.RelayJoin join, Optional<RelayTransport> early);

    /** Begins to join a relay at which a session is to go on. */
    default RelayDialer.Dialling dial(RelayTransport.RelayJoin join) {
        return new RelayDialer.Dialling(join(join, Optional.empty()), () -> {});
    }

    /** Connects to the relay that will probably be joined, while the handshake is answered. */
    default Optional<RelayTransport> connect(URI endpoint) {
        return Optional.empty();
    }

    /** Milliseconds to and from each relay, by its id, as far as they are known now. */
    default Map<String, Long> roundTrips() {
        return Map.of();
    }

    /**
     * Over WebSockets.
     *
     * @param roundTrips see {@link #roundTrips}
     */
    static Relays overWebSocket(Network network, Supplier<Map<String, Long>> roundTrips) {
        Duration within = Duration.ofSeconds(35);
        return new Relays() {
            @Override
            public Optional<RelayTransport> connect(URI endpoint) {
                return Optional.of(RelayTransport.connect(network, endpoint, within));
            }

            @Override
            public RelayDialer.Dialling dial(RelayTransport.RelayJoin join) {
                return RelayDialer.overWebSocket(network, join);
            }

            @Override
            public Map<String, Long> roundTrips() {
                return roundTrips.get();
            }

            @Override
            public CompletableFuture<? extends Transport> join(
                    RelayTransport.RelayJoin join, Optional<RelayTransport> early) {
                return RelayTransport.join(network, join, within, early);
            }
        };
    }
}
