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

    /** For all relays together, where somebody waits for it. */
    public static final Duration WITHIN = Duration.ofSeconds(5);
    /** Where nobody does: enough for as many relays as there may be, far away. */
    public static final Duration WITHOUT_HASTE = Duration.ofSeconds(30);

    private static final int AT_ONCE = 4;

    /** For one: relays that do not answer must not take the time of the others. */
    private static final Duration EACH_WITHIN = Duration.ofMillis(2_500);

    private final Network network;
    private final String token;
    private final CompletableFuture<Map<RelayAddress, Long>> done = new CompletableFuture<>();

    // guarded by this
    private final Deque<RelayAddress> waiting;
    private final List<Probe> begun = new ArrayList<>();
    private int running;
    private boolean over;

    private Measurement(Network network, List<RelayAddress> relays, String token) {
        this.network = network;
        this.token = token;
        List<RelayAddress> shuffled = new ArrayList<>(relays);
        Collections.shuffle(shuffled);
        this.waiting = new ArrayDeque<>(shuffled);
    }

    /**
     * Begins; nothing here blocks.
     *
     * @param network the way that sessions go as well
     * @param token {@link org.bascule.wire.relay.ProbeToken}, signed text
     * @param within for all relays together; what is known by then is the result
     */
    public static Measurement start(Network network, List<RelayAddress> relays, String token, Duration within) {
        Measurement measurement = new Measurement(network, relays, token);
        CompletableFuture.delayedExecutor(within.toMillis(), TimeUnit.MILLISECONDS)
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
                Probe probe = new Probe(network, waiting.remove(), token, EACH_WITHIN);
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
