package org.bascule.relay.pairing;

import java.util.HashMap;
import java.util.Map;
import org.bascule.websocket.address.Neighbours;

/** Counts connections without an accepted proof, in all and for each address, or of IPv6 for the 64 bits that one end has to itself. */
final class Unproved {

    private final int max;
    private final int maxPerAddress;

    // guarded by this
    private final Map<String, Integer> byAddress = new HashMap<>();
    private int all;

    Unproved(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** Counts one more, unless that is one too many. */
    synchronized boolean enter(String address) {
        String here = Neighbours.of(address);
        if (all >= max || byAddress.getOrDefault(here, 0) >= maxPerAddress) {
            return false;
        }
        all++;
        byAddress.merge(here, 1, Integer::sum);
        return true;
    }

    synchronized void leave(String address) {
        all--;
        byAddress.computeIfPresent(Neighbours.of(address), (key, count) -> count == 1 ? null : count - 1);
    }

    synchronized int all() {
        return all;
    }
}
