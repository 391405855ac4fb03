package org.bascule.domain.session;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.device.DeviceChannels;
import org.bascule.domain.device.SessionTraffic;
import org.bascule.domain.directory.Names;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.domain.relay.LiveRelay;
import org.bascule.domain.relay.RelayDistances;
import org.bascule.domain.transparency.SessionProofs;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.ControlMessage;
import org.bascule.wire.control.DeviceEvent;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.HandshakeAnswer;
import org.bascule.wire.session.HandshakeRequest;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.RelayWay;
import org.bascule.wire.session.ReserveRelay;

/** Handshakes that wait for their device, and what devices say about sessions. Nothing of a waiting handshake survives a restart. */
@ApplicationScoped
public class Handshakes implements SessionTraffic {

    private static final Logger LOG = System.getLogger(Handshakes.class.getName());

    static final Duration ANSWER_TIME = Duration.ofSeconds(10);
    private static final String NOT_PERMITTED = "not-permitted";
    private static final String SWITCHED_OFF = "switched-off";
    private static final String CONSENT_REQUIRED = "consent-required";

    @Inject
    SessionStore store;

    @Inject
    Tickets tickets;

    @Inject
    Reserves reserves;

    @Inject
    Relays relays;

    @Inject
    GivenRelays given;

    @Inject
    RelayDistances distances;

    @Inject
    Leases leases;

    @Inject
    DeviceChannels channels;

    @Inject
    SessionProofs proofs;

    @Inject
    Clock clock;

    private final Map<SessionId, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(
            StoredSession session,
            HandshakeRequest request,
            ClientKind client,
            String ticket,
            Instant deadline,
            CompletableFuture<HandshakeAnswer> answer) {}

    /** Offers the session to its device and waits for the answer. */
    public CompletableFuture<HandshakeAnswer> offer(StoredSession session, HandshakeRequest request, ClientKind client)
            throws RefusedException {
        Optional<LogProofs.Growth> growth =
                proofs.between(session.domainId(), request.log(), channels.log(session.deviceUid()));
        Optional<RelayAddress> probably = relays.choose(usable(session), session.sid(), request.rtts(), Map.of())
                .map(relay -> new RelayAddress(relay.id(), relay.nativeUrl()));
        Instant now = clock.instant();
        String ticket = tickets.sign(session, session.ticketSeq(), now);
        Waiting entry = new Waiting(session, request, client, ticket, now.plus(ANSWER_TIME), new CompletableFuture<>());
        waiting.put(session.sid(), entry);
        ControlMessage offer = new SessionMessage.SessionOffer(
                session.sid(), request.m1(), ticket, session.clientAddress(), probably, growth);
        if (!channels.send(session.deviceUid(), offer) && waiting.remove(session.sid(), entry)) {
            store.failed(session, Outcome.FAILED, "the device went offline");
            throw offline();
        }
        return entry.answer();
    }

    private List<LiveRelay> usable(StoredSession session) throws RefusedException {
        return relays.usable(session.domainId(), session.deviceUid(), session.userId());
    }

    static RefusedException offline() {
        return new RefusedException(Problem.DEVICE_OFFLINE, "The device is not online.");
    }

    static RefusedException switchedOff() {
        return new RefusedException(Problem.DEVICE_SWITCHED_OFF, "Remote access was switched off at the device.");
    }

    private Optional<Waiting> take(SessionId sid, String uid) {
        Waiting entry = waiting.get(sid);
        if (entry == null || !entry.session().deviceUid().equals(uid) || !waiting.remove(sid, entry)) {
            return Optional.empty();
        }
        return Optional.of(entry);
    }

    @Override
    public void answered(String uid, SessionMessage.SessionAnswer answer) {
        take(answer.sid(), uid).ifPresentOrElse(entry -> meet(entry, answer), () -> {
            // too late, or of no session: the device must not wait for a client that will not come
            channels.send(uid, new SessionMessage.SessionEnd(answer.sid(), "handshake-failed"));
        });
    }

    private void meet(Waiting entry, SessionMessage.SessionAnswer answer) {
        StoredSession session = entry.session();
        try {
            List<LiveRelay> best = relays.reserve(
                    usable(session), session.sid(), entry.request().rtts(), answer.rtts());
            if (best.isEmpty()) {
                throw new RefusedException(Problem.UNAVAILABLE, "There is no relay.");
            }
            given.give(session, best);
            LiveRelay relay = best.get(0);
            RelayProofPublicKey clientKey = entry.request().relayKey();
            String forClient = reserves.first(session, relay, RelayRole.CLIENT, clientKey);
            String forDevice = reserves.first(session, relay, RelayRole.DEVICE, answer.relayKey());
            List<ReserveRelay> clientReserve =
                    reserves.of(session, best, RelayRole.CLIENT, clientKey, entry.client()).stream()
                            .map(one -> one.measured(entry.request().rtts(), answer.rtts()))
                            .toList();
            List<ReserveRelay> deviceReserve =
                    reserves.of(session, best, RelayRole.DEVICE, answer.relayKey(), ClientKind.NATIVE);
            RelayWay way = RelayWay.of(relay.id(), entry.request().rtts(), answer.rtts());
            distances.measured(entry.request().rtts());
            distances.measured(answer.rtts());
            if (!store.started(session, relay.id(), way, channels.address(session.deviceUid()))
                    || !leases.mayRun(session)) {
                throw new RefusedException(Problem.CONFLICT, "The session was ended.");
            }
            relays.taken(relay);
            channels.send(
                    session.deviceUid(),
                    new SessionMessage.SessionRelay(
                            session.sid(), Relays.address(relay, ClientKind.NATIVE), forDevice, deviceReserve));
            entry.answer()
                    .complete(new HandshakeAnswer(
                            answer.m2(),
                            entry.ticket(),
                            Relays.address(relay, entry.client()),
                            forClient,
                            session.sessionExpires(),
                            clientReserve,
                            way));
        } catch (RefusedException e) {
            fail(entry, Outcome.FAILED, e.detail(), e);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a handshake could not be completed", e);
            fail(entry, Outcome.FAILED, "internal error", handshakeFailed());
        }
    }

