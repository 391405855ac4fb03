package org.bascule.session.resume;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bascule.session.network.Network;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;

/** Connects to relays. */
@FunctionalInterface
public interface RelayDialer {

    /** Begins to join; does not block. */
    Dialling dial(RelayJoin join);

    /**
     * A connection on its way.
     *
     * @param paired completes when the other end is there too; fails if that comes to nothing
     * @param abort gives it up, at any time
     */
    record Dialling(CompletableFuture<? extends Transport> paired, Runnable abort) {}

    /** Time to connect. */
    Duration CONNECT = Duration.ofSeconds(5);
    /** The relay waits 30 s for the other end; a little more for the way. */
    Duration PAIR = Duration.ofSeconds(35);

    /**
     * Through the relay's WebSocket.
     *
     * @param early a connection that may lead there
     */
    static Dialling overWebSocket(Network network, RelayJoin join, Optional<RelayTransport> early) {
        RelayTransport connecting = RelayTransport.connect(network, join, CONNECT, early);
        CompletableFuture<RelayTransport> paired = connecting.join(join, PAIR);
        return new Dialling(paired, () -> {
            connecting.abort();
            paired.thenAccept(RelayTransport::abort);
        });
    }
}
