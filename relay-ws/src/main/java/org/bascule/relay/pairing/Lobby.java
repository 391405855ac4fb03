package org.bascule.relay.pairing;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bascule.websocket.Link;
import org.bascule.websocket.address.Stranger;
import org.bascule.websocket.address.Strangers;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;

/** All connections of a relay, and what they share. */
public final class Lobby {

    /** Sessions that are closed in one second while the relay is being emptied. */
    private static final int AT_ONCE = 200;

    private final LobbyLimits limits;
    private final Gate gate;
    private final Budget budget;
    private final Ticker ticker;
    private final Later later;
    private final Visits visits;
    private final Domains domains;
    private final Tally tally;
    private final Meetings meetings;
    private final Strangers unproved;
    private final Strangers probing;
    private final SecureRandom random = new SecureRandom();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Set<Probe> probes = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    /** Those who are there are being closed by and by. */
    private volatile boolean emptying;

    public Lobby(LobbyLimits limits, Gate gate, Budget budget, Ticker ticker, Later later) {
        this.limits = limits;
        this.gate = gate;
        this.budget = budget;
        this.ticker = ticker;
        this.later = later;
        this.visits = new Visits(ticker);
        this.domains = new Domains(ticker);
        this.tally = new Tally(ticker);
        this.meetings = new Meetings(limits.maxMeetings());
        this.unproved = new Strangers(limits.maxUnproved(), limits.maxUnprovedPerAddress());
        this.probing = new Strangers(limits.maxUnproved(), limits.maxUnprovedPerAddress());
    }

    /** Takes a new connection, or closes it at once and returns nothing. */
    public Optional<Connection> open(Link link, SessionId sid) {
        Connection connection = new Connection(this, link, sid);
        if (!enters(link, connection, unproved)) {
            return Optional.empty();
        }
        connections.add(connection);
        if (draining) {
            connection.drain();
        }
        if (connection.isClosed()) {
            // before it was among the others
            connections.remove(connection);
        }
        return Optional.of(connection);
    }

    /** The same for one that wants to know how far this relay is. */
    public Optional<Probe> probe(Link link) {
        Probe probe = new Probe(this, link);
        if (!enters(link, probe, probing)) {
            return Optional.empty();
        }
        probes.add(probe);
        if (draining) {
            probe.drain();
        }
        if (probe.isClosed()) {
            probes.remove(probe);
        }
        return Optional.of(probe);
    }

    private boolean enters(Link link, Stranger who, Strangers among) {
        if (draining) {
            link.dismiss(RelayClose.DRAINING.code(), "the relay is being stopped");
            return false;
        }
        if (!among.enter(who)) {
            link.dismiss(RelayClose.LIMIT.code(), "too many connections");
            return false;
        }
        return true;
    }

    /** Looks at every deadline; to be called once a second. */
    public void sweep() {
        if (emptying) {
            connections.stream().filter(Connection::isPaired).limit(AT_ONCE).forEach(Connection::drainBoth);
        }
        connections.forEach(Connection::sweep);
        probes.forEach(Probe::sweep);
        visits.sweep();
        domains.sweep();
        tally.sweep();
    }

    /** Refuses who comes and closes who is there, with {@link RelayClose#DRAINING}. */
    public void drain() {
        draining = true;
        connections.forEach(Connection::drain);
        probes.forEach(Probe::drain);
    }

    /**
     * The same when there is time: sessions are closed by and by, {@value #AT_ONCE} with each {@link #sweep}, for all of them go on at other relays, which take so many and no more at a time. Whoever
     * waits there is closed at once.
     */
    public void empty() {
        draining = true;
        connections.stream().filter(connection -> !connection.isPaired()).forEach(Connection::drain);
        probes.forEach(Probe::drain);
        emptying = true;
    }

    /** Takes connections again after {@link #drain} or {@link #empty}. */
    public void resume() {
        emptying = false;
        draining = false;
    }

    public boolean isDraining() {
        return draining;
    }

    public int connections() {
        return connections.size();
    }

    /** Sessions with one or both ends here. */
    public int sessions() {
        return meetings.size();
    }

    /** Sessions that it takes. */
    public int capacity() {
        return limits.maxMeetings();
    }

    /** Bytes forwarded since the start. */
    public long forwarded() {
        return budget.forwarded();
    }

    /** Bytes that wait for their receivers, or of messages that have not come completely, of all sessions together. */
    public long queued() {
        return budget.queued() + budget.held();
    }

    /** Connections without an accepted proof. */
    public int unproved() {
        return unproved.all();
    }

    /** Connections that measure the way. */
    public int probing() {
        return probing.all();
    }

    LobbyLimits limits() {
        return limits;
    }

    Gate gate() {
        return gate;
    }

    Meetings meetings() {
        return meetings;
    }

    Ticker ticker() {
        return ticker;
    }

    Later later() {
        return later;
    }

    /** What was forwarded for whom. */
    public Tally tally() {
        return tally;
    }

    Domains domains() {
        return domains;
    }

    /** Domains with sessions here, or that have used more than they may and left. */
    public int inDomains() {
        return domains.size();
    }

    Visits visits() {
        return visits;
    }

    Budget budget() {
        return budget;
    }

    Flow flowTo(Link link) {
        return new Flow(link, limits.flow(), budget, ticker);
    }

    byte[] nonce() {
        byte[] nonce = new byte[RelayLimits.NONCE];
        random.nextBytes(nonce);
        return nonce;
    }

    void admitted(Connection connection) {
        unproved.leave(connection);
    }

    void left(Probe probe) {
        probing.leave(probe);
        probes.remove(probe);
    }

    void left(Connection connection) {
        unproved.leave(connection);
        connections.remove(connection);
    }
}
