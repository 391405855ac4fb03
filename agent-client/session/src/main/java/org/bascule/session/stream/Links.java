package org.bascule.session.stream;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordException;
import org.bascule.session.record.ResumeRecord;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The transports of a session: the one that it runs over, and those on which a {@code RESUME} is awaited ({@code docs/protocol/session.md}, "Resuming"). Guarded by the session's
 * lock; calls to the session and to transports that may call back are made without it.
 *
 * <p>Records are opened one at a time, whichever transport brings them: {@link #receiving} is held until what a record says is done.
 */
final class Links {

    private static final System.Logger LOG = System.getLogger(Links.class.getName());
    /** For the answer to a RESUME. */
    private static final Duration CLIENT_WAITS = Duration.ofSeconds(5);

    private final Session session;
    private final SessionId sid;
    private final boolean client;
    private final RecordCodec codec;
    private final Sender sender;
    private final KeepAlive keepAlive;
    private final Incoming incoming;
    private final ReentrantLock lock;
    private final ReentrantLock receiving = new ReentrantLock();
    private final byte[] plaintext;

    private final Set<Link> candidates = new HashSet<>();
    private final Strikes strikes = new Strikes();
    private @Nullable Link current;
    /** Of the last accepted {@code RESUME}. */
    private long highest;

    private volatile long bytesIn;
    private volatile @Nullable Thread receiver;

    Links(Session session, RecordCodec codec, Sender sender, KeepAlive keepAlive, Incoming incoming) {
        this.session = session;
        this.sid = session.sid();
        this.client = session.isClient();
        this.codec = codec;
        this.sender = sender;
        this.keepAlive = keepAlive;
        this.incoming = incoming;
        this.lock = session.lock;
        this.plaintext = incoming.plaintext();
    }

    private enum State {
        /** No valid RESUME has come. */
        AWAITED,
        CURRENT,
        OVER
    }

    /** One transport. */
    private final class Link implements Transport.Receiver {
        private final Transport transport;
        private final String relay;
        private long attempt;
        private final CompletableFuture<Boolean> resumed = new CompletableFuture<>();
        private volatile State state = State.AWAITED;
        private long since;

        Link(Transport transport, String relay, long attempt) {
            this.transport = transport;
            this.relay = relay;
            this.attempt = attempt;
        }

        @Override
        public void message(byte[] buffer, int offset, int length) {
            receiving.lock();
            receiver = Thread.currentThread();
            try {
                if (state != State.OVER && session.isRunning()) {
                    bytesIn += length;
                    open(this, buffer, offset, length);
                }
            } finally {
                receiver = null;
                receiving.unlock();
            }
        }

        @Override
        public void closed(TransportEnd why) {
            if (lock.isHeldByCurrentThread()) {
                // it broke while something was sent
                Timers.after(Duration.ZERO, () -> closed(why));
                return;
            }
            switch (why.kind()) {
                case TEXT -> reject(this, RecordException.Reason.TEXT);
                case TOO_LARGE -> reject(this, RecordException.Reason.TOO_LARGE);
                default -> lose(this, why);
            }
            session.transportClosed(transport);
        }
    }

    // ---- coming

    /** The first transport. */
    void first(Transport transport, String relay) {
        Link link = new Link(transport, relay, 0);
        lock.lock();
        try {
            take(link);
        } finally {
            lock.unlock();
        }
        transport.start(link);
    }

    /** Before anything is sent over the first transport: with the lock. */
    private void take(Link link) {
        link.state = State.CURRENT;
        link.since = System.nanoTime();
        current = link;
        keepAlive.up();
        sender.use(link.transport);
    }

    /**
     * A transport for going on.
     *
     * @param attempt of this end's connection to the relay; at the client that of its {@code RESUME} as well
     * @return whether the session goes on over it; the transport is closed if not
     */
    CompletableFuture<Boolean> add(Transport transport, String relay, long attempt) {
        Link link = new Link(transport, relay, attempt);
        boolean wanted;
        // what is still being received must be counted
        receiving.lock();
        lock.lock();
        try {
            wanted = session.isRunning() && current == null;
            if (wanted) {
                candidates.add(link);
                if (client) {
                    transport.send(resume(link));
                    Timers.after(CLIENT_WAITS, () -> giveUp(link));
                }
            } else {
                link.state = State.OVER;
            }
        } finally {
            lock.unlock();
            receiving.unlock();
        }
        transport.start(link);
        if (!wanted) {
            link.resumed.complete(false);
            transport.abort();
        }
        return link.resumed;
    }

    private void giveUp(Link link) {
        if (link.state == State.AWAITED) {
            lose(link, silent("no answer to RESUME"));
        }
    }

    private static TransportEnd silent(String detail) {
        return new TransportEnd(TransportEnd.Kind.TIMEOUT, detail);
    }

    private byte[] resume(Link link) {
        byte[] bytes = new ResumeRecord(sid, link.relay, link.attempt, codec.received()).bytes();
        return codec.sealControl(bytes, 0, bytes.length);
    }

    // ---- receiving

    private void open(Link link, byte[] buffer, int offset, int length) {
        try {
            boolean control = length > 0 && buffer[offset] < 0;
            if (control != (link.state == State.AWAITED)) {
                // not opened: nothing may change the state of the session at the wrong time
                outOfPlace(link);
                return;
            }
            int opened = codec.open(buffer, offset, length, plaintext);
            if (control) {
                resumed(link, ResumeRecord.parse(Arrays.copyOf(plaintext, ~opened)));
            } else {
                incoming.received(opened, length);
            }
        } catch (RecordException e) {
            reject(link, e.reason());
        } catch (ViolationException | WireException e) {
            session.violation(String.valueOf(e.getMessage()));
        }
    }

    /** Before the other end was heard, one end may have lost the first transport, and the other not noticed: then an honest relay pairs connections that do not go together. */
    private void outOfPlace(Link link) {
        if (codec.received() == 0 && highest == 0) {
            lose(link, new TransportEnd(TransportEnd.Kind.LOST, "the other end is at another attempt"));
        } else {
            reject(link, RecordException.Reason.OUT_OF_PLACE);
        }
    }

    private void resumed(Link link, ResumeRecord peer) throws ViolationException {
        boolean fits = peer.sid().equals(sid) && peer.relay().equals(link.relay);
        List<Link> others;
        List<SessionStream> writable;
        lock.lock();
        try {
            if (link.state != State.AWAITED || current != null) {
                return;
            }
            fits &= client ? peer.attempt() == link.attempt : peer.attempt() > highest;
            if (fits) {
                if (peer.next() < sender.acknowledged() || peer.next() > codec.sent()) {
                    throw new ViolationException("RESUME at %d; %d of %d records are acknowledged"
                            .formatted(peer.next(), sender.acknowledged(), codec.sent()));
                }
                candidates.remove(link);
                highest = peer.attempt();
                if (!client) {
                    link.attempt = peer.attempt();
                    link.transport.send(resume(link));
                }
                sender.acknowledge(peer.next());
                take(link);
                writable = session.acknowledged();
                others = List.copyOf(candidates);
                candidates.clear();
            } else {
                writable = List.of();
                others = List.of();
            }
        } finally {
            lock.unlock();
        }
        if (!fits) {
            reject(link, RecordException.Reason.OUT_OF_PLACE);
            return;
        }
        LOG.log(System.Logger.Level.DEBUG, "session {0} goes on through {1}", sid, link.relay);
        others.forEach(Links::drop);
        link.resumed.complete(true);
        session.resumed(link.relay);
        writable.forEach(session::notifyWritable);
    }

    private static void drop(Link link) {
        link.state = State.OVER;
        link.transport.abort();
        link.resumed.complete(false);
    }

    // ---- going

    /** A transport brought what it must not. */
    private void reject(Link link, RecordException.Reason reason) {
        boolean tooMany;
        lock.lock();
        try {
            if (link.state == State.OVER) {
                return;
            }
            tooMany = strikes.add(link.relay, System.nanoTime());
        } finally {
            lock.unlock();
        }
        LOG.log(System.Logger.Level.INFO, "session {0}: record rejected: {1}", sid, reason);
        if (tooMany) {
            session.rejected(reason.name());
        }
        lose(link, new TransportEnd(TransportEnd.Kind.REJECTED, reason.name()));
    }

    private void lose(Link link, TransportEnd why) {
        boolean wasCurrent;
        lock.lock();
        try {
            if (link.state != State.AWAITED && link.state != State.CURRENT) {
                return;
            }
            wasCurrent = current == link;
            link.state = State.OVER;
            candidates.remove(link);
            if (wasCurrent) {
                current = null;
                keepAlive.down();
                sender.use(null);
            }
        } finally {
            lock.unlock();
        }
        if (why.kind() != TransportEnd.Kind.CLOSED) {
            link.transport.abort();
        }
        if (wasCurrent) {
            session.lost(new TransportLoss(link.relay, link.attempt, why, System.nanoTime() - link.since));
        } else {
            link.resumed.complete(false);
        }
    }

    /** Gives up the transport if it is of this attempt or an earlier one. */
    void lose(long attempt, String why) {
        Link link;
        lock.lock();
        try {
            link = current;
            if (link == null || link.attempt > attempt) {
                return;
            }
        } finally {
            lock.unlock();
        }
        lose(link, silent(why));
    }

    /** With the lock: nothing is received any more. The transport that is left, which is yet to be closed. */
    @Nullable
    Transport finish(List<Runnable> later) {
        candidates.forEach(link -> later.add(() -> drop(link)));
        candidates.clear();
        Link last = current;
        return last == null ? null : last.transport;
    }

    // ---- what is known

    boolean isUp() {
        return current != null;
    }

    /** How long the transport in use is in use; zero if there is none. */
    Duration upFor() {
        return current == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - current.since);
    }

    /** Of the transport in use, or of the last one. */
    long attempt() {
        return highest;
    }

    Set<String> struck() {
        return strikes.relays(System.nanoTime());
    }

    long bytesIn() {
        return bytesIn;
    }

    boolean isReceivingThread() {
        return Thread.currentThread().equals(receiver);
    }
}
