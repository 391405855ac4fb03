package org.bascule.domain.relay;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.bascule.domain.configuration.Settings;
import org.jspecify.annotations.Nullable;

/** The relays that sessions may use: those of the configuration, and the approved ones. Kept in memory, and read from the database at most once in {@link #KEPT}. */
@ApplicationScoped
public class RelayDirectory {

    static final Duration KEPT = Duration.ofSeconds(2);

    private static final Logger LOG = System.getLogger(RelayDirectory.class.getName());

    @Inject
    Settings settings;

    @Inject
    RelayStore store;

    @Inject
    Clock clock;

    private final ReentrantLock reading = new ReentrantLock();
    private volatile Known known = new Known(Instant.MIN, List.of());

    private final Map<String, Given> given = new ConcurrentHashMap<>();

    private record Known(Instant read, List<KnownRelay> relays) {}

    /** Sessions that this server has sent to a relay since its heartbeat of that number. */
    private record Given(long number, long sessions) {}

    /** A session was sent there: it counts until the relay has said how many it has, so that not all of ten seconds go to one. */
    public void given(String id) {
        for (KnownRelay relay : known.relays()) {
            if (relay.relay().id().equals(id)) {
                given.compute(id, (key, before) -> new Given(relay.number(), since(before, relay) + 1));
            }
        }
    }

    private static long since(@Nullable Given given, KnownRelay relay) {
        return given != null && given.number() == relay.number() ? given.sessions() : 0;
    }

    /** All of them, by id: first those of the configuration. */
    public List<LiveRelay> all() {
        Instant now = clock.instant();
        Map<String, KnownRelay> approved = new HashMap<>();
        List<KnownRelay> others = new ArrayList<>();
        for (KnownRelay relay : known(now)) {
            // it may have been approved under another policy
            if (settings.relayPolicy()
                    .permits(relay.relay().url(), relay.relay().nativeUrl())) {
                approved.put(relay.relay().id(), relay);
                others.add(relay);
            }
        }
        List<LiveRelay> relays = new ArrayList<>();
        for (Settings.Relay fixed : settings.relays()) {
            LiveRelay relay = LiveRelay.configured(fixed.id(), fixed.url(), fixed.nativeUrl());
            KnownRelay heard = approved.get(fixed.id());
            relays.add(heard == null ? relay : live(heard, now, fixed.url(), fixed.nativeUrl()));
            others.remove(heard);
        }
        others.forEach(relay ->
                relays.add(live(relay, now, relay.relay().url(), relay.relay().nativeUrl())));
        return List.copyOf(relays);
    }

    private LiveRelay live(KnownRelay relay, Instant now, String url, String nativeUrl) {
        boolean away = relay.drain() || relay.load().draining() || relay.isSilent(now);
        return new LiveRelay(
                relay.relay().id(),
                relay.relay().name(),
                relay.relay().region(),
                url,
                nativeUrl,
                away,
                relay.load().capacity(),
                relay.load().sessions() + since(given.get(relay.relay().id()), relay),
                relay.load().processor());
    }

    /** Those that a new session may use: none that is away, unless all are. */
    public List<LiveRelay> candidates() {
        List<LiveRelay> all = all();
        List<LiveRelay> there = all.stream().filter(relay -> !relay.away()).toList();
        return there.isEmpty() ? all : there;
    }

    /** Who finds the list too old reads it, and nobody waits meanwhile, but for the first. */
    private List<KnownRelay> known(Instant now) {
        Known present = known;
        boolean never = present.read().equals(Instant.MIN);
        if (!never && now.isBefore(present.read().plus(KEPT))) {
            return present.relays();
        }
        if (never) {
            reading.lock();
        } else if (!reading.tryLock()) {
            return present.relays();
        }
        try {
            if (known == present) {
                known = new Known(now, read(present));
            }
            return known.relays();
        } finally {
            reading.unlock();
        }
    }

    /** What was known goes on while the database is away. */
    private List<KnownRelay> read(Known present) {
        try {
            return store.approved();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the relays cannot be read", e);
            return present.relays();
        }
    }

    /** The next who asks reads anew: something was changed here. */
    void forget() {
        known = new Known(Instant.EPOCH, known.relays());
    }
}
