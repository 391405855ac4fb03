package org.bascule.agent.relay;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.bascule.agent.channel.ChannelClock;
import org.bascule.session.network.Network;
import org.bascule.session.probe.LocalAddresses;
import org.bascule.session.probe.Measurement;
import org.bascule.wire.registry.RelayList;
import org.bascule.wire.session.RelayAddress;
import org.jspecify.annotations.Nullable;

/**
 * The round trips from this device to the relays of the newest list: measured when the list has new ones, when the device is somewhere else in the network, and about every ten
 * minutes. A choice needs two relays, so a single one is not measured. Thread-safe; nothing here blocks its caller.
 */
public final class RelayFigures {

    private static final System.Logger LOG = System.getLogger(RelayFigures.class.getName());

    static final Duration EVERY = Duration.ofMinutes(10);
    /** Until the first figures, also those of another network. */
    static final Duration FIRST_WITHIN = Duration.ofSeconds(2);
    /** All devices hear of a new relay at once; they must not come to it at once. */
    static final Duration CHANGED_WITHIN = Duration.ofSeconds(20);
    /** Once, if a relay did not answer: perhaps it had too many guests. */
    static final Duration RETRY = Duration.ofMinutes(1);

    /** Measures; the answer never fails. */
    @FunctionalInterface
    interface Probes {
        CompletableFuture<Map<RelayAddress, Long>> measure(List<RelayAddress> relays, String token);
    }

    private final Probes probes;
    private final Supplier<String> place;
    private final ChannelClock clock;
    private final ScheduledExecutorService timer;
    private final RandomGenerator random;

    // guarded by this
    private @Nullable RelayList list;
    private Map<RelayAddress, Long> figures = Map.of();
    /** Those whose figures are older, for they did not answer last time. */
    private Set<RelayAddress> doubtful = Set.of();

    private String measuredAt = "";
    private boolean measured;
    private boolean busy;
    private boolean retried;
    private @Nullable ScheduledFuture<?> next;

    /** @param network the way that sessions go as well */
    public RelayFigures(Network network, ChannelClock clock, ScheduledExecutorService timer, RandomGenerator random) {
        this(
                (relays, token) -> Measurement.start(network, relays, token, Measurement.WITHOUT_HASTE)
                        .done(),
                LocalAddresses::text,
                clock,
                timer,
                random);
    }

    RelayFigures(
            Probes probes,
            Supplier<String> place,
            ChannelClock clock,
            ScheduledExecutorService timer,
            RandomGenerator random) {
        this.probes = probes;
        this.place = place;
        this.clock = clock;
        this.timer = timer;
        this.random = random;
    }

    /** A list came over a channel and is signed by its server. One that is older than the newest is not taken; the newest comes again with each channel. */
    public void listed(RelayList told) {
        String here = place.get();
        synchronized (this) {
            RelayList known = list;
            if (known != null && told.number() < known.number()) {
                LOG.log(System.Logger.Level.WARNING, "an old list of relays was refused");
                return;
            }
            List<RelayAddress> before = known == null ? List.of() : addresses(known);
            boolean unknown =
                    addresses(told).stream().anyMatch(relay -> !before.contains(relay) && !figures.containsKey(relay));
            list = told;
            if (!here.equals(measuredAt)) {
                figures = Map.of();
                measured = false;
            }
            if (unknown || !measured) {
                plan(within(measured ? CHANGED_WITHIN : FIRST_WITHIN));
            }
        }
    }

    /** The newest list, while its token is good. */
    public synchronized Optional<RelayList> list() {
        return Optional.ofNullable(list).filter(known -> clock.instant().isBefore(known.expires()));
    }

    private static List<RelayAddress> addresses(RelayList list) {
        return list.relays().stream().map(RelayList.Entry::address).toList();
    }

    /** Milliseconds by relay id, as far as they are known now. */
    public synchronized Map<String, Long> roundTrips() {
        Map<String, Long> known = new HashMap<>();
        if (list != null) {
            for (RelayAddress relay : addresses(list)) {
                Long millis = figures.get(relay);
                if (millis != null) {
                    known.put(relay.id(), millis);
                }
            }
        }
        return known;
    }

    private Duration within(Duration most) {
        return Duration.ofMillis(random.nextLong(most.toMillis()));
    }

    /** Instead of what was planned. */
    private synchronized void plan(Duration delay) {
        if (next != null) {
            next.cancel(false);
        }
        next = timer.schedule(this::measure, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void measure() {
        String here = place.get();
        List<RelayAddress> relays;
        String token;
        synchronized (this) {
            next = null;
            if (busy) {
                plan(FIRST_WITHIN);
                return;
            }
            if (list == null || list.relays().size() < 2) {
                figures = Map.of();
                measured = true;
                measuredAt = here;
                return;
            }
            if (clock.instant().isAfter(list.expires())) {
                plan(EVERY);
                return;
            }
            relays = addresses(list);
            token = list.probe();
            busy = true;
        }
        probes.measure(relays, token).thenAccept(result -> took(relays, here, result));
    }

    /** A relay that does not answer may have too many guests at that moment: what was known of it counts until it does not answer again. */
    private synchronized void keep(
            List<RelayAddress> relays, Map<RelayAddress, Long> before, Map<RelayAddress, Long> result) {
        Map<RelayAddress, Long> kept = new HashMap<>(result);
        Set<RelayAddress> silent = new HashSet<>();
        for (RelayAddress relay : relays) {
            Long older = before.get(relay);
            if (!result.containsKey(relay) && older != null && !doubtful.contains(relay)) {
                kept.put(relay, older);
                silent.add(relay);
            }
        }
        figures = Map.copyOf(kept);
        doubtful = Set.copyOf(silent);
    }

    private synchronized void took(List<RelayAddress> relays, String here, Map<RelayAddress, Long> result) {
        busy = false;
        keep(relays, here.equals(measuredAt) ? figures : Map.of(), result);
        measured = true;
        measuredAt = here;
        LOG.log(System.Logger.Level.DEBUG, "round trips to relays: {0}", figures);
        retried = !retried && result.size() < relays.size();
        Duration then = retried ? RETRY : EVERY;
        if (next == null) {
            plan(then.multipliedBy(9).dividedBy(10).plus(within(then.dividedBy(5))));
        }
    }
}