    private static RefusedException handshakeFailed() {
        return new RefusedException(Problem.HANDSHAKE_FAILED, "The handshake with the device failed.");
    }

    /** A device without an account runs nothing, whatever its own policy says. */
    private static RefusedException notPermitted(StoredSession session) {
        return session.account().isEmpty()
                ? new RefusedException(
                        Problem.NO_ACCOUNT,
                        "No account is set for this device, so it runs neither terminals nor commands. An administrator has to set one.")
                : new RefusedException(Problem.FORBIDDEN, "The device does not permit this.");
    }

    /** Ends a handshake that came to nothing; the client learns no more than it may. */
    private void fail(Waiting entry, Outcome outcome, String detail, RefusedException told) {
        try {
            endRow(entry.session(), outcome, detail);
            channels.send(
                    entry.session().deviceUid(),
                    new SessionMessage.SessionEnd(entry.session().sid(), "handshake-failed"));
        } finally {
            entry.answer().completeExceptionally(told);
        }
    }

    /** Also if the session had begun to run: its two ends were not told of a relay, and come to nothing. */
    private void endRow(StoredSession session, Outcome outcome, String detail) {
        if (!store.failed(session, outcome, detail)) {
            store.end(
                    session.domainId(),
                    session.sid(),
                    Actor.SERVER,
                    EndReason.INTERRUPTED.code(),
                    SessionStore.Facts.NONE);
        }
    }

    @Override
    public void refused(String uid, SessionMessage.SessionRefuse refusal) {
        take(refusal.sid(), uid).ifPresent(entry -> {
            String code = Names.cleaned(refusal.code(), "refused");
            RefusedException told =
                    switch (code) {
                        case NOT_PERMITTED -> notPermitted(entry.session());
                        case SWITCHED_OFF -> switchedOff();
                        case CONSENT_REQUIRED ->
                            new RefusedException(
                                    Problem.CONSENT_REQUIRED,
                                    "The device wants the consent of the person in front of it.");
                        default -> handshakeFailed();
                    };
            try {
                store.failed(
                        entry.session(),
                        Outcome.DENIED,
                        "the device refused: " + code + " " + Names.cleaned(refusal.detail(), ""));
            } finally {
                entry.answer().completeExceptionally(told);
            }
        });
    }

    @Override
    public void ended(String uid, SessionMessage.SessionEnded ended) {
        take(ended.sid(), uid)
                .ifPresent(entry -> fail(
                        entry,
                        Outcome.FAILED,
                        "the device ended it",
                        ended.reason().equals(SWITCHED_OFF) ? switchedOff() : handshakeFailed()));
        store.ofDevice(uid, ended.sid())
                .ifPresent(session -> store.end(
                        session.domainId(),
                        session.sid(),
                        new Actor(session.userId(), session.userName(), session.clientAddress()),
                        ended.reason(),
                        new SessionStore.Facts(
                                OptionalLong.of(ended.bytesIn()),
                                OptionalLong.of(ended.bytesOut()),
                                Optional.of(ended.address()))));
    }

    @Override
    public void reserveAsked(String uid, SessionMessage.SessionRelays asked) {
        Optional<StoredSession> running = store.runningOn(uid, asked.sid());
        if (running.isEmpty()) {
            channels.send(
                    uid,
                    new SessionMessage.SessionEnd(
                            asked.sid(), store.endReason(uid, asked.sid()).orElse("ended")));
            return;
        }
        StoredSession session = running.get();
        try {
            List<LiveRelay> next = relays.reserve(usable(session), session.sid(), asked.relays(), asked.struck());
            given.give(session, next);
            channels.send(
                    uid,
                    new SessionMessage.SessionReserve(
                            session.sid(),
                            reserves.of(session, next, RelayRole.DEVICE, asked.relayKey(), ClientKind.NATIVE)));
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "no tokens in reserve: {0}", e.detail());
        }
    }

    /** What the device could not say at the time: that a session ended, or that it lost all of them by starting anew. */
    @Override
    public void reported(String uid, DeviceEvent event, Instant channelOpened) {
        if (event.code().equals("session-ended")) {
            event.sid()
                    .flatMap(sid -> store.ofDevice(uid, sid))
                    .ifPresent(session -> store.endReportedLater(session, event.detail(), event.time()));
        } else if (event.code().equals("agent-started")) {
            store.startedBefore(uid, channelOpened)
                    .forEach(session -> store.end(
                            session.domainId(),
                            session.sid(),
                            Actor.SERVER,
                            EndReason.INTERRUPTED.code(),
                            SessionStore.Facts.NONE));
        }
    }

    @Override
    public void offline(String uid) {
        for (Waiting entry : List.copyOf(waiting.values())) {
            take(entry.session().sid(), uid)
                    .ifPresent(mine -> fail(mine, Outcome.FAILED, "the device went offline", offline()));
        }
    }

    /** Gives up on devices that do not answer. Called every second. */
    public void sweep() {
        Instant now = clock.instant();
        for (Waiting entry : List.copyOf(waiting.values())) {
            if (!now.isBefore(entry.deadline())
                    && waiting.remove(entry.session().sid(), entry)) {
                fail(entry, Outcome.FAILED, "the device did not answer in time", handshakeFailed());
            }
        }
    }
}
