package org.bascule.domain.identity;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** When which domain's realm is asked for its events again. For several threads. */
@ApplicationScoped
class Turns {

    /** A realm that said nothing is asked after this time to twice as long: its word may have been lost. */
    static final Duration QUIET = Duration.ofSeconds(30);
    /** And one that did is asked again: the event may not have been there yet. */
    static final Duration SETTLED = Duration.ofSeconds(5);
    /** A realm that cannot be read is asked again after this time, then after twice as long, and so on up to {@link #MAX_PAUSE}. */
    static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

    static final Duration MAX_PAUSE = Duration.ofMinutes(2);

    @Inject
    Clock clock;

    /** By domain. */
    private final Map<String, Turn> turns = new ConcurrentHashMap<>();

    /** @param pause after the last attempt, if it failed; otherwise zero */
    private record Turn(Instant next, Duration pause) {}

    /**
     * Whether it is the domain's turn, which it is at once when it had none yet. Its next one is set before it is asked, so that {@link #woken} meanwhile makes
     * that an earlier one.
     */
    boolean take(String domain) {
        AtomicBoolean due = new AtomicBoolean();
        turns.compute(domain, (key, turn) -> {
            due.set(turn == null || !clock.instant().isBefore(turn.next()));
            return turn == null || due.get() ? after(quiet(), turn) : turn;
        });
        return due.get();
    }

    /** Something has happened there, and it is asked at once, also in a pause: it does something. */
    void woken(String domain) {
        turns.compute(domain, (key, turn) -> after(SETTLED, turn));
    }

    void worked(String domain) {
        turns.computeIfPresent(domain, (key, turn) -> new Turn(turn.next(), Duration.ZERO));
    }

    /** Returns how long the domain is left alone now. */
    Duration failed(String domain) {
        return turns.compute(domain, (key, turn) -> {
                    Duration pause = turn == null ? FIRST_PAUSE : longer(turn.pause());
                    return new Turn(clock.instant().plus(pause), pause);
                })
                .pause();
    }

    /** Forgets all other domains. */
    void retain(Collection<String> domains) {
        turns.keySet().retainAll(domains);
    }

    private Turn after(Duration time, @Nullable Turn before) {
        return new Turn(clock.instant().plus(time), before == null ? Duration.ZERO : before.pause());
    }

    /** Each time another, so that domains that were asked together are not for long. */
    private static Duration quiet() {
        return QUIET.plusMillis(ThreadLocalRandom.current().nextLong(QUIET.toMillis()));
    }

    private static Duration longer(Duration pause) {
        if (pause.isZero()) {
            return FIRST_PAUSE;
        }
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(MAX_PAUSE) < 0 ? twice : MAX_PAUSE;
    }
}
