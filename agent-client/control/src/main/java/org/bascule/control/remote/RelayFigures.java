package org.bascule.control.remote;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.RelayOffer;
import org.bascule.session.probe.LocalAddresses;
import org.bascule.session.probe.Measurement;
import org.bascule.wire.session.RelayAddress;
import org.jspecify.annotations.Nullable;

/**
 * How far the relays are from here: remembered from an earlier command, or measured while the session is created. Nothing waits for it longer than {@link #WAIT}; what is
 * not known by then is measured on, for the next command. Thread-safe.
 */
final class RelayFigures implements AutoCloseable {

    static final Duration FRESH = Duration.ofMinutes(10);
    static final Duration WAIT = Duration.ofMillis(300);

    private final AccessServer server;
    private final FigureFile file;
    private final Instant begun;
    private final long patience = System.nanoTime() + WAIT.toNanos();
    private final Optional<FigureFile.Figures> known;
    private final CountDownLatch done = new CountDownLatch(1);

    // guarded by this
    private @Nullable Measurement measurement;
    /** Ids of the present list. */
    private Set<String> present = Set.of();

    private boolean stored;
    private boolean closed;

    private RelayFigures(AccessServer server, FigureFile file, Instant begun) {
        this.server = server;
        this.file = file;
        this.begun = begun;
        this.known = file.read(begun);
    }

    /** Begins to measure, unless it was done lately. Does not block. */
    static RelayFigures begin(AccessServer server, Surroundings around) {
        FigureFile file = new FigureFile(around, server.base().toString(), LocalAddresses.text());
        RelayFigures figures = new RelayFigures(server, file, around.clock().instant());
        if (figures.isFresh()) {
            figures.stored = true;
            figures.done.countDown();
        } else {
            Thread thread = new Thread(figures::measure, "bascule-relays");
            thread.setDaemon(true);
            thread.start();
        }
        return figures;
    }

    private boolean isFresh() {
        return known.isPresent() && known.get().time().plus(FRESH).isAfter(begun);
    }

    private void measure() {
        RelayOffer offer;
        try {
            offer = server.relays();
        } catch (CommandException e) {
            // a session does not need it
            done.countDown();
            return;
        }
        if (offer.relays().size() < 2) {
            store(begun, Map.of());
            done.countDown();
            return;
        }
        Measurement started;
        synchronized (this) {
            if (closed) {
                return;
            }
            present = offer.relays().stream().map(RelayAddress::id).collect(Collectors.toUnmodifiableSet());
            started = Measurement.start(server.http().network(), offer.relays(), offer.probe(), Measurement.IN_HASTE);
            measurement = started;
        }
        started.done().thenAccept(result -> {
            store(begun, byId(result));
            done.countDown();
        });
    }

    private static Map<String, Long> byId(Map<RelayAddress, Long> figures) {
        Map<String, Long> rtts = new HashMap<>();
        figures.forEach((relay, millis) -> rtts.put(relay.id(), millis));
        return rtts;
    }

    private synchronized void store(Instant time, Map<String, Long> rtts) {
        if (!stored) {
            stored = true;
            file.write(new FigureFile.Figures(time, rtts), begun);
        }
    }

    /** Milliseconds by relay id. Waits a little if nothing is known at all; what was measured here before is better than nothing. */
    Map<String, Long> roundTrips() throws InterruptedException {
        if (known.isEmpty()) {
            boolean unused = done.await(patience - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
        return soFar();
    }

    /** Of relays that are gone none, once the present ones are known: the server takes no more figures than a list may have. */
    private synchronized Map<String, Long> soFar() {
        Map<String, Long> rtts =
                new HashMap<>(known.map(FigureFile.Figures::rtts).orElse(Map.of()));
        if (measurement != null) {
            rtts.keySet().retainAll(present);
            rtts.putAll(byId(measurement.figures()));
        }
        return rtts;
    }

    /** Measures no longer. What is known by now is kept as if it were old, so that the next command goes on. */
    @Override
    public void close() {
        Measurement open;
        synchronized (this) {
            closed = true;
            open = measurement;
            Map<String, Long> rtts = soFar();
            if (open != null && !rtts.isEmpty()) {
                store(begun.minus(FRESH), rtts);
            }
            stored = true;
        }
        if (open != null) {
            open.close();
        }
    }
}
