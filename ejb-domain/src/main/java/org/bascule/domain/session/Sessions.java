package org.bascule.domain.session;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.bascule.domain.acl.Authorization;
import org.bascule.domain.acl.Permission;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Changes;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.contract.Conditions;
import org.bascule.domain.contract.UnmetCondition;
import org.bascule.domain.database.Transactions;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.directory.Names;
import org.bascule.domain.id.Uuid7;
import org.bascule.domain.identity.Caller;
import org.bascule.domain.lifecycle.Renewals;
import org.bascule.domain.options.Options;
import org.bascule.domain.options.Quotas;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.paging.Slice;
import org.bascule.domain.pki.Installation;
import org.bascule.domain.pki.SignedKeySet;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.sessionpolicy.SessionPolicies;
import org.bascule.domain.sessionpolicy.SessionPolicy;
import org.bascule.domain.transparency.SessionProofs;
import org.bascule.wire.B64;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.session.ReserveRequest;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.session.SessionRequest;
import org.bascule.wire.ticket.Consent;
import org.bascule.wire.trust.Endorsement;
import org.jspecify.annotations.Nullable;

/** Remote sessions: request, handshake, end. */
@Stateless
public class Sessions {

    /** Live sessions of one user; more is a program that has gone wrong. */
    private static final int MAX_LIVE = 100;

    private static final int MAX_ENDORSEMENT = 4_096;
    /** Looking at a session that runs, of which its user is told: nobody is asked. */
    private static final Pattern WATCH = Pattern.compile("watch(:.*)?");

    @Inject
    Authorization authorization;

    @Inject
    SessionStore store;

    @Inject
    SessionLists lists;

    @Inject
    Handshakes handshakes;

    @Inject
    DeviceChannels channels;

    @Inject
    Installation installation;

    @Inject
    Renewals renewals;

    @Inject
    SessionProofs proofs;

    @Inject
    Relays relays;

    @Inject
    GivenRelays given;

    @Inject
    Reserves reserves;

    @Inject
    ReserveRate reserveRate;

    @Inject
    WatchRules watching;

    @Inject
    ForwardRules forwards;

    @Inject
    Conditions conditions;

    @Inject
    Quotas quotas;

    @Inject
    Options options;

    @Inject
    SessionPolicies policies;

    @Inject
    Consents consents;

    @Inject
    ConsentStore consentStore;

    @Inject
    AuditLog audit;

    @Inject
    Transactions transactions;

    /** Step 0: checks permissions and presence and answers with everything that the client needs for its checks. */
    public SessionOpened open(Caller caller, SessionRequest request, ClientKind client) throws RefusedException {
        requirePermissions(caller, request);
        watching.require(caller, request.device(), request.operations());
        forwards.require(caller, request.device(), request.operations());
        requireConditions(caller, request.device());
        SessionPolicy policy = policies.of(caller.domainId(), request.device());
        requireReason(policy, request);
        SignedKeySet keySet = installation.requireKeySet();
        SessionStore.Target target =
                store.target(caller.domainId(), request.device()).orElseThrow(RefusedException::notFound);
        requireReachable(target);
        requireSwitchedOn(caller, target);
        List<byte[]> chain = store.chain(caller.domainId(), target.uid()).orElseThrow(Handshakes::offline);
        Optional<Consent> whom = whom(caller, policy, target, request.operations());
        SessionId sid = SessionId.random();
        SessionOpened opened = new SessionOpened(
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
                relays.addresses(relays.usable(caller.domainId(), target.uid(), caller.userId()), sid, client),
                request.operations(),
                whom.isPresent() ? SessionOpened.ASKING : SessionOpened.READY,
                renewals.continuity(caller.domainId(), target.uid()),
                Optional.of(proofs.ofCertificate(
                        caller.domainId(),
                        target.uid(),
                        chain.get(0),
                        request.heads().getOrDefault(caller.domainId(), 0L))));
        boolean fullLog = policy.fullLog() || options.of(caller.domainId()).fullSessionLog();
        SessionStore.Opening opening = new SessionStore.Opening(whom, consents.until(policy), fullLog);
        add(caller, opened.sid(), target, request, opening);
        if (whom.isPresent()) {
            consents.ask(question(caller, sid, target, request, whom.get(), opening.until()), policy.timeout());
        }
        return opened;
    }

