package org.bascule.websocket.container;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.bascule.websocket.address.Neighbours;
import org.bascule.websocket.address.Places;
import org.bascule.websocket.address.TrustedProxies;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseType;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections whose first header is not complete, in all and from each network, and ends at once what is too many, where all have their number the oldest of the network that has most: each takes a socket
 * and some memory, and nobody has looked yet who it is.
 * Those of a trusted proxy are many people's, and count in all.
 * Stands behind the filter that looks for headers, which passes on what is one; what {@link #begun} makes stands before the filter of TLS.
 *
 * <p>Nobody is let in, either, while the server has so much of this in hand that who comes would wait for long: handshakes that all are too late are worse than a refusal, after which people and
 * agents come again. What a connection has in hand is what has come from it and is not answered; one that is silent, or sends a byte now and then, has nothing.
 */
final class Unopened extends BaseFilter {

    /** A {@link Place}; there is one attribute of a name in the server, so it may be another application's, of a class of its own. */
    private static final Attribute<Object> PLACE =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(Unopened.class.getName());

    /** A {@link TlsRecords}, likewise. */
    private static final Attribute<Object> RECORDS =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(TlsRecords.class.getName());

    private final TrustedProxies proxies;
    private final Places<Place> places;
    private volatile int mostInHand;
    private final IntSupplier alsoInHand;
    private final AtomicInteger inHand = new AtomicInteger();

    /** @param alsoInHand what the application has in hand of those whom it does not know yet */
    Unopened(int most, int mostOfNetwork, TrustedProxies proxies, int mostInHand, IntSupplier alsoInHand) {
        this.proxies = proxies;
        this.places = new Places<>(most, mostOfNetwork);
        this.mostInHand = mostInHand;
        this.alsoInHand = alsoInHand;
    }

    /** A server with many processors has fewer threads than that, and what waits for one is not seen to be in hand. */
    void inHandAtMost(int most) {
        mostInHand = Math.min(mostInHand, most);
    }

    /** Of one connection, until its header or its end. */
    private final class Place {

        private final Connection<?> connection;
        private final Optional<String> network;
        private final AtomicBoolean left = new AtomicBoolean();
        private final AtomicBoolean working = new AtomicBoolean();

        private Place(Connection<?> connection, Optional<String> network) {
            this.connection = connection;
            this.network = network;
        }

        private void leave() {
            if (left.compareAndSet(false, true)) {
                places.leave(this, network);
            }
            rest();
        }

        /** Unless its header has come meanwhile. */
        private void giveWay() {
            if (left.compareAndSet(false, true)) {
                connection.terminateSilently();
            }
        }

        private void work() {
            if (working.compareAndSet(false, true)) {
                inHand.incrementAndGet();
            }
        }

        private void rest() {
            if (working.compareAndSet(true, false)) {
                inHand.decrementAndGet();
            }
        }
    }

    /** Of a connection that is counted, to a listener with TLS. */
    static @Nullable TlsRecords records(Connection<?> connection) {
        return RECORDS.get(connection) instanceof TlsRecords records ? records : null;
    }

    /** Nothing of it is read by the container any more. */
    static void forget(Connection<?> connection) {
        RECORDS.remove(connection);
    }

    /** Counts what is in hand. */
    final class Begun extends BaseFilter {

        private final boolean tls;

        private Begun(boolean tls) {
            this.tls = tls;
        }

        /** From the first byte on, or not at all. */
        @Override
        public NextAction handleAccept(FilterChainContext context) {
            if (tls) {
                RECORDS.set(context.getConnection(), new TlsRecords());
            }
            return context.getInvokeAction();
        }

        @Override
        public NextAction handleRead(FilterChainContext context) {
            TlsRecords records = records(context.getConnection());
            if (records != null && context.getMessage() instanceof Buffer bytes) {
                records.came(bytes);
            }
            if (PLACE.get(context.getConnection()) instanceof Place place) {
                place.work();
                context.addCompletionListener(done -> place.rest());
            }
            return context.getInvokeAction();
        }
    }

    /** @param tls whether TLS is behind it */
    Begun begun(boolean tls) {
        return new Begun(tls);
    }

    @Override
    public NextAction handleAccept(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        Optional<String> network = network(connection);
        Place place = new Place(connection, network);
        if (isBusy() || !enter(place)) {
            connection.terminateSilently();
            return context.getStopAction();
        }
        PLACE.set(connection, place);
        CloseListener<Closeable, CloseType> end = (closed, type) -> place.leave();
        connection.addCloseListener(end);
        return context.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (PLACE.remove(context.getConnection()) instanceof Place place) {
            place.leave();
        }
        return context.getInvokeAction();
    }

    /** Empty for a proxy. */
    private Optional<String> network(Connection<?> connection) {
        if (connection.getPeerAddress() instanceof InetSocketAddress peer && peer.getAddress() != null) {
            return proxies.contains(peer.getAddress())
                    ? Optional.empty()
                    : Optional.of(Neighbours.network(peer.getAddress()));
        }
        return Optional.of("");
    }

    private boolean isBusy() {
        return inHand.get() >= mostInHand || alsoInHand.getAsInt() >= mostInHand;
    }

    private boolean enter(Place place) {
        Places.Outcome<Place> outcome = places.enter(place, place.network);
        outcome.givesWay().ifPresent(Place::giveWay);
        return outcome.taken();
    }
}
