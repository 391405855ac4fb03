package org.bascule.relay.pairing;

import static org.bascule.wire.relay.RelayClose.DRAINING;
import static org.bascule.wire.relay.RelayClose.LIMIT;
import static org.bascule.wire.relay.RelayClose.PEER_GONE;
import static org.bascule.wire.relay.RelayClose.REFUSED;
import static org.bascule.wire.relay.RelayClose.STALLED;
import static org.bascule.wire.relay.RelayClose.TIMEOUT;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.bascule.websocket.Link;
import org.bascule.websocket.Receiver;
import org.bascule.websocket.address.Stranger;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayClose;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection: token, proof, waiting, forwarding. The container calls {@link #text}, {@link #binary} and {@link #ended}, one
 * message at a time; {@link #sweep} comes from a timer.
 */
public final class Connection implements Party, Receiver, Stranger {

    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    /** More than any signature has: enough to see that it is none. */
    private static final int MAX_PROOF = 128;

    /** How often a pair looks whether its ends are still there. They ping each other every 15 s; this is sooner, and costs next to nothing. */
    private static final Duration CHECKED_EVERY = Duration.ofSeconds(3);

    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private enum State {
        TOKEN,
        CHECKING,
        PROOF,
        WAITING,
        PAIRED,
        /** The peer is gone, what it sent is still being delivered. */
        LEAVING,
        CLOSED
    }

    private final Lobby lobby;
    private final Link link;
    private final SessionId sid;
    /** Bytes that came before it was paired. Only the container's reading uses it, one thread at a time. */
    private int unpaired;

    // guarded by this; the volatile fields are read without it on the way of every message
    private volatile State state = State.TOKEN;
    private long since;
    private @Nullable RelayToken token;
    private byte[] nonce = new byte[0];
    private long seenMessages;
    private long checked;
    /** Memory that a message takes which has not come completely, and since when none was complete. */
    private volatile int held;

    private long completed;
    private long incompleteSince;
    private volatile @Nullable Flow outgoing;
    private volatile @Nullable Flow incoming;
    private volatile @Nullable Rates rates;
    private Tally.@Nullable Pair pair;
    private volatile SharedRate.@Nullable Share share;
    private volatile Visits.@Nullable Visit visit;

    Connection(Lobby lobby, Link link, SessionId sid) {
        this.lobby = lobby;
        this.link = link;
        this.sid = sid;
        this.since = lobby.ticker().nanos();
        this.checked = since;
    }

    /** Whatever it is counts, so that no frame is free: towards the rate, or before there is one towards what it takes to be paired. */
    @Override
    public void came(int bytes) {
        Rates shared = rates;
        if (shared != null) {
            shared.take(bytes);
            return;
        }
        unpaired += bytes;
        if (unpaired > RelayLimits.MAX_UNPAIRED) {
            fail(LIMIT, "too much before it is paired");
        }
    }

    /** Of a pair alone: strangers have too little for it, and are to take nothing from pairs. */
    @Override
    public void holds(int bytes) {
        if (bytes == held || outgoing == null) {
            return;
        }
        synchronized (this) {
            if (state != State.CLOSED) {
                lobby.budget().hold(bytes - held);
                held = bytes;
            }
        }
    }

    /** A text message: the token, once. */
    @Override
    public void text(String message) {
        if (message.length() > RelayLimits.MAX_TOKEN) {
            tooLong();
        } else if (!beginCheck()) {
            fail(REFUSED, "unexpected text message");
        } else {
            lobby.gate().check(message, sid).whenComplete(this::checked);
        }
    }

    private synchronized boolean beginCheck() {
        if (state != State.TOKEN) {
            return false;
        }
        state = State.CHECKING;
        return true;
    }

    private void checked(@Nullable RelayToken admitted, @Nullable Throwable failure) {
        if (admitted == null) {
            fail(REFUSED, reason(failure));
            return;
        }
        byte[] fresh;
        synchronized (this) {
            if (state != State.CHECKING) {
                return;
            }
            token = admitted;
            fresh = lobby.nonce();
            nonce = fresh;
            state = State.PROOF;
        }
        link.sendBinary(ByteBuffer.wrap(fresh), Connection::ignore);
        link.flush();
    }

    private static void ignore(boolean ok) {
        // a connection that fails ends, and that is reported
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
        if (cause instanceof WireException e) {
            return e.reason() == WireException.Reason.EXPIRED ? "the token has expired" : "the token is not valid here";
        }
        return "no key set";
    }

    /** A binary message: the proof, then records. */
    @Override
    public void binary(ByteBuffer message) {
        Flow flow = outgoing;
        if (flow == null) {
            proof(message);
        } else if (message.remaining() > RelayLimits.MAX_MESSAGE) {
            fail(LIMIT, "message above " + RelayLimits.MAX_MESSAGE + " bytes");
        } else if (!message.hasRemaining()) {
            fail(REFUSED, "empty message");
        } else {
            if (!flow.forward(message)) {
                stalled();
            }
        }
    }

    /** What was forwarded since the last call goes out. */
    @Override
    public void flush() {
        Flow flow = outgoing;
        if (flow != null) {
            flow.flush();
        }
    }

    /** While the other end does not take it, or as long as the session or its domain has used more than it may. */
    @Override
    public boolean pause(Runnable resume) {
        Flow flow = outgoing;
        Rates shared = rates;
        if (flow == null || shared == null || state == State.CLOSED) {
            return false;
        }
        if (flow.pause(resume)) {
            return true;
        }
        // many share the rate of a domain: then it is asked again
        long wait = Math.min(shared.waitNanos(), MAX_WAIT_NANOS);
        if (wait > 0) {
            lobby.later().run(resume, wait);
        }
        return wait > 0;
    }

    @Override
    public void tooLong() {
        fail(LIMIT, "message above " + RelayLimits.MAX_MESSAGE + " bytes");
    }

    private void proof(ByteBuffer message) {
        byte[] signature = new byte[Math.min(message.remaining(), MAX_PROOF)];
        message.get(signature);
        try {
            if (prove(signature)) {
                lobby.admitted(this);
                join();
            } else {
                fail(REFUSED, "unexpected binary message");
            }
        } catch (WireException e) {
            fail(e.reason() == WireException.Reason.TOO_LARGE ? LIMIT : REFUSED, "the proof is not valid");
        }
    }

    private synchronized boolean prove(byte[] signature) throws WireException {
        RelayToken shown = token;
        if (state != State.PROOF || shown == null) {
            return false;
        }
        token = lobby.gate().prove(shown, nonce, signature);
        state = State.WAITING;
        since = lobby.ticker().nanos();
        return true;
    }

    private void join() {
        Optional<Visits.Visit> coming = lobby.visits().enter(token());
        if (coming.isEmpty()) {
            fail(LIMIT, "this end comes too often");
            return;
        }
        Optional<SharedRate.Share> entered = lobby.domains().enter(token());
        if (entered.isEmpty()) {
            lobby.visits().leave(token());
            fail(LIMIT, "too many sessions of this domain");
            return;
        }
        if (!takePlace(coming.get(), entered.get())) {
            lobby.domains().leave(token());
            lobby.visits().leave(token());
            return;
        }
        Meetings.Outcome outcome = lobby.meetings().join(this);
        if (outcome instanceof Meetings.Outcome.Taken) {
            fail(REFUSED, "this end is connected already");
        } else if (outcome instanceof Meetings.Outcome.Full) {
            fail(LIMIT, "too many sessions");
        } else if (outcome instanceof Meetings.Outcome.Waiting waiting) {
            waiting.replaced().ifPresent(Party::replaced);
            waiting.widowed().ifPresent(Party::peerGone);
            sayWaiting();
        } else if (outcome instanceof Meetings.Outcome.Met met) {
            met.replaced().ifPresent(Party::replaced);
            meet((Connection) met.peer());
        }
        if (isClosed()) {
            // it ended while it came: nobody must wait for it
            lobby.meetings().leave(this).ifPresent(Party::peerGone);
        }
    }

    private synchronized boolean takePlace(Visits.Visit coming, SharedRate.Share entered) {
        if (state == State.CLOSED) {
            return false;
        }
        visit = coming;
        share = entered;
        return true;
    }

    /** Not any more if the other end has come meanwhile: an end that is paired takes a text for a fault of the relay. */
    private synchronized void sayWaiting() {
        if (state == State.WAITING) {
            link.sendText(RelayLimits.WAITING);
        }
    }

    synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Called by whoever came second, whose own messages are not read until this returns; so {@code paired} precedes the first record at both ends. */
    private void meet(Connection peer) {
        Flow toPeer = lobby.flowTo(peer.link);
        Flow fromPeer = lobby.flowTo(link);
        SharedRate.Share entered = share;
        Visits.Visit coming = visit;
        if (entered == null || coming == null) {
            // closed meanwhile
            return;
        }
        Rates shared = new Rates(coming.throttle(), entered);
        boolean isClient = token().role() == RelayRole.CLIENT;
        Tally.Pair counted = lobby.tally().began(sid, isClient ? toPeer : fromPeer, isClient ? fromPeer : toPeer);
        if (!pairUp(toPeer, fromPeer, shared, counted)) {
            lobby.tally().ended(counted);
            return;
        }
        link.sendText(RelayLimits.PAIRED);
        if (peer.pairUp(fromPeer, toPeer, shared, counted)) {
            peer.link.sendText(RelayLimits.PAIRED);
        }
        LOG.log(Level.DEBUG, "paired session {0}", sid);
    }

    private synchronized boolean pairUp(Flow out, Flow in, Rates shared, Tally.Pair counted) {
        if (state != State.WAITING) {
            out.abandon();
            return false;
        }
        state = State.PAIRED;
        since = lobby.ticker().nanos();
        incompleteSince = since;
        incoming = in;
        rates = shared;
        pair = counted;
        outgoing = out;
        link.stayOnEventLoop();
        return true;
    }

    @Override
    public RelayToken token() {
        RelayToken admitted = token;
        if (admitted == null) {
            throw new IllegalStateException("not admitted");
        }
        return admitted;
    }

    @Override
    public void replaced() {
        close(REFUSED, "replaced by a higher attempt");
    }

    @Override
    public void peerGone() {
        Flow in;
        synchronized (this) {
            if (state == State.CLOSED || state == State.LEAVING) {
                return;
            }
            state = State.LEAVING;
            since = lobby.ticker().nanos();
            in = incoming;
        }
        abandon(outgoing);
        if (in == null) {
            delivered();
        } else {
            in.finish(this::delivered);
        }
    }

    private void delivered() {
        close(PEER_GONE, "the other end is gone");
    }

    private void stalled() {
        Optional<Party> peer = close(STALLED, "too much is queued");
        peer.ifPresent(other -> ((Connection) other).close(STALLED, "too much is queued"));
    }

    /** Looks at the deadlines. */
    void sweep() {
        Duration waited;
        State now;
        synchronized (this) {
            waited = Duration.ofNanos(lobby.ticker().nanos() - since);
            now = state;
        }
        switch (now) {
            case TOKEN, CHECKING, PROOF -> {
                if (waited.compareTo(lobby.limits().tokenWithin()) >= 0) {
                    fail(TIMEOUT, "no token in time");
                }
            }
            case WAITING -> {
                if (waited.compareTo(lobby.limits().peerWithin()) >= 0) {
                    fail(TIMEOUT, "no peer in time");
                }
            }
            case PAIRED -> sweepPaired();
            case LEAVING -> {
                if (waited.compareTo(lobby.limits().flow().stalledFor()) >= 0) {
                    delivered();
                }
            }
            case CLOSED -> {}
        }
    }

    private void sweepPaired() {
        Flow in = incoming;
        Flow out = outgoing;
        if (in == null || out == null) {
            return;
        }
        if (in.isStalled() || out.isStalled()) {
            stalled();
            return;
        }
        boolean silent;
        boolean due;
        synchronized (this) {
            long now = lobby.ticker().nanos();
            due = now - checked >= CHECKED_EVERY.toNanos();
            if (due) {
                checked = now;
            }
            long messages = in.messages() + out.messages();
            if (messages != seenMessages) {
                seenMessages = messages;
                since = now;
            }
            silent = now - since >= lobby.limits().flow().silentFor().toNanos();
        }
        if (silent) {
            fail(TIMEOUT, "silent");
        } else if (isIncomplete(out)) {
            fail(TIMEOUT, "half a message");
        } else if (due) {
            link.check();
        }
    }

    /** Whether a message of this end has not come completely for as long as nobody may be silent, though it was read all the time. */
    private boolean isIncomplete(Flow out) {
        Rates shared = rates;
        boolean isRead = !out.isPaused() && (shared == null || shared.waitNanos() == 0);
        long messages = out.messages();
        long now = lobby.ticker().nanos();
        synchronized (this) {
            if (held == 0 || !isRead || messages != completed) {
                completed = messages;
                incompleteSince = now;
            }
            return now - incompleteSince >= lobby.limits().flow().silentFor().toNanos();
        }
    }

    boolean isPaired() {
        return state == State.PAIRED;
    }

    /** The relay is being stopped. */
    void drain() {
        close(DRAINING, "the relay is being stopped");
    }

    /** Both ends of the session hear the same. */
    void drainBoth() {
        close(DRAINING, "the relay is being emptied").ifPresent(peer -> ((Connection) peer).drain());
    }

    /** The other end hears that this one is gone. */
    @Override
    public void gone() {
        leave().ifPresent(Party::peerGone);
    }

    @Override
    public void ended() {
        leave().ifPresent(Party::peerGone);
    }

    /** This connection ends, and its peer hears that it is gone. */
    private void fail(RelayClose reason, String detail) {
        LOG.log(Level.DEBUG, "connection from {0} is closed: {1}", link.address(), detail);
        close(reason, detail).ifPresent(Party::peerGone);
    }

    /** @return the peer that was left alone, which is yet to be told */
    private Optional<Party> close(RelayClose reason, String detail) {
        boolean stranger;
        synchronized (this) {
            if (state == State.CLOSED) {
                return Optional.empty();
            }
            stranger = isStranger();
        }
        Optional<Party> peer = leave();
        if (stranger) {
            link.dismiss(reason.code(), detail);
        } else {
            link.close(reason.code(), detail);
        }
        return peer;
    }

    private synchronized boolean isStranger() {
        return state == State.TOKEN || state == State.CHECKING || state == State.PROOF;
    }

    @Override
    public void giveWay() {
        if (isStranger()) {
            fail(LIMIT, "too many connections");
        }
    }

    private Optional<Party> leave() {
        boolean admitted;
        boolean placed;
        Tally.Pair counted;
        synchronized (this) {
            if (state == State.CLOSED) {
                return Optional.empty();
            }
            counted = pair;
            admitted = state == State.WAITING || state == State.PAIRED || state == State.LEAVING;
            placed = share != null;
            share = null;
            lobby.budget().hold(-held);
            held = 0;
            state = State.CLOSED;
        }
        if (placed) {
            lobby.domains().leave(token());
            lobby.visits().leave(token());
        }
        abandon(outgoing);
        abandon(incoming);
        if (counted != null) {
            lobby.tally().ended(counted);
        }
        lobby.left(this);
        return admitted ? lobby.meetings().leave(this) : Optional.empty();
    }

    private static void abandon(@Nullable Flow flow) {
        if (flow != null) {
            flow.abandon();
        }
    }

    @Override
    public String address() {
        return link.address();
    }
}
