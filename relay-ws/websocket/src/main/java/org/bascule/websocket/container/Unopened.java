package org.bascule.websocket.container;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.websocket.address.Neighbours;
import org.bascule.websocket.address.TrustedProxies;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.CloseType;
import org.glassfish.grizzly.Closeable;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;

/**
 * Counts connections whose first header is not complete, in all and from each network, and ends at once what is too many: each takes a socket and some memory, and nobody has looked yet who it is.
 * Those of a trusted proxy are many people's, and count in all.
 * Stands behind the filter that looks for headers, which passes on what is one.
 */
final class Unopened extends BaseFilter {

    private static final Attribute<Place> PLACE =
            Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(Unopened.class.getName());

    private final int most;
    private final int mostOfNetwork;
    private final TrustedProxies proxies;

    // guarded by this
    private final Map<String, Integer> byNetwork = new HashMap<>();
    private int all;

    Unopened(int most, int mostOfNetwork, TrustedProxies proxies) {
        this.most = most;
        this.mostOfNetwork = mostOfNetwork;
        this.proxies = proxies;
    }

    /** Of one connection, until its header or its end. */
    private final class Place {

        private final Optional<String> network;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(Optional<String> network) {
            this.network = network;
        }

        private void leave() {
            if (left.compareAndSet(false, true)) {
                left(network);
            }
        }
    }

    @Override
    public NextAction handleAccept(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        Optional<String> network = network(connection);
        if (!enter(network)) {
            connection.terminateSilently();
            return context.getStopAction();
        }
        Place place = new Place(network);
        PLACE.set(connection, place);
        CloseListener<Closeable, CloseType> end = (closed, type) -> place.leave();
        connection.addCloseListener(end);
        return context.getInvokeAction();
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Place place = PLACE.remove(context.getConnection());
        if (place != null) {
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

    private synchronized boolean enter(Optional<String> network) {
        int here = network.map(known -> byNetwork.getOrDefault(known, 0)).orElse(0);
        if (all >= most || here >= mostOfNetwork) {
            return false;
        }
        network.ifPresent(known -> byNetwork.put(known, here + 1));
        all++;
        return true;
    }

    private synchronized void left(Optional<String> network) {
        network.ifPresent(known -> byNetwork.computeIfPresent(known, (key, count) -> count == 1 ? null : count - 1));
        all--;
    }
}
