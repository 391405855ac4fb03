package org.bascule.websocket.container;

import com.sun.enterprise.config.serverbeans.Config;
import com.sun.enterprise.v3.services.impl.GrizzlyProxy;
import com.sun.enterprise.v3.services.impl.GrizzlyService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import org.bascule.websocket.address.TrustedProxies;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.config.GenericGrizzlyListener;
import org.glassfish.grizzly.config.dom.NetworkListener;
import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.grizzly.threadpool.ThreadPoolConfig;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.glassfish.internal.api.Globals;

/**
 * Limits connections that have not said what they want: their number until the first header is complete ({@link Unopened}), and the time from the beginning of a connection, or the end of a
 * request, until the next request's header is complete, to {@code timeout-seconds} of the listener's HTTP. A TLS handshake is before the header.
 *
 * <p>The server measures how long a connection is silent, before it looks for a header in what has come: a byte a second is never silent. When that is measured behind the header, what is
 * no header yet does not count. Everything else stays as it is: while a request is being answered, or has become a WebSocket, nothing is measured.
 */
public final class Openings {

    /** Enough for a whole installation that comes back at once, and for an office behind one address. */
    public static final int MOST = 2_000;

    public static final int MOST_OF_NETWORK = 200;
    /** For each processor. A handshake takes some milliseconds, so this is what is done within a fraction of a second, or within a few seconds by a server that has just started. */
    private static final int MOST_IN_HAND = 64;

    private static final Logger LOG = System.getLogger(Openings.class.getName());
    /** The name of the configuration of the server that this is, in the server's registry. */
    private static final String THIS_SERVER = "default-instance-name";

    private static final Set<String> OURS = Set.of(Unopened.class.getName(), Unopened.Begun.class.getName());
    private static final String ADMINISTRATION = "admin-listener";

    private final Unopened unopened;
    private final List<Changed> changed = new ArrayList<>();

    private record Changed(Transport transport, FilterChain before, FilterChain after) {}

    /**
     * Limits for all listeners together.
     *
     * @param most connections whose first header is not complete
     * @param mostOfNetwork the same from one network: 24 bits of an IPv4 address, 48 of an IPv6 address
     * @param proxies that are not bounded as a network is, since many come through them
     * @param inHand how many of those who are not known yet wait for an answer of the application
     */
    public Openings(int most, int mostOfNetwork, TrustedProxies proxies, IntSupplier inHand) {
        this(new Unopened(
                most,
                mostOfNetwork,
                proxies,
                MOST_IN_HAND * Runtime.getRuntime().availableProcessors(),
                inHand));
    }

    Openings(Unopened unopened) {
        this.unopened = unopened;
    }

    /**
     * One of these limits as it is configured.
     *
     * @param value empty where it is not
     * @throws IllegalArgumentException naming the setting: with less than one, nobody could connect
     */
    public static int number(String setting, Optional<Integer> value, int otherwise) {
        int number = value.orElse(otherwise);
        if (number < 1) {
            throw new IllegalArgumentException(setting + " is at least 1");
        }
        return number;
    }

    /** For all connections that come from now on to the listeners that are open, but the server's own for its administration. Does nothing where the container is another. */
    public void limitAll() {
        try {
            for (NetworkListener listener :
                    configuration().getNetworkConfig().getNetworkListeners().getNetworkListener()) {
                if (!ADMINISTRATION.equals(listener.getName())) {
                    transport(listener).ifPresent(transport -> limit(listener.getName(), transport));
                }
            }
        } catch (LinkageError | RuntimeException e) {
            LOG.log(Level.WARNING, "connections that say nothing are not limited: the container is another", e);
        }
    }

    /** For all connections that come to this listener from now on. */
    public void limit(String listener) {
        transport(configuration().getNetworkConfig().getNetworkListener(listener))
                .ifPresentOrElse(transport -> limit(listener, transport), () -> warn(listener));
    }

    /** @param listener for the log */
    void limit(String listener, Transport transport) {
        if (transport.getProcessor() instanceof FilterChain filters) {
            FilterChain before = withoutOthers(filters);
            limited(before)
                    .ifPresentOrElse(after -> change(new Changed(transport, before, after)), () -> warn(listener));
        } else {
            warn(listener);
        }
    }

    private synchronized void change(Changed change) {
        ThreadPoolConfig workers = change.transport().getWorkerThreadPoolConfig();
        if (workers != null && workers.getMaxPoolSize() > 1) {
            unopened.inHandAtMost(workers.getMaxPoolSize() / 2);
        }
        change.transport().setProcessor(change.after());
        changed.add(change);
    }

    /** As it was before, for connections that come from now on. Where somebody else has limited them since, these limits are gone already. */
    public synchronized void undo() {
        for (Changed change : changed) {
            if (change.after().equals(change.transport().getProcessor())) {
                change.transport().setProcessor(change.before());
            }
        }
        changed.clear();
    }

    private static void warn(String listener) {
        LOG.log(Level.WARNING, "{0} does not limit connections that say nothing", listener);
    }

    private static Config configuration() {
        return Globals.getDefaultHabitat().getService(Config.class, THIS_SERVER);
    }

    private static Optional<Transport> transport(NetworkListener listener) {
        return Globals.get(GrizzlyService.class).lookupNetworkProxy(listener) instanceof GrizzlyProxy proxy
                        && proxy.getUnderlyingListener() instanceof GenericGrizzlyListener open
                ? Optional.ofNullable(open.getTransport())
                : Optional.empty();
    }

    /** Those of another application are of a class of its own. */
    private static FilterChain withoutOthers(FilterChain filters) {
        List<Filter> left = new ArrayList<>(filters);
        return left.removeIf(filter -> OURS.contains(filter.getClass().getName()))
                ? FilterChainBuilder.stateless().addAll(left).build()
                : filters;
    }

    /** The same filters with that of the silence behind that of the header, and the count between; nothing if they are not there. */
    private Optional<FilterChain> limited(FilterChain filters) {
        List<Filter> moved = new ArrayList<>(filters);
        int idle = indexOf(IdleTimeoutFilter.class, moved);
        int header = indexOf(HttpServerFilter.class, moved);
        if (idle < 0 || header < 0) {
            return Optional.empty();
        }
        if (idle < header) {
            moved.add(header, moved.remove(idle));
            header--;
        }
        moved.add(header + 1, unopened);
        moved.add(1, unopened.begun(indexOf(SSLBaseFilter.class, moved) >= 0)); // behind the transport's own
        return Optional.of(FilterChainBuilder.stateless().addAll(moved).build());
    }

    private static int indexOf(Class<? extends Filter> type, List<Filter> filters) {
        for (int i = 0; i < filters.size(); i++) {
            if (type.isInstance(filters.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
