package org.bascule.websocket.address;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Connections without an accepted proof: so many in all, from each address, or of IPv6 for the 64 bits that one end has to itself, and {@value #ADDRESSES_OF_NETWORK} times as many from each network
 * ({@link Neighbours#network(String)}). When all places are taken the oldest of the network that has most gives way: an honest end needs its place for two round trips, and who wants to keep others away
 * keeps it as long as he can.
 */
public final class Strangers {

    public static final int ADDRESSES_OF_NETWORK = 10;

    private final int maxPerAddress;
    private final Places<Stranger> places;

    // guarded by this
    private final Map<String, Integer> byAddress = new HashMap<>();

    /**
     * @param max in all
     * @param maxPerAddress of one address
     */
    public Strangers(int max, int maxPerAddress) {
        this.maxPerAddress = maxPerAddress;
        this.places = new Places<>(max, (int) Math.min(max, (long) maxPerAddress * ADDRESSES_OF_NETWORK));
    }

    /** Takes one more, unless there are too many of its neighbours. */
    public boolean enter(Stranger who) {
        Places.Outcome<Stranger> outcome;
        synchronized (this) {
            if (byAddress.getOrDefault(Neighbours.of(who.address()), 0) >= maxPerAddress) {
                return false;
            }
            outcome = places.enter(who, network(who));
            if (outcome.taken()) {
                byAddress.merge(Neighbours.of(who.address()), 1, Integer::sum);
            }
            outcome.givesWay().ifPresent(this::forget);
        }
        outcome.givesWay().ifPresent(Stranger::giveWay);
        return outcome.taken();
    }

    private static Optional<String> network(Stranger who) {
        return Optional.of(Neighbours.network(who.address()));
    }

    private void forget(Stranger who) {
        byAddress.computeIfPresent(Neighbours.of(who.address()), (key, count) -> count == 1 ? null : count - 1);
    }

    /** It has proved itself, or has gone; does nothing for one that is not counted any more. */
    public synchronized void leave(Stranger who) {
        if (places.leave(who, network(who))) {
            forget(who);
        }
    }

    public int all() {
        return places.all();
    }
}
