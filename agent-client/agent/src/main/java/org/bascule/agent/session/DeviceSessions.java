package org.bascule.agent.session;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.channel.ChannelClock;
import org.bascule.agent.channel.Outbox;
import org.bascule.agent.chat.ChatDesk;
import org.bascule.agent.consent.ConsentDesk;
import org.bascule.agent.endorse.StaticKeys;
import org.bascule.agent.events.EventLog;
import org.bascule.agent.owner.OwnerSwitch;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.agent.ticket.OfferRefused;
import org.bascule.agent.ticket.OfferRefused.Code;
import org.bascule.agent.ticket.TicketGate;
import org.bascule.agent.transparency.LogMemory;
import org.bascule.agent.watch.WatchDesk;
import org.bascule.session.handshake.DeviceHandshake;
import org.bascule.session.handshake.HandshakeException;
import org.bascule.session.handshake.HeadSeen;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.ResumeTimes;
import org.bascule.session.resume.Resumer;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.MemoryBudget;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.TransportLoss;
import org.bascule.session.transport.LostTransport;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportException;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.control.SessionMessage;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.ticket.Ticket;
import org.jspecify.annotations.Nullable;

/** All sessions of this device. Thread-safe; nothing here blocks its caller. */
public final class DeviceSessions implements RunningSessions {

    private static final System.Logger LOG = System.getLogger(DeviceSessions.class.getName());
    private static final int MAX_SESSIONS = 16;
    private static final int OFFER_BURST = 30;
    private static final int OFFERS_PER_SECOND = 10;
    private static final int MAX_DETAIL = 500;

    /**
     * What sessions need of the device.
     *
     * @param admits whether the owner lets anybody in; asked for each offer
     */
    public record Device(
            StateFolder folder,
            StaticKeys staticKeys,
            TicketGate gate,
            AccountRules accounts,
            long ownUid,
            BooleanSupplier admits,
            Relays relays,
            LogMemory log,
            SessionConfig config,
            ResumeTimes resume,
            ChannelClock clock,
            ConsentDesk consent,
            ChatDesk chat) {

        /**
         * What all sessions together may hold, both ways, above what each may in any case: the agent's heap is 40 MiB. The first credit of as many streams as may run is 4 MiB
         * more, the own part of as many sessions as may be open another 4, and that of as many forwarded connections another 8.
         */
        private static final MemoryBudget BUDGET = new MemoryBudget(8 << 20);

        /** The specification's, but for the time to confirm: 10 s, and for memory. */
        public static final SessionConfig SESSIONS =
                SessionConfig.DEFAULT.withConfirmWithin(Duration.ofSeconds(10)).withMemory(6 << 20, BUDGET);
    }

    private final Device device;
    private final DeviceServices services;
    private final WatchDesk watch;
    private final EventLog events;
    private final Outbox channel;
    private final Executor executor;
    private final ScheduledExecutorService timer;

    // guarded by this
    private final Map<SessionId, DeviceSession> sessions = new HashMap<>();
    private final RateLimit offers;
    private long offersDropped;

    public DeviceSessions(
            Device device, EventLog events, Outbox channel, Executor executor, ScheduledExecutorService timer) {
        this.device = device;
        this.events = events;
        this.channel = channel;
        this.executor = executor;
        this.timer = timer;
        this.watch = new WatchDesk(executor, events);
        this.services = new DeviceServices(
                device.folder(),
                device.accounts(),
                device.ownUid(),
                events,
                watch,
                device.chat(),
                device.consent().hold(),
                executor,
                this::endHere,
                why -> endAll(why));
        this.offers =
                new RateLimit(OFFER_BURST, OFFERS_PER_SECOND, device.clock().nanos());
    }

    /** Ports of the device at which the agent itself listens: forwarded connections do not lead there. */
    public void keepForwardsAwayFrom(IntPredicate ports) {
        services.keepAwayFrom(ports);
    }

    /** What can be watched of them. */
    public WatchDesk watched() {
        return watch;
    }

    public void offered(SessionMessage.SessionOffer offer) {
        long dropped;
        synchronized (this) {
            if (!offers.take(device.clock().nanos())) {
                offersDropped++;
                channel.send(new SessionMessage.SessionRefuse(offer.sid(), Code.BUSY.text(), "too many offers"));
                return;
            }
            dropped = offersDropped;
            offersDropped = 0;
        }
        if (dropped > 0) {
            events.record("session-refused", Optional.empty(), Code.BUSY.text() + ": too many offers", dropped);
        }
        executor.execute(() -> consider(offer));
    }

