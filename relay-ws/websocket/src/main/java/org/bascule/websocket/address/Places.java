package org.bascule.websocket.address;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Places for those of whom nobody knows yet who they are. Where all are taken the network that has most of them gives way to one that has fewer, so whoever takes all from a few networks keeps nobody out.
 *
 * @param <T> who takes one; told apart by {@code equals}
 */
public final class Places<T> {

    private final int most;
    private final int mostOfNetwork;

    // guarded by this; of each network in the order in which they came
    private final Map<String, Set<T>> byNetwork = new HashMap<>();
    private int all;

    /**
     * What became of one that came.
     *
     * @param taken whether it has a place
     * @param givesWay who has it no more, and is to be told so
     */
    public record Outcome<T>(boolean taken, Optional<T> givesWay) {}

    /**
     * @param most in all
     * @param mostOfNetwork of one network
     */
    public Places(int most, int mostOfNetwork) {
        this.most = most;
        this.mostOfNetwork = mostOfNetwork;
    }

    /** @param network empty for one that comes from many: it counts in all alone, and gives way to nobody */
    public synchronized Outcome<T> enter(T comer, Optional<String> network) {
        int here = network.map(known -> size(byNetwork.get(known))).orElse(0);
        if (here >= mostOfNetwork) {
            return new Outcome<>(false, Optional.empty());
        }
        Optional<T> givesWay = Optional.empty();
        if (all >= most) {
            givesWay = byNetwork.entrySet().stream()
                    .max(Comparator.comparingInt(each -> each.getValue().size()))
                    .filter(largest -> here + 1 < largest.getValue().size())
                    .map(largest -> first(largest.getKey(), largest.getValue()));
            if (givesWay.isEmpty()) {
                return new Outcome<>(false, givesWay);
            }
        }
        network.ifPresent(known ->
                byNetwork.computeIfAbsent(known, key -> new LinkedHashSet<>()).add(comer));
        all++;
        return new Outcome<>(true, givesWay);
    }

    private T first(String network, Set<T> members) {
        T first = members.iterator().next();
        leave(first, Optional.of(network));
        return first;
    }

    private static int size(@Nullable Set<?> members) {
        return members == null ? 0 : members.size();
    }

    /**
     * It needs its place no more.
     *
     * @return whether it had one; it has none where it gave way
     */
    public synchronized boolean leave(T member, Optional<String> network) {
        if (network.isEmpty()) {
            all--;
            return true;
        }
        Set<T> members = byNetwork.get(network.get());
        if (members == null || !members.remove(member)) {
            return false;
        }
        all--;
        if (members.isEmpty()) {
            byNetwork.remove(network.get());
        }
        return true;
    }

    public synchronized int all() {
        return all;
    }
}
