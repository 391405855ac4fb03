package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.session.SessionRights.Asked;
import org.bascule.domain.session.SessionRights.Left;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;

/**
 * Keeps running sessions running as long as they may: every 120 s permission and conditions are checked again and the device gets a newer ticket, which is a
 * lease of 5 minutes. A session whose device cannot be reached ends when its lease does, at the server as at the device. One that fails is logged, and holds
 * up no other.
 */
@ApplicationScoped
public class Leases {

    private static final Logger LOG = System.getLogger(Leases.class.getName());

    @Inject
    SessionStore store;

    @Inject
    SessionRights rights;

    @Inject
    Tickets tickets;

    @Inject
    DeviceChannels channels;

    @Inject
    Clock clock;

    private record Told(String domainId, Operations operations) {}

    /** What devices were told of running sessions that have lost a part. They give nothing back to a session, nor is it in any later ticket. */
    private final Map<SessionId, Told> narrowed = new ConcurrentHashMap<>();

    private record Untold(String domainId, String deviceUid) {}

    /** Sessions that lost a part of which this node did not tell their device: it is away, or is another node's. */
    private final Map<SessionId, Untold> untold = new ConcurrentHashMap<>();

    /**
     * What is left of a session.
     *
     * @param session with the operations that its device was told last
     */
    private record Checked(StoredSession session, Left left) {

        boolean ends() {
            return left.end().isPresent();
        }

        boolean changes() {
            return ends() || !left.operations().equals(session.operations());
        }
    }

    /** Renews what is due, and ends what has expired or was never begun. Called every few seconds. */
    public void sweep() {
        store.endAbandoned();
        Map<String, List<StoredSession>> due =
                store.due().stream().collect(Collectors.groupingBy(StoredSession::domainId));
        forEach(List.copyOf(due.values()), sessions -> {
            Asked asked = rights.ask(sessions.get(0).domainId(), sessions);
            return forEach(sessions, session -> apply(check(asked, session)));
        });
    }

    /**
     * Checks all running sessions of a domain at once, because rights have changed there. Those that may not go on end first, then those that lost a
     * part are told; the others keep their tickets until they are due. What cannot be told now is left to {@link #tellOthers}.
     *
     * @return whether that is done; false if something failed, or sessions ended that others may watch: to be called again soon
     */
    public boolean recheck(String domainId) {
        List<StoredSession> sessions = store.running(domainId);
        forgetOthers(domainId, sessions);
        Asked asked = rights.ask(domainId, sessions);
        List<Checked> changed = new ArrayList<>();
        boolean all = forEach(sessions, session -> {
            Checked checked = check(asked, session);
            if (checked.changes()) {
                changed.add(checked);
            }
            return true;
        });
        changed.sort(Comparator.comparing(Checked::ends).reversed());
        boolean applied = forEach(changed, checked -> {
            if (!apply(checked)) {
                untold.put(
                        checked.session().sid(),
                        new Untold(domainId, checked.session().deviceUid()));
            }
            return true;
        });
        return applied && all && changed.stream().noneMatch(Checked::ends);
    }

    /**
     * Checks a session that has just begun to run: what changed during its handshake found no session.
     *
     * @return false if it has ended with that, or its device cannot be told that it has lost a part
     */
    public boolean mayRun(StoredSession session) {
        Checked checked = check(session);
        return settle(checked) && !checked.ends();
    }

    /**
     * Tells devices that are connected here now what {@link #recheck} could not. To be called every second: the database is asked for their sessions alone.
     *
     * @param running the domains with running sessions; what is remembered of others is forgotten
     */
    public void tellOthers(Collection<String> running) {
        narrowed.values().removeIf(told -> !running.contains(told.domainId()));
        untold.values().removeIf(each -> !running.contains(each.domainId()));
        List<Map.Entry<SessionId, Untold>> here = untold.entrySet().stream()
                .filter(each -> channels.isOnline(each.getValue().deviceUid()))
                .toList();
        forEach(here, each -> {
            boolean told = store.runningOn(each.getValue().deviceUid(), each.getKey())
                    .map(session -> settle(check(session)))
                    .orElse(true);
            return !told || untold.remove(each.getKey(), each.getValue());
        });
    }

