package org.bascule.session.probe;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.session.network.Network;
import org.bascule.wire.session.RelayAddress;

/** Round trips to a list of relays, measured by a few connections at once, in any order: what there is no time for is not always the same. Thread-safe. */
public final class Measurement implements AutoCloseable {

    /**
     * Time to measure.
     *
     * @param each for one relay: those that do not answer must not take the time of the others
     * @param all for all relays together
     */
    public record Patience(Duration each, Duration all) {}

    /** Where somebody waits for it. */
    public static final Patience IN_HASTE = new Patience(Duration.ofMillis(2_500), Duration.ofSeconds(5));
    /** Where nobody does: until the first echo there are five or six round trips, which over a satellite take more than 3 s. */
    public static final Patience WITHOUT_HASTE = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30));

    private static final int AT_ONCE = 4;

    private final Network network;
    private final String token;
    private final Duration each;
    private final CompletableFuture<Map<RelayAddress, Long>> done = new CompletableFuture<>();

    // guarded by this
    private final Deque<RelayAddress> waiting;
    private final List<Probe> begun = new ArrayList<>();
    private int running;
    private boolean over;

    private Measurement(Network network, List<RelayAddress> relays, String token, Duration each) {
        this.network = network;
        this.token = token;
        this.each = each;
        List<RelayAddress> shuffled = new ArrayList<>(relays);
        Collections.shuffle(shuffled);
        this.waiting = new ArrayDeque<>(shuffled);
    }

    /**
     * Begins; nothing here blocks.
     *
     * @param network the way that sessions go as well
     * @param token {@link org.bascule.wire.relay.ProbeToken}, signed text
     * @param patience what is known when it is over is the result
     */
    public static Measurement start(Network network, List<RelayAddress> relays, String token, Patience patience) {
        Measurement measurement = new Measurement(network, relays, token, patience.each());
        CompletableFuture.delayedExecutor(patience.all().toMillis(), TimeUnit.MILLISECONDS)
                .execute(measurement::close);
        measurement.next(0);
        return measurement;
    }

    /** @param finished probes that have just ended */
    private void next(int finished) {
        List<Probe> fresh = new ArrayList<>();
        boolean last;
        synchronized (this) {
            running -= finished;
            while (!over && running < AT_ONCE && !waiting.isEmpty()) {
                Probe probe = new Probe(network, waiting.remove(), token, each);
                running++;
                begun.add(probe);
                fresh.add(probe);
            }
            last = running == 0;
        }
        fresh.forEach(probe -> probe.done().thenRun(() -> next(1)));
        if (last) {
            done.complete(figures());
        }
    }

    /** What is known by now: milliseconds, at least 1, without the relays that have answered nothing. */
    public synchronized Map<RelayAddress, Long> figures() {
        Map<RelayAddress, Long> figures = new HashMap<>();
        begun.forEach(probe -> probe.trips().millis().ifPresent(millis -> figures.put(probe.relay(), millis)));
        return figures;
    }

    /** The figures when there is nothing more to come; never fails. */
    public CompletableFuture<Map<RelayAddress, Long>> done() {
        return done.copy();
    }

    /** Gives up what is not done. */
    @Override
    public void close() {
        List<Probe> open;
        synchronized (this) {
            over = true;
            waiting.clear();
            open = List.copyOf(begun);
        }
        open.forEach(Probe::giveUp);
        done.complete(figures());
    }
}
