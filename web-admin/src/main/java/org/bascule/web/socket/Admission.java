package org.bascule.web.socket;

import java.util.HashMap;
import java.util.Map;
import org.bascule.domain.guard.Network;

/** Counts sockets that have not proved themselves yet, in all and by address, of IPv6 by the 64 bits that one end has to itself, so that strangers cannot use the server up. */
public final class Admission {

    private final int maxInAll;
    private final int maxByAddress;

    // guarded by this
    private final Map<String, Integer> byAddress = new HashMap<>();
    private int inAll;

    public Admission(int maxInAll, int maxByAddress) {
        this.maxInAll = maxInAll;
        this.maxByAddress = maxByAddress;
    }

    /** Counts one more, unless that would be too many. */
    public synchronized boolean enter(String address) {
        String who = Network.of(address).text();
        int here = byAddress.getOrDefault(who, 0);
        if (inAll >= maxInAll || here >= maxByAddress) {
            return false;
        }
        byAddress.put(who, here + 1);
        inAll++;
        return true;
    }

    /** One that was let in has proved itself or has gone. */
    public synchronized void leave(String address) {
        String who = Network.of(address).text();
        Integer here = byAddress.get(who);
        if (here == null) {
            throw new IllegalStateException("nobody entered from " + address);
        }
        if (here == 1) {
            byAddress.remove(who);
        } else {
            byAddress.put(who, here - 1);
        }
        inAll--;
    }
}
