package org.bascule.web.login;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Answers that are kept for a while, such as a second: what changes here is forgotten at once, what changes on another node is noticed within that
 * time. What fails is not kept. Bounded; beyond the bound everything is forgotten.
 */
final class Recent<K, V> {

    static final Duration SECOND = Duration.ofSeconds(1);
    static final int MAX = 20_000;

    private final Clock clock;
    private final Duration age;
    private final Map<K, Kept<V>> kept = new ConcurrentHashMap<>();

    private record Kept<V>(V value, Instant since) {}

    /** Finds an answer anew. */
    interface Source<V, E extends Exception> {
        V get() throws E;
    }

    Recent(Clock clock, Duration age) {
        this.clock = clock;
        this.age = age;
    }

    /** The answer that is kept, or a new one. */
    <E extends Exception> V get(K key, Source<V, E> source) throws E {
        Instant now = clock.instant();
        Optional<V> known = known(key, now);
        return known.isPresent() ? known.get() : keep(key, source.get(), now);
    }

    private Optional<V> known(K key, Instant now) {
        return Optional.ofNullable(kept.get(key))
                .filter(known -> now.isBefore(known.since().plus(age)))
                .map(Kept::value);
    }

    private V keep(K key, V value, Instant now) {
        if (kept.size() >= MAX) {
            kept.clear();
        }
        kept.put(key, new Kept<>(value, now));
        return value;
    }

    /** The same for what may not be there; only what is there is kept, so that strangers' questions take no room. */
    Optional<V> find(K key, Supplier<Optional<V>> source) {
        Instant now = clock.instant();
        return known(key, now).or(() -> source.get().map(found -> keep(key, found, now)));
    }

    void forget() {
        kept.clear();
    }
}
