package org.bascule.agent.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.bascule.agent.account.Account;
import org.bascule.agent.account.AccountException;
import org.bascule.agent.account.AccountRules;
import org.bascule.agent.policy.AgentPolicy;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.resume.RelayDialer;
import org.bascule.session.resume.Resumer;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.ServiceHandler;
import org.bascule.session.stream.Session;
import org.bascule.session.stream.SessionConfig;
import org.bascule.session.stream.SessionEnd;
import org.bascule.session.stream.SessionListener;
import org.bascule.session.stream.TransportLoss;
import org.bascule.session.transport.RelayTransport;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.session.ReserveRelay;
import org.bascule.wire.ticket.Ticket;
import org.jspecify.annotations.Nullable;

/** One session at this device, from the answered offer to its end. Thread-safe; ends exactly once. */
final class DeviceSession implements SessionListener {

    private static final System.Logger LOG = System.getLogger(DeviceSession.class.getName());
    /** From the answer to the relay's address. */
    private static final Duration JOIN = Duration.ofSeconds(35);

    /**
     * How it went, for the report.
     *
     * @param reason as in {@code docs/protocol/session.md}
     * @param why more about it, for people; empty if there is no more, or if the other end said it
     */
    record Outcome(
            String reason, String why, long bytesIn, long bytesOut, String address, boolean started, long refused) {}

    private final SessionId sid;
    private final SessionKeys keys;
    private final Operations granted;
    private final Account account;
    private final String from;
    private final Instant since;
    private final RelayProofKey proof = RelayProofKey.generate();
    private final StateFolder folder;
    private final InstantSource clock;
    private final SessionConfig config;
    private final SessionReports reports;
    private final ScheduledFuture<?> watch;

    // guarded by this
    private Ticket ticket;
    /** What newer tickets and the owner's policy left of what was granted. */
    private Operations permitted;
    /** The owner's, as it was when it was looked at last. */
    private AgentPolicy policy;

    private Instant end;
    private Optional<RelayTransport> early;
    private @Nullable Session session;
    /** Until there is a session. */
    private RelayDialer.@Nullable Dialling first;

    /** The client does not come to the relay that was named. */
    private boolean firstLost;

    private @Nullable Resumer resumer;
    /** Relays that the client does not use. */
    private List<String> struckByPeer = List.of();

    /** How it ended before there was a session that could have said so. */
    private @Nullable SessionEnd endedEarly;

    private boolean joining;
    private boolean started;
    private boolean over;
    private long refused;
    private String address = "";
    private final Instant joinBy;

    /** What is told about a session. */
    interface SessionReports {
        void started(DeviceSession session);

        /** The first of the refused streams, at once. */
        void refused(DeviceSession session, String service);

        /** A relay brought what it must not; the session goes on elsewhere. */
        void rejected(DeviceSession session, TransportLoss loss);

        void ended(DeviceSession session, Outcome outcome);
    }

    /**
     * Begins to look at what counts.
     *
     * @param account the ticket's
     * @param policy the owner's, which has allowed it
     * @param folder where the owner's policy is
     */
    DeviceSession(
            Ticket ticket,
            SessionKeys keys,
            Operations granted,
            Account account,
            AgentPolicy policy,
            Optional<RelayTransport> early,
            String from,
            StateFolder folder,
            InstantSource clock,
            ScheduledExecutorService timer,
            SessionConfig config,
            SessionReports reports) {
        this.sid = ticket.sid();
        this.ticket = ticket;
        this.end = ticket.sessionExpires();
        this.keys = keys;
        this.granted = granted;
        this.account = account;
        this.policy = policy;
        this.early = early;
        this.from = from;
        this.since = clock.instant();
        this.permitted = granted;
        this.folder = folder;
        this.clock = clock;
        this.config = config;
        this.reports = reports;
        this.joinBy = clock.instant().plus(JOIN);
        this.watch = timer.scheduleWithFixedDelay(this::enforce, 1, 1, TimeUnit.SECONDS);
    }

