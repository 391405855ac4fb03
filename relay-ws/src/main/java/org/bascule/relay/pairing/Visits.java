package org.bascule.relay.pairing;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;

/**
 * What sessions have used here and how often their ends came, {@value #AT_ONCE} times at once, then every {@link #EACH}. It is kept after they have gone for as long as something of that is owed: otherwise
 * whoever came again would begin with nothing owed, and a token in reserve may be used again and again.
 */
final class Visits {

    static final int AT_ONCE = 20;
    static final Duration EACH = Duration.ofSeconds(2);

    /** A session that is here, or was of late. */
    static final class Visit {

        private final Throttle throttle;

        // guarded by the map
        /** By role: when what it has come so far will be made up for. */
        private final long[] owedUntil;

        private int ends;

        private Visit(Throttle throttle, long now) {
            this.throttle = throttle;
            this.owedUntil = new long[RelayRole.values().length];
            for (RelayRole role : RelayRole.values()) {
                owedUntil[role.ordinal()] = now;
            }
        }

        /** Of all its transports, one after the other. */
        Throttle throttle() {
            return throttle;
        }

        private boolean comes(RelayRole role, long now) {
            long next = Math.max(owedUntil[role.ordinal()] - now, 0) + EACH.toNanos();
            if (next > AT_ONCE * EACH.toNanos()) {
                return false;
            }
            owedUntil[role.ordinal()] = now + next;
            return true;
        }

        private boolean owes(long now) {
            for (long until : owedUntil) {
                if (until - now > 0) {
                    return true;
                }
            }
            return !throttle.isWhole();
        }
    }

    private final Ticker ticker;

    // guarded by this
    private final Map<SessionId, Visit> visits = new HashMap<>();

    Visits(Ticker ticker) {
        this.ticker = ticker;
    }

    /** An end comes; empty if it has come too often. */
    synchronized Optional<Visit> enter(RelayToken token) {
        long now = ticker.nanos();
        long rate = token.limits().sessionRate();
        Visit visit = visits.computeIfAbsent(token.sid(), sid -> new Visit(new Throttle(ticker, rate), now));
        if (!visit.comes(token.role(), now)) {
            return Optional.empty();
        }
        visit.throttle.limit(rate);
        visit.ends++;
        return Optional.of(visit);
    }

    /** An end that was let in goes. */
    synchronized void leave(RelayToken token) {
        Visit visit = visits.get(token.sid());
        if (visit != null) {
            visit.ends--;
        }
    }

    /** Forgets who has gone and owes nothing. */
    synchronized void sweep() {
        long now = ticker.nanos();
        visits.values().removeIf(visit -> visit.ends == 0 && !visit.owes(now));
    }

    synchronized int size() {
        return visits.size();
    }
}
