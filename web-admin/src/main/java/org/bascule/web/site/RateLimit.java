package org.bascule.web.site;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.bascule.domain.guard.Network;

/**
 * Lets so many requests of one address through in so much time, evenly refilled. Bounded: beyond {@value #MAX_ADDRESSES} addresses in that time,
 * new ones share what is left of one allowance.
 */
public final class RateLimit {

    static final int MAX_ADDRESSES = 50_000;
    private static final String OTHERS = "others";

    private final int allowance;
    private final Duration window;
    private final InstantSource clock;

    /** When the whole allowance of an address is back, in milliseconds; guarded by this. */
    private final Map<String, Long> fullAt = new HashMap<>();

    public RateLimit(int allowance, Duration window, InstantSource clock) {
        this.allowance = allowance;
        this.window = window;
        this.clock = clock;
    }

    /** Counts a request; false if it is one too many. Addresses of one network that somebody usually has as a whole (IPv6: 64 bits) are one. */
    public boolean admits(String address) {
        return admitsKey(Network.of(address).text());
    }

    private synchronized boolean admitsKey(String address) {
        long now = clock.millis();
        if (fullAt.size() >= MAX_ADDRESSES && !fullAt.containsKey(address)) {
            fullAt.values().removeIf(full -> full <= now);
        }
        String key = fullAt.size() >= MAX_ADDRESSES && !fullAt.containsKey(address) ? OTHERS : address;
        long full = Math.max(now, fullAt.getOrDefault(key, now)) + window.toMillis() / allowance;
        if (full - now > window.toMillis()) {
            return false;
        }
        fullAt.put(key, full);
        return true;
    }
}