    SessionId sid() {
        return sid;
    }

    RelayProofKey proof() {
        return proof;
    }

    /** Whether it does nothing but watch another one: such a session is not watched itself. */
    boolean isWatching() {
        return granted.names().stream().allMatch(Operations::isWatching);
    }

    /** Before anybody is told. */
    synchronized boolean isOver() {
        return over;
    }

    /** The connection to the relay that was likely when the offer came, as long as it is needed. */
    synchronized Optional<RelayTransport> early() {
        return early;
    }

    synchronized Ticket ticket() {
        return ticket;
    }

    synchronized SessionSummary summary() {
        return new SessionSummary(
                sid, ticket.user(), ticket.userName(), from, ticket.account(), since, permitted.names(), started);
    }

    /** Whether the relay may be joined now: once. Of a session that has ended meanwhile the client hears there why. */
    synchronized boolean beginJoining(String localAddress) {
        if (joining || over && endedEarly == null) {
            return false;
        }
        joining = true;
        address = localAddress;
        return true;
    }

    /** It is on its way to the relay that was named. */
    void dialling(RelayDialer.Dialling dialling) {
        boolean nobody;
        synchronized (this) {
            first = dialling;
            nobody = firstLost;
        }
        if (nobody) {
            dialling.abort().run();
        }
    }

    /** How it goes on when it has lost its transport. */
    void resumeWith(Resumer newResumer) {
        boolean late;
        synchronized (this) {
            late = over;
            if (!late) {
                resumer = newResumer;
            }
        }
        if (late) {
            newResumer.ended();
        }
    }

    /** New tokens in reserve came. */
    void reserve(List<ReserveRelay> reserve) {
        Resumer present;
        synchronized (this) {
            present = resumer;
        }
        if (present != null) {
            present.reserve(reserve);
        }
    }

    /** The client has lost that attempt. */
    void loseTransport(long attempt, List<String> struck) {
        Session running;
        RelayDialer.Dialling waiting;
        synchronized (this) {
            struckByPeer = struck;
            running = session;
            waiting = first;
            firstLost = true;
        }
        if (running != null) {
            running.loseTransport(attempt);
        } else if (waiting != null) {
            // nobody comes there any more
            waiting.abort().run();
        }
    }

    synchronized List<String> struckByPeer() {
        return struckByPeer;
    }

    @Override
    public boolean lost(Session running, TransportLoss loss) {
        Resumer present;
        synchronized (this) {
            present = resumer;
        }
        boolean goesOn = present != null && present.lost(running, loss);
        if (goesOn && loss.end().kind() == TransportEnd.Kind.REJECTED) {
            reports.rejected(this, loss);
        }
        return goesOn;
    }

    /**
     * The relay has paired both ends.
     *
     * @param relay its id
     */
    void serve(Transport transport, String relay, ServiceHandler services) {
        SessionEnd before;
        synchronized (this) {
            before = endedEarly;
            if (over && before == null) {
                transport.abort();
                return;
            }
        }
        if (before != null) {
            // nothing is served any more, and nothing more is reported
            Session.device(keys, granted, transport, relay, ServiceHandler.none(), new SessionListener() {}, config)
                    .end(before.reason(), before.text());
            return;
        }
        Session running = Session.device(keys, granted, transport, relay, services, this, config);
        SessionEnd meanwhile;
        Operations now;
        synchronized (this) {
            session = running;
            first = null;
            meanwhile = endedEarly;
            now = permitted;
        }
        running.narrow(now);
        if (meanwhile != null) {
            running.end(meanwhile.reason(), meanwhile.text());
        }
    }

    /** A newer ticket was verified. */
    void renew(Ticket newer, AgentPolicy policy) {
        Session running;
        Operations now;
        synchronized (this) {
            ticket = newer;
            permitted = policy.permitted(permitted.intersect(newer.operations()));
            now = permitted;
            end = newer.sessionExpires().isBefore(end) ? newer.sessionExpires() : end;
            running = session;
        }
        if (running != null) {
            running.narrow(now);
        }
    }

