package org.bascule.session.resume;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.bascule.session.network.Network;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.ReserveRelay;

/** Connects to relays. */
@FunctionalInterface
public interface RelayDialer {

    /**
     * Begins to join; does not block.
     *
     * @param connect time to connect; the other end has {@link #PAIR} in any case
     */
    Dialling dial(RelayJoin join, Duration connect);

    /**
     * A connection on its way.
     *
     * @param paired completes when the other end is there too; fails if that comes to nothing
     * @param abort gives it up, at any time
     * @param waiting whether this end is at the relay and the other one is not
     */
    record Dialling(CompletableFuture<? extends Transport> paired, Runnable abort, BooleanSupplier waiting) {

        /** One that is not seen waiting. */
        public Dialling(CompletableFuture<? extends Transport> paired, Runnable abort) {
            this(paired, abort, () -> false);
        }
    }

    /** Time to connect where that can be tried again, there or elsewhere. */
    Duration CONNECT = Duration.ofSeconds(5);
    /** The relay waits 30 s for the other end; a little more for the way. */
    Duration PAIR = Duration.ofSeconds(35);

    /**
     * What the first relay of a session is given.
     *
     * @param connect time to connect
     * @param pair until the other end is there, too
     */
    record First(Duration connect, Duration pair) {

        private static final First OF_SEVERAL = new First(CONNECT, Duration.ofSeconds(10));
        private static final First ONLY = new First(PAIR, PAIR);

        /** The relay that was named is in the reserve as well: only another one is a reason to leave it soon. */
        public static First of(RelayAddress named, List<ReserveRelay> reserve) {
            return reserve.stream().allMatch(one -> one.relay().id().equals(named.id())) ? ONLY : OF_SEVERAL;
        }
    }

    /**
     * Through the relay's WebSocket.
     *
     * @param early a connection that may lead there
     */
    static Dialling overWebSocket(Network network, RelayJoin join, Duration connect, Optional<RelayTransport> early) {
        RelayTransport connecting = RelayTransport.connect(network, join, connect, early);
        CompletableFuture<RelayTransport> paired = connecting.join(join, PAIR);
        return new Dialling(
                paired,
                () -> {
                    connecting.abort();
                    paired.thenAccept(RelayTransport::abort);
                },
                connecting::isWaiting);
    }
}
