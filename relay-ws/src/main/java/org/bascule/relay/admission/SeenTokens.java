package org.bascule.relay.admission;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.bascule.wire.WireException;

/** Remembers the {@code jti} of every accepted token until it has expired, so that none is accepted twice. Bounded: beyond the bound nobody is admitted. */
final class SeenTokens {

    private final int max;

    // guarded by this
    private final Map<String, Instant> seen = new HashMap<>();
    private Instant purged = Instant.MIN;

    SeenTokens(int max) {
        this.max = max;
    }

    /** Fails with {@code REPLAYED} if it was seen, with {@code TOO_LARGE} if no more can be remembered. */
    synchronized void accept(String jti, Instant expires, Instant now) throws WireException {
        if (purged.isBefore(now.minusSeconds(10)) || seen.size() >= max) {
            seen.values().removeIf(expiry -> expiry.isBefore(now));
            purged = now;
        }
        if (seen.containsKey(jti)) {
            throw new WireException(WireException.Reason.REPLAYED, "the relay token was used before");
        }
        if (seen.size() >= max) {
            throw new WireException(WireException.Reason.TOO_LARGE, "too many relay tokens in a minute");
        }
        seen.put(jti, expires);
    }

    synchronized int size() {
        return seen.size();
    }
}
