package org.bascule.relay.pairing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayToken;

/** The domains that have sessions here, by the pseudonym in their tokens, and what each may use. The newest token of a domain says how much that is. */
final class Domains {

    /** One domain while it has sessions here. */
    static final class Domain {

        private final Throttle throttle;

        // guarded by the map
        private final Map<SessionId, Integer> ends = new HashMap<>();

        private Domain(Throttle throttle) {
            this.throttle = throttle;
        }

        Throttle throttle() {
            return throttle;
        }
    }

    private final Ticker ticker;

    // guarded by this
    private final Map<String, Domain> domains = new HashMap<>();

    Domains(Ticker ticker) {
        this.ticker = ticker;
    }

    /** An end comes; empty if its domain has as many sessions here as it may. The second end of a session is always let in. */
    synchronized Optional<Domain> enter(RelayToken token) {
        Domain domain = domains.get(token.tag());
        long most = token.limits().domainSessions();
        if (domain == null) {
            domain = new Domain(new Throttle(ticker, token.limits().domainRate()));
            domains.put(token.tag(), domain);
        } else if (most > 0 && domain.ends.size() >= most && !domain.ends.containsKey(token.sid())) {
            return Optional.empty();
        }
        domain.throttle.limit(token.limits().domainRate());
        domain.ends.merge(token.sid(), 1, Integer::sum);
        return Optional.of(domain);
    }

    /** An end that was let in goes. */
    synchronized void leave(RelayToken token) {
        Domain domain = domains.get(token.tag());
        if (domain != null) {
            domain.ends.computeIfPresent(token.sid(), (sid, ends) -> ends == 1 ? null : ends - 1);
            if (domain.ends.isEmpty()) {
                domains.remove(token.tag());
            }
        }
    }

    synchronized int size() {
        return domains.size();
    }
}
