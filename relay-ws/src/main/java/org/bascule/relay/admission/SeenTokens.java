package org.bascule.relay.admission;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.bascule.wire.WireException;

/** Remembers the {@code jti} of every accepted token and its attempt until it has expired, so that none is accepted twice with the same. Bounded: beyond the bound nobody is admitted. */
final class SeenTokens {

    private final int max;

    // guarded by this
    private final Map<String, Use> seen = new HashMap<>();
    private Instant purged = Instant.MIN;

    private record Use(long attempt, Instant expires) {}

    SeenTokens(int max) {
        this.max = max;
    }

    /**
     * Fails with {@code REPLAYED} if it was seen, with {@code TOO_LARGE} if no more can be remembered.
     *
     * @param attempt what was proved: of a token that is for one connection always the same
     */
    synchronized void accept(String jti, long attempt, Instant expires, Instant now) throws WireException {
        if (purged.isBefore(now.minusSeconds(10)) || seen.size() >= max) {
            seen.values().removeIf(use -> use.expires().isBefore(now));
            purged = now;
        }
        Use before = seen.get(jti);
        if (before != null && attempt <= before.attempt()) {
            throw new WireException(WireException.Reason.REPLAYED, "the relay token was used before");
        }
        if (before == null && seen.size() >= max) {
            throw new WireException(WireException.Reason.TOO_LARGE, "too many relay tokens at a time");
        }
        seen.put(jti, new Use(attempt, expires));
    }

    synchronized int size() {
        return seen.size();
    }
}
