package org.bascule.web.listener;

import com.sun.enterprise.config.serverbeans.Config;
import com.sun.enterprise.v3.services.impl.GrizzlyProxy;
import com.sun.enterprise.v3.services.impl.GrizzlyService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.config.GenericGrizzlyListener;
import org.glassfish.grizzly.filterchain.Filter;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.glassfish.internal.api.Globals;

/**
 * Limits the time from the beginning of a connection, or the end of a request, until the next request's header is complete, to {@code timeout-seconds} of the listener's HTTP.
 *
 * <p>The server measures how long a connection is silent, before it looks for a header in what has come: a byte a second is never silent. When that is measured behind the header, what is
 * no header yet does not count. Everything else stays as it is: while a request is being answered, or has become a WebSocket, nothing is measured.
 */
final class HeaderTime {

    private static final Logger LOG = System.getLogger(HeaderTime.class.getName());
    /** The name of the configuration of the server that this is, in the server's registry. */
    private static final String THIS_SERVER = "default-instance-name";

    private HeaderTime() {}

    /** For all connections that come from now on. */
    static void limit(String listener) {
        Transport transport = transport(listener);
        Optional<FilterChain> chain =
                transport.getProcessor() instanceof FilterChain filters ? behindTheHeader(filters) : Optional.empty();
        if (chain.isPresent()) {
            transport.setProcessor(chain.get());
        } else {
            LOG.log(Level.WARNING, "{0} does not limit the time of a request''s header", listener);
        }
    }

    private static Transport transport(String listener) {
        Config config = Globals.getDefaultHabitat().getService(Config.class, THIS_SERVER);
        GrizzlyProxy proxy = (GrizzlyProxy) Globals.get(GrizzlyService.class)
                .lookupNetworkProxy(config.getNetworkConfig().getNetworkListener(listener));
        return ((GenericGrizzlyListener) proxy.getUnderlyingListener()).getTransport();
    }

    /** The same filters with that of the silence behind that of the header; nothing if they are not there. */
    static Optional<FilterChain> behindTheHeader(FilterChain filters) {
        List<Filter> moved = new ArrayList<>(filters);
        int idle = indexOf(IdleTimeoutFilter.class, moved);
        int header = indexOf(HttpServerFilter.class, moved);
        if (idle < 0 || header < 0) {
            return Optional.empty();
        }
        if (idle < header) {
            moved.add(header, moved.remove(idle));
        }
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
