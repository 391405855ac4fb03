package org.bascule.web.socket;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.bascule.domain.guard.Network;

/**
 * Counts sockets that have not proved themselves yet, so that strangers cannot use the server up: in all, by address, of IPv6 by the 64 bits that one end has to itself, and by the 48 that one site usually
 * gets, which may have half of all.
 */
public final class Admission {

    private final int maxInAll;
    private final int maxByAddress;

    // guarded by this
    /** By address and by site. */
    private final Map<String, Integer> counts = new HashMap<>();

    private int inAll;

    public Admission(int maxInAll, int maxByAddress) {
        this.maxInAll = maxInAll;
        this.maxByAddress = maxByAddress;
    }

    /** Counts one more, unless that would be too many. */
    public synchronized boolean enter(String address) {
        Network network = Network.of(address);
        if (inAll >= maxInAll
                || count(network.text()) >= maxByAddress
                || network.wide() != null && count(network.wide()) >= maxInAll / 2) {
            return false;
        }
        counters(network).forEach(counter -> counts.merge(counter, 1, Integer::sum));
        inAll++;
        return true;
    }

    private int count(String counter) {
        return counts.getOrDefault(counter, 0);
    }

    private static Stream<String> counters(Network network) {
        return Stream.concat(Stream.of(network.text()), Stream.ofNullable(network.wide()));
    }

    /** One that was let in has proved itself or has gone. */
    public synchronized void leave(String address) {
        Network network = Network.of(address);
        if (count(network.text()) == 0) {
            throw new IllegalStateException("nobody entered from " + address);
        }
        counters(network).forEach(counter -> counts.computeIfPresent(counter, (key, n) -> n == 1 ? null : n - 1));
        inAll--;
    }
}
