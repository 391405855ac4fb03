package org.bascule.domain.acl;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.domain.database.PresentTransaction;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.live.LiveEvent;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that checks are answered from: one for each domain that was asked about.
 *
 * <p>A change that was committed here is seen by the next check; one that was committed by another node, within about a second ({@link #poll}). A
 * transaction that changed rights itself is answered from what it sees, and nobody else is. A transaction that began before a change was
 * committed is answered from the newer state.
 */
@ApplicationScoped
public class Snapshots {

    private static final int MAX_DOMAINS = 200;
    private static final int MAX_PLACES = 100_000;
    private static final int PLACES_AT_ONCE = 500;
    private static final Duration COUNTS_AGE = Duration.ofMinutes(1);

    @Inject
    RightsReader reader;

    @Inject
    RightsChanges changes;

    @Inject
    PresentTransaction transaction;

    @Inject
    Transactions transactions;

    @Inject
    Clock clock;

    private final Map<String, Held> domains = new ConcurrentHashMap<>();

    /** What {@link #poll} has told of. It cannot be told from what is held: a check may have read the newer state before. */
    private final Map<String, RightsReader.Versions> told = new ConcurrentHashMap<>();

    /** What is held of a domain. Versions only grow; whatever is older than they say is not handed out and not stored. */
    private static final class Held {
        volatile long rights;
        volatile long placement;
        volatile @Nullable RightsSnapshot snapshot;
        volatile Instant used = Instant.EPOCH;
        volatile Counts counts = new Counts(Map.of(), Instant.MIN);
        final Map<String, Placement> places = new ConcurrentHashMap<>();

        synchronized void rightsAre(long version) {
            if (version > rights) {
                rights = version;
                places.clear();
            }
            RightsSnapshot present = snapshot;
            if (present != null && present.version() < rights) {
                snapshot = null;
            }
        }

        synchronized void offer(RightsSnapshot read) {
            RightsSnapshot present = snapshot;
            if (read.version() >= rights && (present == null || present.version() < read.version())) {
                rightsAre(read.version());
                snapshot = read;
            }
        }

        synchronized void placesAre(long version) {
            placement = Math.max(placement, version);
        }

        boolean isPresent(RightsReader.Placed placed) {
            return placed.placementVersion() >= placement && placed.rightsVersion() >= rights;
        }
    }

    /** Devices in each folder itself, not older than a minute: good enough to choose a plan, and for nothing else. */
    private record Counts(Map<String, Integer> devices, Instant read) {}

    private record Key(String domainId) {}

    private record OfTransaction(long changes, RightsSnapshot snapshot) {}

    /** The state that the present transaction is to be answered from. */
    public RightsSnapshot of(String domainId) {
        long own = changes.changes(domainId);
        return own > 0 ? ofTransaction(domainId, own) : committed(domainId);
    }

    private RightsSnapshot ofTransaction(String domainId, long count) {
        Optional<RightsSnapshot> known = transaction
                .get(new Key(domainId))
                .map(OfTransaction.class::cast)
                .filter(own -> own.changes() == count)
                .map(OfTransaction::snapshot);
        return known.orElseGet(() -> {
            RightsSnapshot read = reader.read(domainId);
            transaction.put(new Key(domainId), new OfTransaction(count, read));
            return read;
        });
    }

    private RightsSnapshot committed(String domainId) {
        Held held = held(domainId);
        RightsSnapshot present = held.snapshot;
        return present != null ? present : load(domainId, held);
    }

    private Held held(String domainId) {
        Held held = domains.get(domainId);
        if (held == null) {
            makeRoom();
            held = domains.computeIfAbsent(domainId, id -> new Held());
        }
        held.used = clock.instant();
        return held;
    }

    private void makeRoom() {
        if (domains.size() >= MAX_DOMAINS) {
            domains.entrySet().stream()
                    .min(Comparator.comparing(entry -> entry.getValue().used))
                    .ifPresent(oldest -> domains.remove(oldest.getKey()));
        }
    }

    /** One reads, the others wait: what they would read is the same. */
    private RightsSnapshot load(String domainId, Held held) {
        synchronized (held.places) {
            RightsSnapshot present = held.snapshot;
            if (present != null) {
                return present;
            }
            RightsSnapshot read = reader.read(domainId);
            if (read.version() < held.rights) {
                // the present transaction looks at the past
                read = transactions.inNew(() -> reader.read(domainId));
            }
            held.offer(read);
            return read;
        }
    }

    /** Where a resource is; a folder is nowhere else than in the snapshot. Empty if there is none. */
    public Optional<Placement> place(String domainId, RightsSnapshot snapshot, String id) {
        if (snapshot.isFolder(id)) {
            return Optional.of(FOLDER);
        }
        return Optional.ofNullable(places(domainId, snapshot, List.of(id)).get(id));
    }

    static final Placement FOLDER = new Placement(null, true, false);

    /** The same for many; those that do not exist are missing. */
    public Map<String, Placement> places(String domainId, RightsSnapshot snapshot, Collection<String> ids) {
        boolean own = changes.hasMoved(domainId);
        Held held = held(domainId);
        Map<String, Placement> places = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String id : ids) {
            Placement known = snapshot.isFolder(id) ? FOLDER : own ? null : held.places.get(id);
            if (known == null) {
                unknown.add(id);
            } else {
                places.put(id, known);
            }
        }
        for (int i = 0; i < unknown.size(); i += PLACES_AT_ONCE) {
            List<String> some = unknown.subList(i, Math.min(unknown.size(), i + PLACES_AT_ONCE));
            find(domainId, some, own, held).forEach(places::put);
        }
        return places;
    }

    private Map<String, Placement> find(String domainId, List<String> ids, boolean own, Held held) {
        Map<String, RightsReader.Placed> found = reader.places(domainId, ids);
        if (!own && !found.values().stream().allMatch(held::isPresent)) {
            found = transactions.inNew(() -> reader.places(domainId, ids));
        }
        Map<String, Placement> places = new HashMap<>();
        found.forEach((id, placed) -> {
            places.put(id, placed.placement());
            if (!own) {
                keep(held, id, placed);
            }
        });
        return places;
    }

    /** A move, or a change of rights, sets its version before it removes the place, so one of the two removes what is stored here too late. */
    private static void keep(Held held, String id, RightsReader.Placed placed) {
        if (held.places.size() >= MAX_PLACES) {
            held.places.clear();
        }
        held.places.compute(id, (key, known) -> held.isPresent(placed) ? placed.placement() : null);
    }

    /** Devices in each folder, roughly. */
    public Map<String, Integer> devices(String domainId) {
        Held held = held(domainId);
        Counts counts = held.counts;
        Instant now = clock.instant();
        if (counts.read().plus(COUNTS_AGE).isBefore(now)) {
            counts = new Counts(reader.devices(domainId), now);
            held.counts = counts;
        }
        return counts.devices();
    }

    void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.RightsChanged event) {
        Held held = domains.get(event.domainId());
        if (held != null) {
            held.rightsAre(event.version());
        }
    }

    void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.ResourceMoved event) {
        Held held = domains.get(event.domainId());
        if (held != null) {
            held.placesAre(event.version());
            held.places.remove(event.resourceId());
        }
    }

    void removed(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.DeviceRemoved event) {
        Held held = domains.get(event.domainId());
        if (held != null) {
            held.places.remove(event.uid());
        }
    }

    /** The first time after this one at which an entry of the domain may begin or cease to count. */
    public Instant nextChange(String domainId, Instant after) {
        return of(domainId).nextChange(after);
    }

    /**
     * Notices what other nodes have committed. To be called every second.
     *
     * @param watched domains that are asked about although nothing may be held of them
     * @return domains whose rights or places may have changed since this was last called, here or elsewhere; each of them when it is asked about for the
     *     first time
     */
    public List<String> poll(Collection<String> watched) {
        Set<String> asked = new HashSet<>(domains.keySet());
        asked.addAll(watched);
        told.keySet().retainAll(asked);
        List<String> changed = new ArrayList<>();
        if (asked.isEmpty()) {
            return changed;
        }
        for (RightsReader.Versions now : reader.versions(asked)) {
            Optional.ofNullable(domains.get(now.domainId())).ifPresent(held -> notice(held, now));
            if (!now.equals(told.put(now.domainId(), now))) {
                changed.add(now.domainId());
            }
        }
        return changed;
    }

    private static void notice(Held domain, RightsReader.Versions now) {
        if (now.placement() > domain.placement) {
            domain.placesAre(now.placement());
            domain.places.clear();
        }
        domain.rightsAre(now.rights());
    }
}
