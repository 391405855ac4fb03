package org.bascule.relay.pairing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bascule.websocket.address.Neighbours;
import org.jspecify.annotations.Nullable;

/**
 * Connections without an accepted proof: so many in all, from each address, or of IPv6 for the 64 bits that one end has to itself, and {@value #ADDRESSES_OF_SITE} times as many from each site
 * ({@link Neighbours#site}). When all places are taken the oldest of the site that has most gives way: an honest end needs its place for two round trips, and who wants to keep others away
 * keeps it as long as he can.
 */
final class Unproved {

    static final int ADDRESSES_OF_SITE = 10;

    private final int max;
    private final int maxPerAddress;

    // guarded by this
    private final Map<String, Integer> byAddress = new HashMap<>();
    /** Each with the oldest first. */
    private final Map<String, Set<Stranger>> bySite = new HashMap<>();

    private int all;

    Unproved(int max, int maxPerAddress) {
        this.max = max;
        this.maxPerAddress = maxPerAddress;
    }

    /** Takes one more, unless there are too many of its neighbours. */
    boolean enter(Stranger who) {
        Optional<Stranger> last = Optional.empty();
        synchronized (this) {
            if (isFull(who.address())) {
                return false;
            }
            if (all >= max) {
                last = oldest();
                last.ifPresent(this::leave);
            }
            all++;
            byAddress.merge(Neighbours.of(who.address()), 1, Integer::sum);
            bySite.computeIfAbsent(Neighbours.site(who.address()), site -> new LinkedHashSet<>())
                    .add(who);
        }
        last.ifPresent(Stranger::giveWay);
        return true;
    }

    private boolean isFull(String address) {
        Set<Stranger> site = bySite.get(Neighbours.site(address));
        return byAddress.getOrDefault(Neighbours.of(address), 0) >= maxPerAddress
                || site != null && site.size() >= (long) maxPerAddress * ADDRESSES_OF_SITE;
    }

    private Optional<Stranger> oldest() {
        return bySite.values().stream()
                .max(Comparator.comparingInt(Set::size))
                .map(site -> site.iterator().next());
    }

    /** It has proved itself, or has gone; does nothing for one that is not counted any more. */
    synchronized void leave(Stranger who) {
        String at = Neighbours.site(who.address());
        @Nullable Set<Stranger> site = bySite.get(at);
        if (site == null || !site.remove(who)) {
            return;
        }
        if (site.isEmpty()) {
            bySite.remove(at);
        }
        all--;
        byAddress.computeIfPresent(Neighbours.of(who.address()), (key, count) -> count == 1 ? null : count - 1);
    }

    synchronized int all() {
        return all;
    }
}
