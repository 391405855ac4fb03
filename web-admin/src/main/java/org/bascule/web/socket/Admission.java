package org.bascule.web.socket;

import java.util.HashMap;
import java.util.Map;

/** Counts sockets that have not proved themselves yet, in all and by address, so that strangers cannot use the server up. */
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
        int here = byAddress.getOrDefault(address, 0);
        if (inAll >= maxInAll || here >= maxByAddress) {
            return false;
        }
        byAddress.put(address, here + 1);
        inAll++;
        return true;
    }

    /** One that was let in has proved itself or has gone. */
    public synchronized void leave(String address) {
        Integer here = byAddress.get(address);
        if (here == null) {
            throw new IllegalStateException("nobody entered from " + address);
        }
        if (here == 1) {
            byAddress.remove(address);
        } else {
            byAddress.put(address, here - 1);
        }
        inAll--;
    }
}
