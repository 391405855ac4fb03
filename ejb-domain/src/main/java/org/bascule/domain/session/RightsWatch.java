package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.bascule.domain.account.AccountStates;
import org.bascule.domain.acl.Snapshots;
import org.bascule.domain.contract.Conditions;
import org.bascule.domain.live.LiveEvent;

/**
 * Lets a change of rights reach running sessions (requirement ACL-4): one that was made here or by another node, and one that comes with the time,
 * when an entry begins or ceases to count, or a contract, a qualification, an account or an API token ends. Each is noticed within about a second and then applied to all
 * running sessions of the domain.
 */
@ApplicationScoped
public class RightsWatch {

    private static final Logger LOG = System.getLogger(RightsWatch.class.getName());

    @Inject
    Snapshots snapshots;

    @Inject
    SessionStore store;

    @Inject
    SessionRights rights;

    @Inject
    Leases leases;

    @Inject
    Conditions conditions;

    @Inject
    AccountStates accounts;

    @Inject
    Clock clock;

    /** Domains in which something has changed that has not reached all sessions. */
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
        List<String> running = store.domainsWithRunning();
        changed.addAll(snapshots.poll(running));
        attempt("all domains", () -> changed.addAll(rights.lapsed()));
        due.keySet().retainAll(running);
        for (String domainId : running) {
            if (changed.remove(domainId) || comes(domainId)) {
                apply(domainId);
            }
        }
        leases.tellOthers(running);
    }

    /** What does not reach all sessions of a domain is tried again with the next sweep, and holds up no other domain. */
    private void apply(String domainId) {
        Instant before = clock.instant();
        boolean applied = attempt("domain " + domainId, () -> leases.recheck(domainId));
        boolean timed = attempt("domain " + domainId, () -> {
            due.put(domainId, nextChange(domainId, before));
            return true;
        });
        if (!applied || !timed) {
            changed.add(domainId);
        }
    }

    private static boolean attempt(String where, BooleanSupplier work) {
        try {
            return work.getAsBoolean();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "changed rights could not be applied in " + where, e);
            return false;
        }
    }

    /** Whether something has come with the time, or may have while nobody looked. */
    private boolean comes(String domainId) {
        Instant known = due.get(domainId);
        return known == null || !clock.instant().isBefore(known);
    }

    private Instant nextChange(String domainId, Instant after) {
        return Stream.of(
                        snapshots.nextChange(domainId, after),
                        conditions.nextEnd(domainId, after),
                        accounts.nextEnd(domainId, after))
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }
}