    /**
     * What the owner does not permit any more is over; what he permits again counts for the next session.
     *
     * @return what is left
     */
    Operations obey(AgentPolicy policy) {
        Session running;
        Operations now;
        synchronized (this) {
            this.policy = policy;
            now = policy.permitted(permitted);
            if (now.equals(permitted)) {
                return now;
            }
            permitted = now;
            running = session;
        }
        if (running != null) {
            running.narrow(now);
        }
        return now;
    }

    /** Whether the owner lets anything run as this account, as he did when it was looked at last: a session may use others than its own. */
    boolean allows(Account other) {
        AgentPolicy now;
        synchronized (this) {
            now = policy;
        }
        try {
            AccountRules.requireAllowed(other, now);
            return true;
        } catch (AccountException e) {
            return false;
        }
    }

    private void enforce() {
        try {
            enforceTime();
            AgentPolicy now = AgentPolicy.load(folder);
            obey(now);
            AccountRules.requireAllowed(account, now);
        } catch (AccountException e) {
            end(EndReason.NOT_PERMITTED, String.valueOf(e.getMessage()));
        } catch (StateException e) {
            // perhaps it is just being written: nothing begins, and no ticket is renewed
            LOG.log(System.Logger.Level.DEBUG, "session {0}: {1}", sid, e.getMessage());
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "session " + sid + ": what no longer counts may go on", e);
        }
    }

    private void enforceTime() {
        Instant now = clock.instant();
        boolean expired;
        boolean unjoined;
        synchronized (this) {
            expired = now.isAfter(ticket.leaseExpires()) || now.isAfter(end);
            unjoined = !joining && now.isAfter(joinBy);
        }
        if (expired) {
            end(EndReason.TICKET_EXPIRED, "the ticket was not renewed");
        } else if (unjoined) {
            end(EndReason.INTERRUPTED, "no relay was named");
        }
    }

    /** Ends it; the client is told as soon as it can be. */
    void end(EndReason reason, String text) {
        Session running;
        synchronized (this) {
            running = session;
            if (running == null && endedEarly == null) {
                endedEarly = new SessionEnd(reason, false, text);
            }
        }
        if (running != null) {
            running.end(reason, text); // comes back to ended
        } else {
            finish(reason.text(), "", 0, 0);
        }
    }

    /** It never came to be: nothing is reported. */
    void discard() {
        synchronized (this) {
            over = true;
        }
        watch.cancel(false);
    }

    @Override
    public void started(Session running) {
        synchronized (this) {
            if (over) {
                return;
            }
            started = true;
        }
        reports.started(this);
    }

    @Override
    public void notPermitted(Session running, String service) {
        boolean first;
        synchronized (this) {
            first = refused++ == 0;
        }
        if (first) {
            reports.refused(this, service);
        }
    }

    @Override
    public void ended(Session running, SessionEnd how) {
        LOG.log(
                System.Logger.Level.DEBUG,
                "session {0}: {1} {2}",
                sid,
                how.reason().text(),
                how.text());
        String why = how.byPeer() ? "" : how.text().replaceAll("\\p{Cntrl}", " ");
        finish(how.reason().text(), why, running.bytesIn(), running.bytesOut());
    }

    private void finish(String reason, String why, long bytesIn, long bytesOut) {
        Outcome outcome;
        Resumer present;
        Optional<RelayTransport> unused = Optional.empty();
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            present = resumer;
            if (session == null && !joining) {
                // otherwise the end of the session is on its way there, and the other end closes
                unused = early;
                early = Optional.empty();
            }
            outcome = new Outcome(reason, why, bytesIn, bytesOut, address, started, refused);
        }
        watch.cancel(false);
        unused.ifPresent(RelayTransport::abort);
        if (present != null) {
            present.ended();
        }
        reports.ended(this, outcome);
    }
}
