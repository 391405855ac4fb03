package org.bascule.session.resume;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.session.transport.MemoryTransport;
import org.bascule.session.transport.RelayTransport.RelayJoin;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.session.transport.TransportException;
import org.bascule.wire.relay.RelayRole;

/** Relays in memory that break whenever they please: each transport carries a random number of messages each way, and what comes after is lost. */
final class MemoryRelays {

    private record Waiting(RelayJoin join, CompletableFuture<Transport> paired) {}

    private final Random random;
    private final int most;
    private final Map<String, Map<RelayRole, Waiting>> waiting = new HashMap<>();
    private final List<MemoryTransport> open = new ArrayList<>();
    private final Map<String, Long> attempts = new HashMap<>();
    final Set<String> dead = ConcurrentHashMap.newKeySet();
    final AtomicInteger cuts = new AtomicInteger();
    final AtomicInteger dialled = new AtomicInteger();
    volatile boolean calm;

    /** @param most messages that a transport carries each way */
    MemoryRelays(long seed, int most) {
        this.random = new Random(seed);
        this.most = most;
    }

    RelayDialer.Dialling dial(RelayJoin join, Duration connect) {
        dialled.incrementAndGet();
        String id = join.relay().id();
        boolean client = join.role() == RelayRole.CLIENT;
        Waiting mine = new Waiting(join, new CompletableFuture<>());
        Waiting peer;
        synchronized (this) {
            // as a relay would
            Long before = attempts.put(id + join.role(), join.attempt());
            if (before != null && join.attempt() <= before) {
                throw new IllegalStateException("attempt " + join.attempt() + " after " + before);
            }
            Map<RelayRole, Waiting> here = waiting.computeIfAbsent(id, relay -> new HashMap<>());
            peer = here.remove(join.role().other());
            if (peer == null && !dead.contains(id)) {
                here.put(join.role(), mine);
            }
        }
        // nothing is completed with the monitor held: whoever waits goes on at once
        if (dead.contains(id)) {
            mine.paired().completeExceptionally(lost("no such relay"));
        } else if (peer != null) {
            MemoryTransport.Pair pair = pair();
            peer.paired().complete(client ? pair.device() : pair.client());
            mine.paired().complete(client ? pair.client() : pair.device());
            return new RelayDialer.Dialling(mine.paired(), pair.client()::abort);
        }
        return new RelayDialer.Dialling(
                mine.paired(), () -> leave(id, mine), () -> !mine.paired().isDone());
    }

    private void leave(String id, Waiting mine) {
        synchronized (this) {
            Map<RelayRole, Waiting> here = waiting.get(id);
            if (here != null) {
                here.remove(mine.join().role(), mine);
            }
        }
        if (!mine.paired().completeExceptionally(lost("given up"))) {
            mine.paired().thenAccept(Transport::abort);
        }
    }

    private static TransportException lost(String detail) {
        return new TransportException(new TransportEnd(TransportEnd.Kind.LOST, detail));
    }

    /** Two ends of a transport that will break. */
    synchronized MemoryTransport.Pair pair() {
        MemoryTransport.Pair pair = MemoryTransport.pair();
        open.removeIf(MemoryTransport::isClosed);
        open.add(pair.client());
        breakAfter(pair.client(), random.nextInt(most));
        breakAfter(pair.device(), random.nextInt(most));
        return pair;
    }

    private void breakAfter(MemoryTransport end, int messages) {
        AtomicInteger left = new AtomicInteger(messages);
        end.sendThrough(message -> {
            if (calm || left.getAndDecrement() > 0) {
                return List.of(message);
            }
            if (!end.isClosed()) {
                cuts.incrementAndGet();
                end.end(new TransportEnd(TransportEnd.Kind.LOST, "cut"));
            }
            return List.of();
        });
    }

    /** A relay dies with everything that goes through it. */
    synchronized void kill(String id) {
        dead.add(id);
        open.forEach(end -> end.end(new TransportEnd(TransportEnd.Kind.LOST, "killed")));
    }
}
