package org.bascule.domain.relay;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bascule.domain.guard.Network;

/**
 * The places for relays that wait for an operator. Anybody can ask for one, so where all are taken the network that has most of them gives way to one that has fewer: whoever fills them from one network keeps
 * nobody out but its neighbours, and of those the ones at the same address.
 *
 * <p>What gives way makes the places more even, so strangers cannot push one another out for ever, with a record each time. Where they are even already, only who waits for {@link #LONG} gives way.
 */
final class WaitingRelays {

    static final int PLACES = 50;
    static final int PER_ADDRESS = 5;

    /** An operator who adds a relay looks at it before that. */
    static final Duration LONG = Duration.ofHours(1);

    /** One that waits. */
    record Waiting(String id, Network network, Instant since) {}

    private final List<Waiting> all;

    WaitingRelays(List<Waiting> all) {
        this.all = List.copyOf(all);
    }

    /** Whether one more may wait that comes from there, perhaps in the place of {@link #givesWay another}. */
    boolean hasRoom(Network comer, Instant now) {
        return count(all, Network::text, comer) < PER_ADDRESS
                && (all.size() < PLACES || givesWay(comer, now).isPresent());
    }

    /** Whose place one gets that comes from there; empty if there are free ones, or none for it. */
    Optional<Waiting> givesWay(Network comer, Instant now) {
        if (all.size() < PLACES) {
            return Optional.empty();
        }
        List<Waiting> most = most(all, Network::site);
        long here = count(all, Network::site, comer);
        if (here + 1 < count(most, Network::site, most.get(0).network())) {
            return first(most(most, Network::text));
        }
        List<Waiting> beside =
                all.stream().filter(one -> isSame(Network::site, one, comer)).toList();
        List<Waiting> neighbour = most(beside, Network::text);
        if (!neighbour.isEmpty()
                && count(beside, Network::text, comer) + 1
                        < count(beside, Network::text, neighbour.get(0).network())) {
            return first(neighbour);
        }
        return here < count(most, Network::site, most.get(0).network())
                ? first(most).filter(one -> !one.since().plus(LONG).isAfter(now))
                : Optional.empty();
    }

    /** Those of the networks that have most of these. */
    private static List<Waiting> most(List<Waiting> among, Function<Network, String> part) {
        Map<String, Long> counts =
                among.stream().collect(Collectors.groupingBy(one -> part.apply(one.network()), Collectors.counting()));
        long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return among.stream()
                .filter(one -> counts.getOrDefault(part.apply(one.network()), 0L) == most)
                .toList();
    }

    private static long count(List<Waiting> among, Function<Network, String> part, Network network) {
        return among.stream().filter(one -> isSame(part, one, network)).count();
    }

    private static boolean isSame(Function<Network, String> part, Waiting one, Network network) {
        return part.apply(one.network()).equals(part.apply(network));
    }

    private static Optional<Waiting> first(List<Waiting> among) {
        return among.stream().min(Comparator.comparing(Waiting::since).thenComparing(Waiting::id));
    }
}
