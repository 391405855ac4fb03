package org.bascule.session.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Relays that brought what they must not ({@code docs/protocol/session.md}, "Strikes"). Guarded by the session's lock. */
final class Strikes {

    private static final long FOR = Duration.ofMinutes(10).toNanos();
    /** So many in that time end a session. */
    private static final int TOO_MANY = 3;

    private record Strike(String relay, long time) {}

    private final Deque<Strike> strikes = new ArrayDeque<>();

    /** @return true if these are too many */
    boolean add(String relay, long now) {
        forget(now);
        strikes.add(new Strike(relay, now));
        return strikes.size() >= TOO_MANY;
    }

    private void forget(long now) {
        while (!strikes.isEmpty() && now - strikes.peek().time() >= FOR) {
            strikes.remove();
        }
    }

    Set<String> relays(long now) {
        forget(now);
        Set<String> relays = new HashSet<>();
        strikes.forEach(strike -> relays.add(strike.relay()));
        return relays;
    }
}
