package org.bascule.agent.session;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bascule.session.network.Network;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.transport.RelayTransport;

/** The way to the other end of a session. */
@FunctionalInterface
public interface Relays {

    /**
     * Begins to join.
     *
     * @param connect time to connect
     * @param early a connection of {@link #connect}, if there is one
     */
    RelayDialer.Dialling dial(RelayTransport.RelayJoin join, Duration connect, Optional<RelayTransport> early);

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
        return new Relays() {
            @Override
            public Optional<RelayTransport> connect(URI endpoint) {
                return Optional.of(RelayTransport.connect(network, endpoint, RelayDialer.PAIR));
            }

            @Override
            public RelayDialer.Dialling dial(
                    RelayTransport.RelayJoin join, Duration connect, Optional<RelayTransport> early) {
                return RelayDialer.overWebSocket(network, join, connect, early);
            }

            @Override
            public Map<String, Long> roundTrips() {
                return roundTrips.get();
            }
        };
    }
}
