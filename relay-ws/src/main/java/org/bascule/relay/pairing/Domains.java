package org.bascule.relay.pairing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayToken;

/** The domains that have sessions here, by the pseudonym in their tokens, and what each may use. The newest token of a domain says how much that is. */
final class Domains {

    /** One session while an end of it is here, and until it has made up for what it used: coming again would be a way around the rate. */
    private static final class Present {

        private final SharedRate.Share share;
        private int ends;

        private Present(SharedRate.Share share) {
            this.share = share;
        }

        private boolean isHere() {
            return ends > 0;
        }

        private boolean isOver() {
            return ends == 0 && !share.owes();
        }
    }

    /** One domain while it has sessions here, and until its reserve is whole: otherwise each of many short ones had one of its own. */
    private static final class Domain {

        private final SharedRate rate;

        // guarded by the map
        private final Map<SessionId, Present> sessions = new HashMap<>();
        /** Of them those that have an end here. */
        private int here;

        private Domain(SharedRate rate) {
            this.rate = rate;
        }

        private boolean isOver() {
            sessions.values().removeIf(Present::isOver);
            return sessions.isEmpty() && rate.isRested();
        }
    }

    private final Ticker ticker;

    // guarded by this
    private final Map<String, Domain> domains = new HashMap<>();

    Domains(Ticker ticker) {
        this.ticker = ticker;
    }

    /** An end comes, and gets the share of its session in what its domain may use; empty if its domain has as many sessions here as it may, those that have gone and owe something among them. The second end of a session is always let in. */
    synchronized Optional<SharedRate.Share> enter(RelayToken token) {
        Domain domain = domains.get(token.tag());
        long most = token.limits().domainSessions();
        if (domain == null) {
            domain = new Domain(new SharedRate(ticker, token.limits().domainRate()));
            domains.put(token.tag(), domain);
        } else if (most > 0 && domain.sessions.size() >= most && !domain.sessions.containsKey(token.sid())) {
            return Optional.empty();
        }
        domain.rate.limit(token.limits().domainRate());
        SharedRate rate = domain.rate;
        Present session = domain.sessions.computeIfAbsent(token.sid(), sid -> new Present(rate.share()));
        domain.here += session.isHere() ? 0 : 1;
        session.ends++;
        return Optional.of(session.share);
    }

    /** An end that was let in goes. */
    synchronized void leave(RelayToken token) {
        Domain domain = domains.get(token.tag());
        Present session = domain == null ? null : domain.sessions.get(token.sid());
        if (domain == null || session == null) {
            return;
        }
        session.ends--;
        domain.here -= session.isHere() ? 0 : 1;
        if (session.isOver()) {
            domain.sessions.remove(token.sid());
        }
        if (domain.sessions.isEmpty() && domain.isOver()) {
            domains.remove(token.tag());
        }
    }

    /** Forgets whose sessions have left long enough ago. */
    synchronized void sweep() {
        domains.values().removeIf(Domain::isOver);
    }

    /** Those that have sessions here. */
    synchronized int size() {
        return (int) domains.values().stream().filter(domain -> domain.here > 0).count();
    }
}