    private Checked check(StoredSession session) {
        return check(rights.ask(session.domainId(), List.of(session)), session);
    }

    private Checked check(Asked asked, StoredSession session) {
        Told told = narrowed.get(session.sid());
        StoredSession known = told == null ? session : session.narrowedTo(told.operations());
        return new Checked(known, rights.left(asked, known));
    }

    private boolean settle(Checked checked) {
        return !checked.changes() || apply(checked);
    }

    private void forgetOthers(String domainId, List<StoredSession> sessions) {
        Set<SessionId> running = new HashSet<>();
        sessions.forEach(session -> running.add(session.sid()));
        narrowed.entrySet()
                .removeIf(each -> each.getValue().domainId().equals(domainId) && !running.contains(each.getKey()));
        untold.entrySet()
                .removeIf(each -> each.getValue().domainId().equals(domainId) && !running.contains(each.getKey()));
    }

    /** Whether somebody would hold a permission on a device, under rights that are not in force. */
    @FunctionalInterface
    public interface Rights {
        boolean allows(String userId, Permission permission, String deviceUid);
    }

    /** How many running sessions of a domain would end under other rights. */
    public long ending(String domainId, Rights rights) {
        return store.running(domainId).stream()
                .filter(session -> SessionPermissions.permitted(rights, session).isEmpty())
                .count();
    }

    /** A sign-in or an API token that has ended takes its sessions with it, in the same transaction. */
    public void ended(@Observes LiveEvent.CredentialEnded event) {
        store.ofCredential(event.domainId(), event.id())
                .forEach((sid, device) -> end(event.domainId(), sid, device, EndReason.SIGNED_OUT));
    }

    /** Whether it worked for each, and each said so. */
    private static <T> boolean forEach(List<T> all, Predicate<T> work) {
        boolean done = true;
        for (T each : all) {
            try {
                done &= work.test(each);
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "a running session could not be looked after", e);
                done = false;
            }
        }
        return done;
    }

    /** False if the device does not know yet. */
    private boolean apply(Checked checked) {
        StoredSession session = checked.session();
        if (checked.ends()) {
            end(session, checked.left().end().orElseThrow());
            return true;
        }
        if (channels.isOnline(session.deviceUid())) {
            return update(session, checked.left().operations());
        }
        if (!clock.instant().isBefore(session.leaseExpires())) {
            end(session, EndReason.INTERRUPTED);
            return true;
        }
        return false;
    }

    private boolean update(StoredSession session, Operations permitted) {
        Instant now = clock.instant();
        String ticket;
        try {
            ticket = tickets.sign(session.narrowedTo(permitted), session.ticketSeq() + 1, now);
        } catch (RefusedException e) {
            // no key set is in force: the lease lapses
            end(session, EndReason.INTERRUPTED);
            return true;
        }
        if (!store.renewed(session, Tickets.lease(session, now))
                || !channels.send(session.deviceUid(), new SessionMessage.SessionUpdate(session.sid(), ticket))) {
            return false;
        }
        if (!permitted.equals(session.operations())) {
            narrowed.put(session.sid(), new Told(session.domainId(), permitted));
        }
        return true;
    }

    private void end(StoredSession session, EndReason reason) {
        end(session.domainId(), session.sid(), session.deviceUid(), reason);
    }

    private void end(String domainId, SessionId sid, String deviceUid, EndReason reason) {
        store.end(domainId, sid, Actor.SERVER, reason.code(), SessionStore.Facts.NONE);
        channels.send(deviceUid, new SessionMessage.SessionEnd(sid, reason.code()));
    }
}
