package org.bascule.session.stream;

import jakarta.json.JsonObject;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordType;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.Bytes;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.relay.RelayRole;
import org.jspecify.annotations.Nullable;

/**
 * One end of a running session, after the handshake: streams over records over a transport, and after its loss over the next one. Thread-safe.
 *
 * <p>The client's end sends {@code CONFIRM} first; the device's end accepts nothing before it. What happens when the transport is lost is for {@link SessionListener#lost} to say: the session ends as
 * {@code interrupted}, or waits for {@link #resume}. Every session ends exactly once, with {@link SessionListener#ended} and {@link #ended()}.
 *
 * <p>Its parts: {@link StreamTable} the streams, {@link Sender} what is sent and kept, {@link Incoming} what records say, {@link Links} the transports, {@link KeepAlive} whether the other end is there.
 */
public final class Session implements AutoCloseable {

    /** Streams open at once, but for those of forwarded connections ({@link Service#most}). */
    public static final int MAX_STREAMS = 32;
    /** Streams to the device that have more than their first credit at once: what is lent for that is shared by all sessions, and stays lent while a stream is idle. */
    static final int MAX_ENLARGED = 4;

    private static final System.Logger LOG = System.getLogger(Session.class.getName());
    private static final int MAX_TEXT = 200;

    private final RelayRole role;
    private final SessionKeys keys;
    private final RecordCodec codec;
    private final SessionListener listener;
    private final SessionConfig config;
    private final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
    private final CompletableFuture<Boolean> transportsClosed = new CompletableFuture<>();

    /** Guards everything below, and what the parts hold. Nothing blocks while it is held. */
    final ReentrantLock lock = new ReentrantLock();
    /** Signalled when credit, room in the window, or the end came. */
    final Condition writable = lock.newCondition();

    private final Sender sender;
    private final StreamTable streams;
    private final KeepAlive keepAlive;
    private final Links links;
    private final Deadlines deadlines;

    private Operations granted;
    private boolean confirmed;
    private @Nullable SessionEnd end;
    /** Closed once what was sent is on its way. */
    private @Nullable Transport last;

    private Session(
            RelayRole role,
            SessionKeys keys,
            Operations granted,
            ServiceHandler services,
            SessionListener listener,
            SessionConfig config) {
        this.role = role;
        this.keys = keys;
        this.granted = granted;
        this.codec = config.codecs().create(role, keys);
        this.listener = listener;
        this.config = config;
        this.sender = new Sender(codec, config.window(), config.budget());
        this.streams = new StreamTable(this, isClient(), config.budget());
        this.keepAlive = new KeepAlive(this, sender, config);
        this.links = new Links(this, codec, sender, keepAlive, new Incoming(this, streams, keepAlive, services));
        this.deadlines = new Deadlines(this, links, sender, keepAlive, config);
    }

    /** Starts the client's end over a transport that is never replaced: confirms, then streams may be opened at once. */
    public static Session client(
            SessionKeys keys, Operations granted, Transport transport, SessionListener listener, SessionConfig config) {
        return client(keys, granted, transport, "", listener, config);
    }

    /**
     * The same through a relay.
     *
     * @param transport the first one
     * @param relay id of its relay
     */
    public static Session client(
            SessionKeys keys,
            Operations granted,
            Transport transport,
            String relay,
            SessionListener listener,
            SessionConfig config) {
        Session session = new Session(RelayRole.CLIENT, keys, granted, ServiceHandler.none(), listener, config);
        session.confirm();
        session.start(transport, relay);
        listener.started(session);
        return session;
    }

    /** Starts the device's end over a transport that is never replaced: services start after the client's confirmation. */
    public static Session device(
            SessionKeys keys,
            Operations granted,
            Transport transport,
            ServiceHandler services,
            SessionListener listener,
            SessionConfig config) {
        return device(keys, granted, transport, "", services, listener, config);
    }

