package org.bascule.relay.pairing;

import static org.bascule.wire.relay.RelayClose.DRAINING;
import static org.bascule.wire.relay.RelayClose.LIMIT;
import static org.bascule.wire.relay.RelayClose.REFUSED;
import static org.bascule.wire.relay.RelayClose.TIMEOUT;

import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.bascule.websocket.Link;
import org.bascule.websocket.Receiver;
import org.bascule.websocket.address.Stranger;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayLimits;
import org.jspecify.annotations.Nullable;

/**
 * A connection that measures how far the relay is ({@code docs/protocol/relay.md}, "Probe"): token, then a few small messages that are sent back. Probes have limits of
 * their own, as many as connections without a proof, and so take no room from sessions.
 */
public final class Probe implements Receiver, Stranger {

    private static final System.Logger LOG = System.getLogger(Probe.class.getName());
    /** RFC 6455, section 7.4.1. */
    private static final int NORMAL = 1_000;

    private enum State {
        TOKEN,
        CHECKING,
        READY,
        CLOSED
    }

    private final Lobby lobby;
    private final Link link;

    // guarded by this
    private State state = State.TOKEN;
    private long since;
    private int messages;
    /** Only the container's reading uses it, one thread at a time. */
    private int came;

    Probe(Lobby lobby, Link link) {
        this.lobby = lobby;
        this.link = link;
        this.since = lobby.ticker().nanos();
    }

    @Override
    public void came(int bytes) {
        came += bytes;
        if (came > RelayLimits.MAX_UNPAIRED) {
            LOG.log(Level.DEBUG, "probe from {0} says too much", link.address());
            close(LIMIT.code(), "too much");
        }
    }

    @Override
    public void text(String message) {
        if (message.length() > RelayLimits.MAX_TOKEN || !becomes(State.TOKEN, State.CHECKING)) {
            refuse("unexpected text message");
            return;
        }
        lobby.gate().checkProbe(message).whenComplete(this::checked);
    }

    private synchronized boolean becomes(State from, State to) {
        if (state != from) {
            return false;
        }
        state = to;
        return true;
    }

    private void checked(@Nullable ProbeToken admitted, @Nullable Throwable failure) {
        if (admitted == null) {
            refuse("the token is not valid here");
            return;
        }
        synchronized (this) {
            since = lobby.ticker().nanos();
        }
        if (becomes(State.CHECKING, State.READY)) {
            link.sendText(RelayLimits.READY);
        }
    }

    @Override
    public void binary(ByteBuffer message) {
        int number = message.remaining() > RelayLimits.PROBE_MESSAGE ? 0 : next();
        if (number == 0) {
            refuse("unexpected binary message");
            return;
        }
        link.sendBinary(message, ok -> {});
        link.flush();
        if (number == RelayLimits.PROBE_MESSAGES) {
            close(NORMAL, "done");
        }
    }

    /** The number of this message from 1; 0 if there is to be none now. */
    private synchronized int next() {
        return state == State.READY ? ++messages : 0;
    }

    @Override
    public void tooLong() {
        refuse("a message that is too long");
    }

    private void refuse(String detail) {
        LOG.log(Level.DEBUG, "probe from {0} is closed: {1}", link.address(), detail);
        close(REFUSED.code(), detail);
    }

    /** Looks at the deadlines. */
    void sweep() {
        Duration waited;
        State now;
        synchronized (this) {
            waited = Duration.ofNanos(lobby.ticker().nanos() - since);
            now = state;
        }
        if (now == State.READY) {
            if (waited.compareTo(RelayLimits.PROBE_WITHIN) >= 0) {
                close(NORMAL, "done");
            }
        } else if (waited.compareTo(lobby.limits().tokenWithin()) >= 0) {
            close(TIMEOUT.code(), "no token in time");
        }
    }

    /** The relay is being emptied. */
    void drain() {
        close(DRAINING.code(), "the relay is being stopped");
    }

    private void close(int code, String detail) {
        if (leave()) {
            link.dismiss(code, detail);
        }
    }

    private boolean leave() {
        synchronized (this) {
            if (state == State.CLOSED) {
                return false;
            }
            state = State.CLOSED;
        }
        lobby.left(this);
        return true;
    }

    @Override
    public void gone() {
        leave();
    }

    @Override
    public void ended() {
        leave();
    }

    @Override
    public void giveWay() {
        close(LIMIT.code(), "too many connections");
    }

    synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    @Override
    public String address() {
        return link.address();
    }
}
