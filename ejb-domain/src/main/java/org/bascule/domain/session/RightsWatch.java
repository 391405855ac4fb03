package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.domain.acl.Snapshots;
import org.bascule.domain.live.LiveEvent;

/**
 * Lets a change of rights reach running sessions (requirement ACL-4): one that was made here or by another node, and one that comes with the time,
 * when an entry begins or ceases to count. Each is noticed within about a second and then applied to all running sessions of the domain.
 */
@ApplicationScoped
public class RightsWatch {

    @Inject
    Snapshots snapshots;

    @Inject
    SessionStore store;

    @Inject
    Leases leases;

    @Inject
    Clock clock;

    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    /** When something comes with the time, for each domain with running sessions. Used by {@link #sweep} alone, which does not overlap itself. */
    private final Map<String, Instant> due = new ConcurrentHashMap<>();

    /** Only remembers: whoever committed waits for this. */
    public void changed(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.RightsChanged event) {
        changed.add(event.domainId());
    }

    /** The same for a device, which may have another owner now. */
    public void moved(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.ResourceMoved event) {
        changed.add(event.domainId());
    }

    /** The same for where connections through a device may lead. */
    public void behindChanged(@Observes(during = TransactionPhase.AFTER_SUCCESS) LiveEvent.SubDevicesChanged event) {
        changed.add(event.domainId());
    }

    /** Looks for changes and applies them. To be called every second. */
    public void sweep() {
        Set<String> now = new HashSet<>(changed);
        changed.removeAll(now);
        List<String> running = store.domainsWithRunning();
        now.addAll(snapshots.poll(running));
        due.keySet().retainAll(running);
        for (String domainId : running) {
            if (now.contains(domainId) | comes(domainId, now.contains(domainId))) {
                leases.recheck(domainId);
            }
        }
    }

    /** Whether the time has come for an entry since this was last asked. */
    private boolean comes(String domainId, boolean anew) {
        Instant now = clock.instant();
        Instant known = anew ? null : due.get(domainId);
        if (known != null && now.isBefore(known)) {
            return false;
        }
        due.put(domainId, snapshots.nextChange(domainId, now));
        return known != null;
    }
}