    /**
     * The same through a relay.
     *
     * @param transport the first one
     * @param relay id of its relay
     */
    public static Session device(
            SessionKeys keys,
            Operations granted,
            Transport transport,
            String relay,
            ServiceHandler services,
            SessionListener listener,
            SessionConfig config) {
        Session session = new Session(RelayRole.DEVICE, keys, granted, services, listener, config);
        session.start(transport, relay);
        return session;
    }

    private void confirm() {
        lock.lock();
        try {
            confirmed = true;
            sender.control(RecordType.CONFIRM, keys.confirmation());
        } finally {
            lock.unlock();
        }
    }

    private void start(Transport transport, String relay) {
        lock.lock();
        try {
            deadlines.start();
        } finally {
            lock.unlock();
        }
        links.first(transport, relay);
    }

    // ---- for the application ----

    public SessionId sid() {
        return keys.sid();
    }

    /** Operations that streams may be opened for now. */
    public Operations granted() {
        lock.lock();
        try {
            return granted;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Opens a stream. Whether the other end accepts it is seen by what it sends, or by a reset.
     *
     * @throws StreamEndedException {@code LIMIT} if too many are open, otherwise the reason why the session has ended
     */
    public SessionStream open(Service service, JsonObject arguments, StreamHandler handler)
            throws StreamEndedException {
        lock.lock();
        try {
            requireRunning();
            SessionStream stream = streams.add(service, handler);
            control(
                    RecordType.OPEN,
                    Bytes.writer()
                            .u32(Integer.toUnsignedLong(stream.id()))
                            .lp(service.text())
                            .lp(arguments.toString())
                            .toByteArray());
            return stream;
        } finally {
            lock.unlock();
        }
    }

    /** A newer ticket came: from now on only these operations, and nothing that was not granted before. Streams of the others are reset with {@code not-permitted}. */
    public void narrow(Operations allowed) {
        List<SessionStream> lost;
        lock.lock();
        try {
            granted = granted.intersect(allowed);
            lost = streams.notGranted(granted);
        } finally {
            lock.unlock();
        }
        lost.forEach(stream -> stream.reset(EndReason.NOT_PERMITTED, "no longer permitted"));
    }

    /**
     * Goes on over another transport, if there is none and the other end agrees ({@code docs/protocol/session.md}, "Resuming"). At the client the exchange begins at once, at the device with what the client sends.
     *
     * @param relay id of its relay
     * @param attempt above those of all earlier transports of this end
     * @return true once the session runs over it; false if it does not, and then the transport is closed
     */
    public CompletableFuture<Boolean> resume(Transport transport, String relay, long attempt) {
        return links.add(transport, relay, attempt);
    }

    /** Takes the transport for lost if it is of this attempt or an earlier one: the other end has said so. */
    public void loseTransport(long attempt) {
        links.lose(attempt, "the other end has lost it");
    }

    /** Ends a session that has no transport, and is not expected to get one. */
    public void giveUp(SessionEnd how) {
        terminate(how, false);
    }

    /** Whether there is a transport. */
    public boolean isConnected() {
        lock.lock();
        try {
            return links.isUp();
        } finally {
            lock.unlock();
        }
    }

    /** Of the transport in use, or of the last one: 0 for the first, then those of {@code RESUME}. */
    public long attempt() {
        lock.lock();
        try {
            return links.attempt();
        } finally {
            lock.unlock();
        }
    }

    /** Ids of the relays that this end does not want to use. */
    public Set<String> struck() {
        lock.lock();
        try {
            return links.struck();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the session in order: the other end learns the reason. Does nothing if it has ended. Returns at once. */
    public void end(EndReason reason, String text) {
        terminate(new SessionEnd(reason, false, text), true);
    }

    /** Ends with {@code done} and waits, at most a little above {@link SessionConfig#closeWithin}, until the transport is closed. */
    @Override
    public void close() {
        end(EndReason.DONE, "");
        try {
            transportsClosed.get(config.closeWithin().toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            abortLast();
        }
    }

    private void abortLast() {
        Transport left;
        lock.lock();
        try {
            left = last;
        } finally {
            lock.unlock();
        }
        if (left != null) {
            left.abort();
        }
    }

    /** How the session ended, once it has. */
    public CompletableFuture<SessionEnd> ended() {
        return ended.copy();
    }

    public boolean isRunning() {
        lock.lock();
        try {
            return end == null;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of all records received. */
    public long bytesIn() {
        return links.bytesIn();
    }

    /** Bytes of all records sent. */
    public long bytesOut() {
        lock.lock();
        try {
            return sender.bytes();
        } finally {
            lock.unlock();
        }
    }

    /** Round trip to the other end as last measured. */
    public Optional<Duration> roundTrip() {
        lock.lock();
        try {
            return keepAlive.roundTrip();
        } finally {
            lock.unlock();
        }
    }

    // ---- for streams, with the lock ----

    boolean isClient() {
        return role == RelayRole.CLIENT;
    }

    boolean lend(int bytes) {
        return streams.lend(bytes);
    }

    boolean borrow(int bytes) {
        return config.budget().tryTake(bytes);
    }

    void repay(int bytes) {
        config.budget().giveBack(bytes);
    }

    void takeBack(int bytes) {
        streams.takeBack(bytes);
    }

    boolean isReceivingThread() {
        return links.isReceivingThread();
    }

    boolean hasRoomForData(int plaintextLength) {
        return sender.hasRoomForData(plaintextLength);
    }

    void awaitRoom(SessionStream stream, int length) throws StreamEndedException, InterruptedIOException {
        while (!sender.hasRoomForData(length + Sender.HEADER)) {
            await();
            stream.requireOpen();
        }
    }

    void await() throws InterruptedIOException {
        if (isReceivingThread()) {
            throw new IllegalStateException("the receiving thread must not wait: use tryWrite");
        }
        try {
            writable.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    void data(SessionStream stream, byte[] source, int offset, int length) {
        sender.data(stream.id(), source, offset, length, stream.service().padded());
    }

    void control(RecordType type, byte[] body) {
        if (end == null && !sender.control(type, body)) {
            Timers.after(Duration.ZERO, () -> end(EndReason.LIMIT, "nothing is acknowledged"));
        }
    }

    /** Always true, for chaining. */
    boolean sendReset(int id, EndReason reason, String text) {
        byte[] body = Bytes.writer()
                .u32(Integer.toUnsignedLong(id))
                .u16(reason.code())
                .lp(shortened(text))
                .toByteArray();
        // one that waits for room has no sequence yet: remembered as long as the session lives
        streams.reset(id, sender.mustWait(body.length) ? Long.MAX_VALUE : sender.next());
        control(RecordType.RESET, body);
        return true;
    }

    /** True if the stream was open until now. */
    boolean remove(SessionStream stream, EndReason reason, String text) {
        boolean removed = streams.remove(stream);
        if (removed) {
            stream.markEnded(reason, text);
            writable.signalAll();
        }
        return removed;
    }

    /** Calls an application's code; its exceptions are bugs there and must not end the receiving thread. */
    boolean guarded(Runnable call) {
        try {
            call.run();
            return true;
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "a handler of session " + sid() + " failed", e);
            return false;
        }
    }

    private void requireRunning() throws StreamEndedException {
        if (end != null) {
            throw new StreamEndedException(end.reason(), end.text());
        }
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    // ---- the end ----

    private void terminate(SessionEnd how, boolean tellPeer) {
        List<SessionStream> open;
        List<Runnable> later = new ArrayList<>();
        Transport left;
        lock.lock();
        try {
            if (end != null) {
                return;
            }
            if (tellPeer) {
                sender.end(Bytes.writer()
                        .u64(sender.next())
                        .u16(how.reason().code())
                        .lp(shortened(how.text()))
                        .toByteArray());
            }
            end = how;
            left = links.finish(later);
            last = left;
            open = streams.removeAll();
            open.forEach(stream -> stream.markEnded(how.reason(), how.text()));
            deadlines.stop();
            sender.clear();
            if (left == null) {
                sender.release();
            }
            writable.signalAll();
        } finally {
            lock.unlock();
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "session {0} ended: {1}",
                sid(),
                how.reason().text());
        later.forEach(Runnable::run);
        if (left == null) {
            transportsClosed.complete(true);
        } else if (tellPeer) {
            // the other end closes when it has read END, so that nothing on the way is lost
            Timers.after(config.closeWithin(), left::close);
        } else {
            left.close();
        }
        open.forEach(SessionStream::notifyEnded);
        guarded(() -> listener.ended(this, how));
        ended.complete(how);
    }

    // ---- for the parts ----

    void violation(String what) {
        LOG.log(System.Logger.Level.INFO, "session {0}: protocol violation: {1}", sid(), what);
        terminate(new SessionEnd(EndReason.PROTOCOL_VIOLATION, false, what), true);
    }

    /** Relays bring what they must not, again and again. */
    void rejected(String what) {
        terminate(new SessionEnd(EndReason.RECORD_REJECTED, false, what), false);
    }

    /** The transport is gone; who listens says whether there will be another one. */
    void lost(TransportLoss loss) {
        if (!isRunning()) {
            return;
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "session {0} lost its transport: {1}",
                sid(),
                loss.end().detail());
        boolean[] goesOn = {false};
        guarded(() -> goesOn[0] = listener.lost(this, loss));
        if (!goesOn[0]) {
            boolean rejected = loss.end().kind() == TransportEnd.Kind.REJECTED;
            EndReason reason = rejected ? EndReason.RECORD_REJECTED : EndReason.INTERRUPTED;
            terminate(new SessionEnd(reason, false, loss.end().detail()), false);
        }
    }

    /** Not before the transport is closed what was sent is let go: until then it may hold it. */
    void transportClosed(Transport transport) {
        lock.lock();
        try {
            if (end == null || last != transport) {
                return;
            }
            sender.release();
        } finally {
            lock.unlock();
        }
        transportsClosed.complete(true);
    }

    /** With the lock. */
    boolean isConfirmed() {
        return confirmed;
    }

    /** What every record means: what it acknowledges, and that it is to be acknowledged. Streams that can go on. */
    List<SessionStream> account(RecordType type, long ack, int recordLength) throws ViolationException {
        lock.lock();
        try {
            if (!confirmed && type != RecordType.CONFIRM) {
                throw new ViolationException(type + " before CONFIRM");
            }
            long before = sender.acknowledged();
            sender.acknowledge(ack);
            if (type != RecordType.ACK && sender.countReceived(recordLength)) {
                deadlines.scheduleAck();
            }
            return sender.acknowledged() == before ? List.of() : acknowledged();
        } finally {
            lock.unlock();
        }
    }

    /** With the lock: the other end has more than before. Streams that can go on. */
    List<SessionStream> acknowledged() {
        writable.signalAll();
        streams.acknowledged(sender.acknowledged());
        return streams.takeWritable();
    }

    void notifyWritable(SessionStream stream) {
        StreamHandler handler = stream.handler();
        if (handler != null) {
            guarded(() -> handler.writable(stream));
        }
    }

    void notPermitted(String service) {
        guarded(() -> listener.notPermitted(this, service));
    }

    void resumed(String relay) {
        guarded(() -> listener.resumed(this, relay));
    }

    void confirmed(byte[] value) throws ViolationException {
        lock.lock();
        try {
            if (role == RelayRole.CLIENT || confirmed || codec.received() != 1 || !keys.isConfirmedBy(value)) {
                throw new ViolationException("CONFIRM that does not fit");
            }
            confirmed = true;
        } finally {
            lock.unlock();
        }
        guarded(() -> listener.started(this));
    }

    void endedByPeer(long count, EndReason reason, String text) throws ViolationException {
        if (count != codec.received() - 1) {
            throw new ViolationException(
                    "END after %d records, %d were received".formatted(count, codec.received() - 1));
        }
        terminate(new SessionEnd(reason, true, text), false);
    }
}
