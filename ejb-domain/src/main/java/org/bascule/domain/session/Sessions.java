package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.directory.Names;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.paging.Page;
import org.bascule.domain.paging.PageRequest;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.SignedKeySet;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.B64;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.trust.Endorsement;
import org.jspecify.annotations.Nullable;

/** Remote sessions: request, handshake, end. */
@Stateless
public class Sessions {

    /** Live sessions of one user; more is a program that has gone wrong. */
    private static final int MAX_LIVE = 100;

    private static final int MAX_ENDORSEMENT = 4_096;

    @Inject
    Authorization authorization;

    @Inject
    SessionStore store;

    @Inject
    Handshakes handshakes;

    @Inject
    DeviceChannels channels;

    @Inject
    Installation installation;

    @Inject
    Relays relays;

    @Inject
    Transactions transactions;

    /** Step 0: checks permissions and presence and answers with everything that the client needs for its checks. */
    public SessionOpened open(Caller caller, SessionRequest request, ClientKind client) throws RefusedException {
        requirePermissions(caller, request);
        SignedKeySet keySet = installation.requireKeySet();
        SessionStore.Target target =
                store.target(caller.domainId(), request.device()).orElseThrow(RefusedException::notFound);
        requireReachable(target);
        if (store.liveOf(caller) >= MAX_LIVE) {
            throw new RefusedException(Problem.TOO_MANY_REQUESTS, "You have too many sessions open.");
        }
        List<byte[]> chain = store.chain(caller.domainId(), target.uid()).orElseThrow(Handshakes::offline);
        SessionId sid = SessionId.random();
        store.add(caller, sid, target, request.operations(), request.reason().orElse(null));
        return new SessionOpened(
                sid,
                installation.issuer(),
                caller.domainId(),
                caller.userId(),
                target.uid(),
                target.name(),
                chain.stream().map(B64::encode).toList(),
                endorsement(target.endorsement()),
                keySet.text(),
                keySet.keys().root(),
                relays.addresses(client),
                request.operations(),
                SessionOpened.READY);
    }

    private void requirePermissions(Caller caller, SessionRequest request) throws RefusedException {
        Set<Permission> needed = new LinkedHashSet<>();
        for (String operation : request.operations().names()) {
            needed.add(SessionPermissions.needed(operation)
                    .orElseThrow(() -> RefusedException.invalid("operations", "There is no such operation.")));
        }
        for (Permission permission : needed) {
            authorization.require(caller, permission, request.device());
        }
    }

    private void requireReachable(SessionStore.Target target) throws RefusedException {
        if (target.quarantined()) {
            throw new RefusedException(
                    Problem.DEVICE_QUARANTINED, "The device is quarantined: it was seen twice at once.");
        }
        if (!channels.isOnline(target.uid())) {
            throw Handshakes.offline();
        }
    }

    private static Endorsement endorsement(@Nullable String json) throws RefusedException {
        try {
            if (json != null) {
                return Endorsement.parse(StrictJson.parse(json, MAX_ENDORSEMENT));
            }
        } catch (WireException e) {
            throw new IllegalStateException("a stored endorsement is not one", e);
        }
        throw Handshakes.offline();
    }

    /**
     * Step 1 to 4: checks again, signs the ticket, lets the device answer, picks the relay, admits both ends.
     *
     * @return completes within 11 s, exceptionally with a {@link RefusedException} ({@code HANDSHAKE_FAILED}, {@code FORBIDDEN},
     *     {@code DEVICE_OFFLINE}) and nothing else
     * @throws RefusedException if it is refused before the device was asked; {@code CONFLICT} for a second handshake
     */
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public CompletableFuture<HandshakeAnswer> handshake(
            Caller caller, SessionId sid, HandshakeRequest request, ClientKind client) throws RefusedException {
        StoredSession session = transactions.inNew(() -> begin(caller, sid, request));
        // after the commit, so that the device's answer finds the session
        return handshakes.offer(session, request, client);
    }

    private StoredSession begin(Caller caller, SessionId sid, HandshakeRequest request) throws RefusedException {
        installation.requireKeySet();
        requireOwn(caller, sid);
        Optional<StoredSession> session = store.offer(caller, sid, Sha256.of(request.m1()));
        StoredSession offered = session.orElseThrow(
                () -> new RefusedException(Problem.CONFLICT, "This session had its handshake already, or has ended."));
        for (String operation : offered.operations().names()) {
            authorization.require(
                    caller,
                    SessionPermissions.needed(operation).orElseThrow(RefusedException::forbidden),
                    offered.deviceUid());
        }
        requireReachable(store.target(caller.domainId(), offered.deviceUid()).orElseThrow(RefusedException::notFound));
        return offered;
    }

    private void requireOwn(Caller caller, SessionId sid) throws RefusedException {
        boolean own = store.ownership(caller.domainId(), sid)
                .filter(session -> session.userId().equals(caller.userId()))
                .isPresent();
        if (!own) {
            throw RefusedException.notFound();
        }
    }

    /** Ends a session at the request of its user, or of somebody who may end sessions. Ending an ended one does nothing. */
    public void end(Caller caller, SessionId sid, String reason, OptionalLong bytesIn, OptionalLong bytesOut)
            throws RefusedException {
        SessionStore.Ownership session =
                store.ownership(caller.domainId(), sid).orElseThrow(RefusedException::notFound);
        if (!session.userId().equals(caller.userId())) {
            authorization.require(caller, Permission.END_SESSIONS, session.deviceUid());
        }
        if (session.isEnded()) {
            return;
        }
        store.end(
                caller.domainId(),
                sid,
                caller.actor(),
                reason,
                new SessionStore.Facts(bytesIn, bytesOut, Optional.empty()));
        channels.send(session.deviceUid(), new ControlMessage.SessionEnd(sid, Names.cleaned(reason, "done")));
    }

    /** Live sessions: the caller's own, and those on devices whose connection log the caller may view. */
    public List<SessionView> live(Caller caller) {
        return store.live(caller);
    }

    /** All sessions on a device, newest first; needs {@code view-connection-log} on it. */
    public Page<SessionView> ofDevice(Caller caller, String deviceUid, PageRequest page) throws RefusedException {
        authorization.require(caller, Permission.VIEW_CONNECTION_LOG, deviceUid);
        return store.history(caller.domainId(), deviceUid, page);
    }

    /** Whether the caller may know of the session: for live events. */
    public boolean sees(Caller caller, String deviceUid, String sessionUserId) {
        return caller.userId().equals(sessionUserId)
                || authorization.allows(caller, Permission.VIEW_CONNECTION_LOG, deviceUid);
    }
}