    private static void requireReason(SessionPolicy policy, SessionRequest request) throws RefusedException {
        if (policy.reasonRequired()
                && !watches(request.operations())
                && request.reason()
                        .map(reason -> Names.cleaned(reason, ""))
                        .filter(reason -> !reason.isEmpty())
                        .isEmpty()) {
            throw new RefusedException(Problem.REASON_REQUIRED, "Say why you want to do this.");
        }
    }

    /** Nobody is asked about who only watches, and he need not say why: the one who is watched has said it. */
    private static boolean watches(Operations operations) {
        return operations.names().stream().allMatch(name -> WATCH.matcher(name).matches());
    }

    /** Who is asked first. One question of a user at a time, so that nobody is worn down by them. */
    private Optional<Consent> whom(
            Caller caller, SessionPolicy policy, SessionStore.Target target, Operations operations)
            throws RefusedException {
        if (watches(operations)) {
            return Optional.empty();
        }
        Optional<Consent> whom = consents.whom(policy, target.uid());
        if (whom.isPresent() && consentStore.asks(caller.domainId(), caller.userId(), target.uid())) {
            throw new RefusedException(
                    Problem.TOO_MANY_REQUESTS, "You are waiting for consent on this device already.");
        }
        return whom;
    }

    private static ConsentQuestion question(
            Caller caller,
            SessionId sid,
            SessionStore.Target target,
            SessionRequest request,
            Consent whom,
            Instant until) {
        return new ConsentQuestion(
                sid,
                caller.domainId(),
                target.uid(),
                target.name(),
                caller.userId(),
                caller.userName(),
                caller.address(),
                request.reason()
                        .map(reason -> Names.cleaned(reason, ""))
                        .filter(reason -> !reason.isEmpty())
                        .orElse(null),
                request.operations(),
                whom,
                until);
    }

    /**
     * How it stands with the consent to an own session.
     *
     * @param patience how long to wait for the answer
     */
    public CompletableFuture<ConsentView> consent(Caller caller, SessionId sid, Duration patience)
            throws RefusedException {
        requireOwn(caller, sid);
        return consents.wait(caller.domainId(), sid, patience);
    }

