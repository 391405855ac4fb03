package org.bascule.domain.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * How far relays are from where people and devices are, for the operator: the newest round trips that ends of sessions have measured, by the region of the relay that is nearest to the end. In memory alone: an
 * access server that starts anew begins anew.
 */
@ApplicationScoped
public class RelayDistances {

    /** Of each relay and region. */
    static final int NEWEST = 50;

    @Inject
    RelayDirectory directory;

    /**
     * Round trips from a region.
     *
     * @param millis the median of the newest
     * @param count how many these are, at most {@value #NEWEST}
     */
    public record Distance(String region, long millis, int count) {}

    // guarded by this; by relay, then region
    private final Map<String, Map<String, Deque<Long>>> newest = new HashMap<>();

    /** An end has measured these round trips, in milliseconds by relay id. What it says of relays that are not there is left out. */
    public void measured(Map<String, Long> millis) {
        Map<String, LiveRelay> relays = new HashMap<>();
        directory.all().forEach(relay -> relays.put(relay.id(), relay));
        Optional<String> region = millis.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(one -> relays.get(one.getKey()))
                .filter(Objects::nonNull)
                .findFirst()
                .map(LiveRelay::region)
                .filter(name -> !name.isEmpty());
        if (region.isPresent()) {
            add(region.get(), millis, relays);
        }
    }

    private synchronized void add(String region, Map<String, Long> millis, Map<String, LiveRelay> relays) {
        newest.keySet().retainAll(relays.keySet());
        millis.forEach((relay, trip) -> {
            if (relays.containsKey(relay)) {
                Deque<Long> trips = newest.computeIfAbsent(relay, id -> new HashMap<>())
                        .computeIfAbsent(region, name -> new ArrayDeque<>());
                trips.add(trip);
                if (trips.size() > NEWEST) {
                    trips.remove();
                }
            }
        });
        newest.values().forEach(regions -> regions.keySet().retainAll(regions(relays)));
    }

    private static Set<String> regions(Map<String, LiveRelay> relays) {
        Set<String> regions = new HashSet<>();
        relays.values().forEach(relay -> regions.add(relay.region()));
        return regions;
    }

    /** To a relay from each region, by name. */
    public synchronized List<Distance> to(String relay) {
        List<Distance> distances = new ArrayList<>();
        new TreeMap<>(newest.getOrDefault(relay, Map.of())).forEach((region, trips) -> {
            List<Long> sorted = new ArrayList<>(trips);
            sorted.sort(Comparator.naturalOrder());
            distances.add(new Distance(region, sorted.get(sorted.size() / 2), sorted.size()));
        });
        return distances;
    }
}