    private void consider(SessionMessage.SessionOffer offer) {
        try {
            channel.send(accept(offer));
        } catch (OfferRefused e) {
            refuse(offer.sid(), e);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "an offer failed", e);
            refuse(offer.sid(), new OfferRefused(Code.HANDSHAKE_FAILED, "the agent failed", e));
        }
    }

    private void refuse(SessionId sid, OfferRefused why) {
        String detail = why.detail().length() > MAX_DETAIL ? why.detail().substring(0, MAX_DETAIL) : why.detail();
        LOG.log(
                System.Logger.Level.WARNING,
                "session {0} refused: {1}: {2}",
                sid,
                why.code().text(),
                detail);
        channel.send(new SessionMessage.SessionRefuse(sid, why.code().text(), detail));
        events.record("session-refused", sid, why.code().text() + ": " + detail);
    }

    /** The whole way from an offer to the answer; whatever does not hold refuses it. */
    private SessionMessage.SessionAnswer accept(SessionMessage.SessionOffer offer) throws OfferRefused {
        requireSwitchedOn();
        Ticket ticket = device.gate().admit(offer.ticket(), offer.m1());
        if (!ticket.sid().equals(offer.sid())) {
            throw new OfferRefused(Code.TICKET_FOREIGN, "the ticket is for another session");
        }
        AgentPolicy policy = policy();
        Account account = account(ticket, policy);
        Operations consented = device.consent().consented(ticket, policy.asksConsent());

        Optional<RelayTransport> early =
                offer.relay().flatMap(relay -> device.relays().connect(relay.endpoint(ticket.sid())));
        boolean answered = false;
        try {
            SessionMessage.SessionAnswer answer = answer(offer, ticket, account, policy, consented, early);
            answered = true;
            return answer;
        } finally {
            if (!answered) {
                early.ifPresent(RelayTransport::abort);
            }
        }
    }

    private SessionMessage.SessionAnswer answer(
            SessionMessage.SessionOffer offer,
            Ticket ticket,
            Account account,
            AgentPolicy policy,
            Operations consented,
            Optional<RelayTransport> early)
            throws OfferRefused {
        DeviceHandshake handshake = read(ticket, offer.m1());
        Operations granted = policy.permitted(
                handshake.requested().intersect(ticket.operations()).intersect(consented));
        if (granted.isEmpty()) {
            throw new OfferRefused(Code.NOT_PERMITTED, "nothing of what was asked for is permitted");
        }
        HeadSeen seen = device.log().meet(handshake.head(), offer.log());
        DeviceHandshake.Answer answer = answer(handshake, offer.ticket(), granted, seen);
        DeviceSession session = new DeviceSession(
                ticket,
                answer.keys(),
                granted,
                account,
                policy,
                early,
                offer.address(),
                device.folder(),
                device.clock(),
                timer,
                device.config(),
                new Reports());
        add(session);
        return new SessionMessage.SessionAnswer(
                offer.sid(),
                answer.m2(),
                session.proof().publicKey(),
                device.relays().roundTrips(),
                device.log().size());
    }

    private void requireSwitchedOn() throws OfferRefused {
        if (!device.admits().getAsBoolean()) {
            throw switchedOffRefusal();
        }
    }

    private static OfferRefused switchedOffRefusal() {
        return new OfferRefused(Code.SWITCHED_OFF, OwnerSwitch.SENTENCE);
    }

    private AgentPolicy policy() throws OfferRefused {
        try {
            return AgentPolicy.load(device.folder());
        } catch (StateException e) {
            throw new OfferRefused(Code.NOT_PERMITTED, String.valueOf(e.getMessage()), e);
        }
    }

    private Account account(Ticket ticket, AgentPolicy policy) throws OfferRefused {
        try {
            return device.accounts().resolve(ticket.account(), policy);
        } catch (AccountException e) {
            throw new OfferRefused(Code.NOT_PERMITTED, String.valueOf(e.getMessage()), e);
        }
    }

    private DeviceHandshake read(Ticket ticket, byte[] m1) throws OfferRefused {
        Prologue prologue = new Prologue(
                ticket.sid(),
                ticket.issuer(),
                ticket.domain(),
                ticket.user(),
                ticket.device(),
                ticket.deviceThumbprint());
        try {
            return DeviceHandshake.read(prologue, device.staticKeys().accepted(), m1);
        } catch (HandshakeException e) {
            throw new OfferRefused(Code.HANDSHAKE_FAILED, e.reason().name(), e);
        }
    }

    private static DeviceHandshake.Answer answer(
            DeviceHandshake handshake, String ticket, Operations granted, HeadSeen seen) throws OfferRefused {
        try {
            return handshake.answer(ticket, granted, seen);
        } catch (HandshakeException e) {
            throw new OfferRefused(Code.HANDSHAKE_FAILED, e.reason().name(), e);
        }
    }

    private void add(DeviceSession session) throws OfferRefused {
        boolean room;
        synchronized (this) {
            room = sessions.size() < MAX_SESSIONS && sessions.putIfAbsent(session.sid(), session) == null;
        }
        if (!room) {
            session.discard();
            throw new OfferRefused(Code.BUSY, "this device has " + MAX_SESSIONS + " sessions, or this one already");
        }
        if (!device.admits().getAsBoolean()) {
            // switched off meanwhile: whoever ends all sessions then may have come before this one was among them
            synchronized (this) {
                sessions.remove(session.sid(), session);
            }
            session.discard();
            throw switchedOffRefusal();
        }
    }

    public void relayed(SessionMessage.SessionRelay message) {
        DeviceSession session = find(message.sid());
        if (session == null) {
            return;
        }
        executor.execute(() -> join(session, message));
    }

    private void join(DeviceSession session, SessionMessage.SessionRelay message) {
        if (!session.beginJoining(localAddress(message.relay().endpoint(session.sid())))) {
            return;
        }
        RelayDialer.Dialling first = device.relays()
                .dial(
                        new RelayTransport.RelayJoin(
                                message.relay(), session.sid(), RelayRole.DEVICE, message.token(), session.proof()),
                        RelayDialer.First.of(message.relay(), message.reserve()).connect(),
                        session.early());
        session.dialling(first);
        first.paired().whenComplete((transport, failure) -> {
            Transport carries = transport == null ? new LostTransport(TransportException.endOf(failure)) : transport;
            session.resumeWith(new Resumer(
                    session.sid(),
                    RelayRole.DEVICE,
                    session.proof(),
                    message.reserve(),
                    (join, connect) -> device.relays().dial(join, connect, Optional.empty()),
                    (relays, struck, lost) -> askForReserve(session, relays, struck),
                    device.resume(),
                    transport == null));
            session.serve(carries, message.relay().id(), services.handler(session));
        });
    }

    private void askForReserve(DeviceSession session, List<String> relays, List<String> struck) {
        List<String> all = Stream.concat(struck.stream(), session.struckByPeer().stream())
                .distinct()
                .limit(ReserveRelay.MAX_NAMED)
                .toList();
        channel.send(
                new SessionMessage.SessionRelays(session.sid(), session.proof().publicKey(), relays, all));
    }

    public void reserved(SessionMessage.SessionReserve message) {
        DeviceSession session = find(message.sid());
        if (session != null) {
            executor.execute(() -> session.reserve(message.reserve()));
        }
    }

    /** The client has lost its transport: this end may not have noticed. */
    public void transportLost(SessionMessage.SessionLost message) {
        DeviceSession session = find(message.sid());
        if (session != null) {
            executor.execute(() -> session.loseTransport(message.attempt(), message.struck()));
        }
    }

    /** Our address on the way to the relay: what the routing table says, without sending anything. */
    private static String localAddress(URI relay) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(new InetSocketAddress(InetAddress.getByName(relay.getHost()), 9));
            String address = probe.getLocalAddress().getHostAddress();
            return address.length() > 64 ? "" : address;
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }

    public void updated(SessionMessage.SessionUpdate message) {
        DeviceSession session = find(message.sid());
        if (session == null) {
            return;
        }
        executor.execute(() -> {
            try {
                Ticket newer = device.gate().renew(message.ticket(), session.ticket());
                session.renew(newer, policy());
            } catch (OfferRefused e) {
                LOG.log(System.Logger.Level.WARNING, "a newer ticket was refused: {0}", e.detail());
                events.record("session-refused", session.sid(), e.code().text() + " (renewal): " + e.detail());
            }
        });
    }

    public void ended(SessionMessage.SessionEnd message) {
        DeviceSession session = find(message.sid());
        if (session != null) {
            executor.execute(() -> session.end(EndReason.ENDED_BY_SERVER, message.reason()));
        }
    }

    private synchronized @Nullable DeviceSession find(SessionId sid) {
        return sessions.get(sid);
    }

    public synchronized int count() {
        return sessions.size();
    }

    /** Number of the ticket in force for a session; for tests. */
    Optional<Long> ticketNumber(SessionId sid) {
        DeviceSession session = find(sid);
        return session == null ? Optional.empty() : Optional.of(session.ticket().seq());
    }

    /** The agent is being stopped. */
    public void endAll() {
        endAll("the agent was stopped");
    }

    /** Ends all sessions of a device that is no longer one. */
    public void endAll(String why) {
        endAll(EndReason.ENDED_BY_DEVICE, why);
    }

    /** Those who watch first: they hear this reason, and not that nobody works any more in what they watch. */
    private void endAll(EndReason reason, String why) {
        List<DeviceSession> all;
        synchronized (this) {
            all = List.copyOf(sessions.values());
        }
        all.stream()
                .sorted(Comparator.comparing(DeviceSession::isWatching).reversed())
                .forEach(session -> session.end(reason, why));
    }

    /** The owner has switched remote access off. */
    public void switchedOff() {
        endAll(EndReason.SWITCHED_OFF, OwnerSwitch.SENTENCE);
    }

    @Override
    public List<SessionSummary> running() {
        List<DeviceSession> all;
        synchronized (this) {
            all = List.copyOf(sessions.values());
        }
        return all.stream()
                .map(DeviceSession::summary)
                .sorted(Comparator.comparing(SessionSummary::since))
                .toList();
    }

    @Override
    public boolean endHere(SessionId sid, String by) {
        DeviceSession session = find(sid);
        if (session == null) {
            return false;
        }
        events.record("session-ended-here", sid, "by " + by);
        session.end(EndReason.ENDED_BY_DEVICE, "The session was ended at the device.");
        return true;
    }

    /** Nobody can watch what is over. */
    private void endWatching(SessionId watched) {
        List<DeviceSession> watching;
        synchronized (this) {
            watching = sessions.values().stream()
                    .filter(session -> session.ticket().operations().allows(Operations.watch(watched)))
                    .toList();
        }
        watching.forEach(session -> executor.execute(
                () -> session.end(EndReason.ENDED_BY_DEVICE, "the session that was watched has ended")));
    }

    private final class Reports implements DeviceSession.SessionReports {

        @Override
        public void started(DeviceSession session) {
            Ticket ticket = session.ticket();
            if (!session.isWatching()) {
                watch.begin(session.sid());
            }
            LOG.log(System.Logger.Level.INFO, "session {0} of {1} started", session.sid(), ticket.userName());
            executor.execute(() ->
                    events.record("session-started", session.sid(), ticket.userName() + " as " + ticket.account()));
        }

        @Override
        public void refused(DeviceSession session, String service) {
            executor.execute(() -> events.record("stream-refused", session.sid(), "not permitted: " + service));
        }

        @Override
        public void rejected(DeviceSession session, TransportLoss loss) {
            String detail = "by relay " + loss.relay() + ": " + loss.end().detail();
            executor.execute(() -> events.record("record-rejected", session.sid(), detail));
        }

        @Override
        public void ended(DeviceSession session, DeviceSession.Outcome outcome) {
            synchronized (DeviceSessions.this) {
                sessions.remove(session.sid(), session);
            }
            watch.end(session.sid());
            device.chat().over(session.sid());
            endWatching(session.sid());
            LOG.log(
                    System.Logger.Level.INFO,
                    "session {0} ended: {1}",
                    session.sid(),
                    outcome.why().isEmpty() ? outcome.reason() : outcome.reason() + ": " + outcome.why());
            channel.send(new SessionMessage.SessionEnded(
                    session.sid(), outcome.reason(), outcome.bytesIn(), outcome.bytesOut(), outcome.address()));
            executor.execute(() -> report(session.sid(), outcome));
        }

        private void report(SessionId sid, DeviceSession.Outcome outcome) {
            if (outcome.refused() > 1) {
                events.record("stream-refused", Optional.of(sid), "not permitted, repeatedly", outcome.refused() - 1);
            }
            if (outcome.reason().equals(EndReason.RECORD_REJECTED.text())
                    || outcome.reason().equals(EndReason.PROTOCOL_VIOLATION.text())) {
                events.record(outcome.reason(), sid, "");
            }
            events.record(
                    "session-ended",
                    sid,
                    "%s; %d bytes in, %d out%s"
                            .formatted(
                                    outcome.reason(),
                                    outcome.bytesIn(),
                                    outcome.bytesOut(),
                                    outcome.why().isEmpty() ? "" : "; " + outcome.why()));
        }
    }
}
