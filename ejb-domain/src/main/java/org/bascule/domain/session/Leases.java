package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.bascule.domain.account.AccountState;
import org.bascule.domain.account.AccountStates;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.contract.Conditions;
import org.bascule.domain.contract.UnmetCondition;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.identity.Credential;
import org.bascule.domain.live.LiveEvent;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.token.Credentials;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;

/**
 * Keeps running sessions running as long as they may: every 120 s permission and conditions are checked again and the device gets a newer ticket, which is a
 * lease of 5 minutes. A session whose device cannot be reached ends when its lease does, at the server as at the device.
 */
@ApplicationScoped
public class Leases {

    @Inject
    SessionStore store;

    @Inject
    Authorization authorization;

    @Inject
    Credentials credentials;

    @Inject
    AccountStates accounts;

    @Inject
    Conditions conditions;

    @Inject
    WatchRules watching;

    @Inject
    ForwardRules forwards;

    @Inject
    Tickets tickets;

    @Inject
    DeviceChannels channels;

    @Inject
    Clock clock;

    /** Renews what is due, and ends what has expired or was never begun. Called every few seconds. */
    public void sweep() {
        store.endAbandoned();
        for (StoredSession session : store.due()) {
            renew(session);
        }
    }

    /** Checks all running sessions of a domain at once, because rights have changed there. */
    public void recheck(String domainId) {
        store.running(domainId).forEach(this::renew);
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

    private void renew(StoredSession session) {
        Instant now = clock.instant();
        Optional<Credential> credential = credentials.of(session.domainId(), session.credential());
        if (credential.isEmpty() || accounts.state(session.domainId(), session.userId()) != AccountState.ACTIVE) {
            end(session, EndReason.SIGNED_OUT);
            return;
        }
        Operations permitted = forwards.listed(
                session.domainId(),
                session.deviceUid(),
                SessionPermissions.permitted(authorization, session, credential.get()));
        Optional<UnmetCondition> unmet = conditions.unmet(session.domainId(), session.userId(), session.deviceUid());
        if (!now.isBefore(session.sessionExpires())) {
            end(session, EndReason.EXPIRED);
        } else if (permitted.isEmpty()) {
            end(session, EndReason.NOT_PERMITTED);
        } else if (watching.isOver(session)) {
            end(session, EndReason.WATCHED_ENDED);
        } else if (unmet.isPresent()) {
            end(session, EndReason.of(unmet.get().problem()));
        } else if (channels.isOnline(session.deviceUid())) {
            update(session, permitted, now);
        } else if (!now.isBefore(session.leaseExpires())) {
            end(session, EndReason.INTERRUPTED);
        }
    }

    private void update(StoredSession session, Operations permitted, Instant now) {
        try {
            StoredSession narrowed = session.narrowedTo(permitted);
            String ticket = tickets.sign(narrowed, session.ticketSeq() + 1L, now);
            if (store.renewed(session, Tickets.lease(session, now))) {
                channels.send(session.deviceUid(), new SessionMessage.SessionUpdate(session.sid(), ticket));
            }
        } catch (RefusedException e) {
            // no key set is in force: the lease lapses
            end(session, EndReason.INTERRUPTED);
        }
    }

    private void end(StoredSession session, EndReason reason) {
        end(session.domainId(), session.sid(), session.deviceUid(), reason);
    }

    private void end(String domainId, SessionId sid, String deviceUid, EndReason reason) {
        store.end(domainId, sid, Actor.SERVER, reason.code(), SessionStore.Facts.NONE);
        channels.send(deviceUid, new SessionMessage.SessionEnd(sid, reason.code()));
    }
}