    /** In a transaction of its own, because the quotas are counted under a lock that must not be held for longer, on what others committed. */
    private void add(
            Caller caller,
            SessionId sid,
            SessionStore.Target target,
            SessionRequest request,
            SessionStore.Opening opening)
            throws RefusedException {
        try {
            transactions.inNew(() -> {
                quotas.admit(caller, target.uid(), "");
                if (store.liveOf(caller) >= MAX_LIVE) {
                    throw new RefusedException(Problem.TOO_MANY_REQUESTS, "You have too many sessions open.");
                }
                store.add(
                        caller,
                        sid,
                        target,
                        request.operations(),
                        request.reason().orElse(null),
                        opening);
                return sid;
            });
        } catch (RefusedException e) {
            refused(caller, target.uid(), target.name(), e.detail());
            throw e;
        }
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

    private void requireConditions(Caller caller, String deviceUid) throws RefusedException {
        Optional<UnmetCondition> unmet = conditions.unmet(caller.domainId(), caller.userId(), deviceUid);
        if (unmet.isPresent()) {
            String name = store.target(caller.domainId(), deviceUid)
                    .map(SessionStore.Target::name)
                    .orElse(null);
            refused(caller, deviceUid, name, unmet.get().sentence().toString());
            throw unmet.get().refusal();
        }
    }

    private void refused(Caller caller, String deviceUid, @Nullable String deviceName, String detail) {
        audit.recordRefused(caller.did(Operation.SESSION_OPENED, Outcome.DENIED)
                .on(deviceUid, deviceName)
                .saying(detail));
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

    /** The device refuses by itself; this spares the handshake, and says why. */
    private void requireSwitchedOn(Caller caller, SessionStore.Target target) throws RefusedException {
        if (target.switchedOff()) {
            RefusedException told = Handshakes.switchedOff();
            refused(caller, target.uid(), target.name(), told.detail());
            throw told;
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
        SessionStore.Ownership own = requireOwn(caller, sid);
        if (own.state().equals("asking")) {
            throw new RefusedException(Problem.CONSENT_REQUIRED, "Nobody has consented to this session yet.");
        }
        StoredSession session = transactions.inNew(() -> begin(caller, own, sid, request));
        // after the commit, so that the device's answer finds the session
        return handshakes.offer(session, request, client);
    }

    private StoredSession begin(Caller caller, SessionStore.Ownership own, SessionId sid, HandshakeRequest request)
            throws RefusedException {
        // first, because of its lock; a quota may have become smaller since the request
        quotas.admit(caller, own.deviceUid(), sid.hex());
        installation.requireKeySet();
        Optional<StoredSession> session = store.offer(caller, sid, Sha256.of(request.m1()));
        StoredSession offered = session.orElseThrow(
                () -> new RefusedException(Problem.CONFLICT, "This session had its handshake already, or has ended."));
        for (String operation : offered.operations().names()) {
            authorization.require(
                    caller,
                    SessionPermissions.needed(operation).orElseThrow(RefusedException::forbidden),
                    offered.deviceUid());
        }
        watching.require(caller, offered.deviceUid(), offered.operations());
        forwards.require(caller, offered.deviceUid(), offered.operations());
        requireConditions(caller, offered.deviceUid());
        requireReachable(store.target(caller.domainId(), offered.deviceUid()).orElseThrow(RefusedException::notFound));
        return offered;
    }

    /**
     * Tokens with which the client can go on at other relays; the device is told if the client says that it has lost its transport.
     *
     * @throws RefusedException {@code SESSION_ENDED} if it has ended, {@code CONFLICT} if it does not run yet, {@code TOO_MANY_REQUESTS} if it asks too often
     */
    public List<ReserveRelay> reserve(Caller caller, SessionId sid, ReserveRequest request, ClientKind client)
            throws RefusedException {
        SessionStore.Ownership own = requireOwn(caller, sid);
        if (own.isEnded()) {
            throw new RefusedException(
                    Problem.SESSION_ENDED,
                    "The session has ended (%s).",
                    store.endReason(own.deviceUid(), sid).orElse("ended"));
        }
        StoredSession session = store.runningOn(own.deviceUid(), sid)
                .orElseThrow(() -> new RefusedException(Problem.CONFLICT, "The session does not run yet."));
        reserveRate.take(sid);
        if (request.lost().isPresent()) {
            channels.send(
                    session.deviceUid(),
                    new SessionMessage.SessionLost(sid, request.lost().getAsLong(), request.struck()));
        }
        List<LiveRelay> next = relays.reserve(usable(session), sid, request.relays(), request.struck());
        given.give(session, next);
        return reserves.of(session, next, RelayRole.CLIENT, request.relayKey(), client);
    }

    private List<LiveRelay> usable(StoredSession session) throws RefusedException {
        return relays.usable(session.domainId(), session.deviceUid(), session.userId());
    }

    private SessionStore.Ownership requireOwn(Caller caller, SessionId sid) throws RefusedException {
        return store.ownership(caller.domainId(), sid)
                .filter(session -> session.isOf(caller))
                .orElseThrow(RefusedException::notFound);
    }

    /**
     * Ends a session at the request of its user, or of somebody who may end sessions. Ending an ended one does nothing but store the comment, if its
     * user gives one and it has none.
     *
     * @throws RefusedException {@code INVALID} for {@code comment} if the domain asks its user for one; the session goes on then
     */
    public void end(Caller caller, SessionId sid, Ending ending) throws RefusedException {
        SessionStore.Ownership session =
                store.ownership(caller.domainId(), sid).orElseThrow(RefusedException::notFound);
        boolean own = session.isOf(caller);
        if (own) {
            takeComment(caller, sid, session, ending);
        } else {
            authorization.require(caller, Permission.END_SESSIONS, session.deviceUid());
        }
        if (session.isEnded()) {
            return;
        }
        store.end(
                caller.domainId(),
                sid,
                caller.actor(),
                ending.reason(),
                new SessionStore.Facts(ending.bytesIn(), ending.bytesOut(), Optional.empty()));
        channels.send(session.deviceUid(), new SessionMessage.SessionEnd(sid, Names.cleaned(ending.reason(), "done")));
    }

    private void takeComment(Caller caller, SessionId sid, SessionStore.Ownership session, Ending ending)
            throws RefusedException {
        Optional<String> comment = ending.comment().map(String::strip).filter(text -> !text.isEmpty());
        if (comment.isPresent()) {
            if (!session.commented()) {
                store(caller, sid, session, comment.get());
            }
        } else if (session.started()
                && !session.isEnded()
                && !session.commented()
                && options.of(caller.domainId()).commentRequired()) {
            throw RefusedException.invalid("comment", "Say what was done: your domain asks for it.");
        }
    }

    /**
     * Adds the comment to a session that has ended by itself, or before its user could give one. Only once, so that it stays what it was.
     *
     * @throws RefusedException {@code CONFLICT} if it has one, or never ran
     */
    public void comment(Caller caller, SessionId sid, String text) throws RefusedException {
        SessionStore.Ownership session = requireOwn(caller, sid);
        if (session.commented()) {
            throw new RefusedException(Problem.CONFLICT, "This session has its comment already.");
        }
        if (!store(caller, sid, session, text)) {
            throw new RefusedException(Problem.CONFLICT, "This session never ran, or has its comment already.");
        }
    }

    private boolean store(Caller caller, SessionId sid, SessionStore.Ownership session, String text)
            throws RefusedException {
        String comment = Comments.checked(text);
        boolean stored = store.comment(caller.domainId(), sid, comment);
        if (stored) {
            audit.record(caller.did(Operation.SESSION_COMMENTED, Outcome.SUCCESS)
                    .on(session.deviceUid(), session.deviceName())
                    .inSession(sid.hex())
                    .changing(Changes.none().field("comment", null, comment)));
        }
        return stored;
    }

    /**
     * Live sessions: the caller's own, and those on devices whose connection log the caller may view, or whose sessions he may watch; newest first.
     *
     * @param device those on it; null for all
     */
    public Slice<SessionView> live(Caller caller, @Nullable String device, Cursor cursor) throws RefusedException {
        return device == null || Uuid7.isUuid(device)
                ? lists.live(caller, device, cursor)
                : new Slice<>(List.of(), null);
    }

    /** All sessions on a device, newest first; needs {@code view-connection-log} on it. */
    public Slice<SessionView> ofDevice(Caller caller, String deviceUid, Cursor cursor) throws RefusedException {
        authorization.require(caller, Permission.VIEW_CONNECTION_LOG, deviceUid);
        return lists.history(caller.domainId(), deviceUid, cursor);
    }

    /** Whether the caller may know of the session: for live events. An API token has no part in what its user opened otherwise. */
    public boolean sees(Caller caller, String deviceUid, String sessionUserId) {
        return !caller.credential().isToken() && caller.userId().equals(sessionUserId)
                || authorization.allows(caller, Permission.VIEW_CONNECTION_LOG, deviceUid)
                || authorization.allows(caller, Permission.WATCH_SESSIONS, deviceUid);
    }
}
