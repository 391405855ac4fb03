package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.SessionId;

/**
 * How often a client may ask for tokens in reserve: {@value #BURST} times at once, then every {@link #EACH}, for each session at each node. A client in trouble asks every few seconds; each request is
 * three signatures and a message to the device.
 */
@ApplicationScoped
public class ReserveRate {

    static final int BURST = 20;
    static final Duration EACH = Duration.ofSeconds(2);

    private static final Duration DEPTH = EACH.multipliedBy(BURST);
    /** Sessions to remember before those are forgotten that asked long ago. */
    private static final int MANY = 1_000;

    @Inject
    Clock clock;

    /** When what each has asked for will be worked off. Guarded by itself. */
    private final Map<SessionId, Instant> paidUntil = new HashMap<>();

    /** @throws RefusedException {@code TOO_MANY_REQUESTS}, with the time after which it may ask again */
    void take(SessionId sid) throws RefusedException {
        Instant now = clock.instant();
        Instant limit = now.plus(DEPTH);
        Instant next;
        synchronized (paidUntil) {
            if (paidUntil.size() > MANY) {
                paidUntil.values().removeIf(until -> !until.isAfter(now));
            }
            Instant until = paidUntil.get(sid);
            next = (until != null && until.isAfter(now) ? until : now).plus(EACH);
            if (!next.isAfter(limit)) {
                paidUntil.put(sid, next);
                return;
            }
        }
        throw RefusedException.busy(Duration.between(limit, next));
    }
}
