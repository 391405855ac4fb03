package org.bascule.domain.enrolment;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Counts the wrong codes of each user, so that nobody finds a machine by trying. Bounded: when too many users guess, the oldest counts go. */
@ApplicationScoped
public class PairingGuesses {

    static final int MAX_WRONG = 10;
    static final Duration WINDOW = Duration.ofMinutes(10);
    private static final int MAX_USERS = 10_000;

    private record Count(Instant since, int wrong) {}

    // guarded by this
    private final Map<String, Count> counts = new HashMap<>();

    /** Whether this user may try another code. */
    public synchronized boolean admits(String userId, Instant now) {
        Count count = counts.get(userId);
        return count == null || !now.isBefore(count.since().plus(WINDOW)) || count.wrong() < MAX_WRONG;
    }

    public synchronized void wrong(String userId, Instant now) {
        if (counts.size() >= MAX_USERS) {
            counts.values().removeIf(count -> !now.isBefore(count.since().plus(WINDOW)));
        }
        Count count = counts.getOrDefault(userId, new Count(now, 0));
        boolean over = !now.isBefore(count.since().plus(WINDOW));
        if (counts.containsKey(userId) || counts.size() < MAX_USERS) {
            counts.put(userId, over ? new Count(now, 1) : new Count(count.since(), count.wrong() + 1));
        }
    }
}
