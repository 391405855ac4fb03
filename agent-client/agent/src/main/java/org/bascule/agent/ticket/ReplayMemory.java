package org.bascule.agent.ticket;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Values that must not come again before a time. Bounded: what it has no room for is refused rather than forgotten. Not thread-safe. */
final class ReplayMemory {

    /** More than the rate limit of offers lets in within the time that a ticket is remembered. */
    static final int CAPACITY = 8_192;

    private final Map<String, Instant> until = new HashMap<>();

    boolean contains(String value, Instant now) {
        Instant end = until.get(value);
        return end != null && !now.isAfter(end);
    }

    /** @return false if there is no room */
    boolean remember(String value, Instant end, Instant now) {
        if (until.size() >= CAPACITY) {
            until.values().removeIf(now::isAfter);
        }
        if (until.size() >= CAPACITY) {
            return false;
        }
        until.put(value, end);
        return true;
    }
}
