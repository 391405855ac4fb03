package org.bascule.session.stream;

import jakarta.json.JsonObject;
import java.io.InterruptedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordException;
import org.bascule.session.record.RecordType;
import org.bascule.session.transport.Transport;
import org.bascule.session.transport.TransportEnd;
import org.bascule.wire.Bytes;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayRole;
import org.jspecify.annotations.Nullable;

/**
 * One end of a running session, after the handshake: streams over records over one transport. Thread-safe.
 *
 * <p>The client's end sends {@code CONFIRM} first; the device's end accepts nothing before it. A loss of the transport ends the session as {@code interrupted}: resuming
 * on another relay changes no format and comes later. Every session ends exactly once, with {@link SessionListener#ended} and {@link #ended()}.
 */
public final class Session implements AutoCloseable {

    /** Streams open at once. */
    public static final int MAX_STREAMS = 32;
    /** Streams to the device that have more than their first credit at once: what is lent for that is shared by all sessions, and stays lent while a stream is idle. */
    static final int MAX_ENLARGED = 4;

    private static final System.Logger LOG = System.getLogger(Session.class.getName());
    private static final int MAX_TEXT = 200;
    private static final int PING_REQUEST = 0;
    private static final int PING_REPLY = 1;

    private final RelayRole role;
    private final SessionKeys keys;
    private final RecordCodec codec;
    private final Transport transport;
    private final ServiceHandler services;
    private final SessionListener listener;
    private final SessionConfig config;
    private final CompletableFuture<SessionEnd> ended = new CompletableFuture<>();
    private final CompletableFuture<TransportEnd> transportEnded = new CompletableFuture<>();

    /** Of the receiving thread alone. */
    private final byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];

    private final ByteBuffer in = ByteBuffer.wrap(plaintext);
    private volatile @Nullable Thread receiver;
    private volatile long bytesIn;
    private volatile long roundTripNanos = -1;

    /** Guards everything below, the sender, and the streams' fields. Nothing blocks while it is held. */
    final ReentrantLock lock = new ReentrantLock();
    /** Signalled when credit, room in the window, or the end came. */
    final Condition writable = lock.newCondition();

    private final Sender sender;
    private final Map<Integer, SessionStream> streams = new LinkedHashMap<>();
    /** Streams that this end reset, with the sequence of the RESET: until that is acknowledged, the other end may not know. */
    private final Map<Integer, Long> resets = new HashMap<>();

    private Operations granted;
    private int nextOwnId;
    private int lastPeerId;
    private int enlarged;
    private boolean confirmed;
    private @Nullable SessionEnd end;
    private boolean ackScheduled;
    private final List<Future<?>> timers = new ArrayList<>();
    private long pingValue;
    private long pingSentNanos;
    private boolean pingOutstanding;

    private Session(
            RelayRole role,
            SessionKeys keys,
            Operations granted,
            Transport transport,
            ServiceHandler services,
            SessionListener listener,
            SessionConfig config) {
        this.role = role;
        this.keys = keys;
        this.granted = granted;
        this.codec = config.codecs().create(role, keys);
        this.transport = transport;
        this.services = services;
        this.listener = listener;
        this.config = config;
        this.sender = new Sender(codec, transport, config.window(), config.budget());
        this.nextOwnId = role == RelayRole.CLIENT ? 1 : 2;
    }

    /** Starts the client's end: confirms, then streams may be opened at once. */
    public static Session client(
            SessionKeys keys, Operations granted, Transport transport, SessionListener listener, SessionConfig config) {
        Session session =
                new Session(RelayRole.CLIENT, keys, granted, transport, ServiceHandler.none(), listener, config);
        session.confirm();
        session.start();
        listener.started(session);
        return session;
    }

    /** Starts the device's end: services start after the client's confirmation. */
    public static Session device(
            SessionKeys keys,
            Operations granted,
            Transport transport,
            ServiceHandler services,
            SessionListener listener,
            SessionConfig config) {
        Session session = new Session(RelayRole.DEVICE, keys, granted, transport, services, listener, config);
        session.start();
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

    private void start() {
        lock.lock();
        try {
            timers.add(Timers.every(config.pingEvery(), this::ping));
            if (role == RelayRole.DEVICE) {
                timers.add(Timers.after(config.confirmWithin(), this::requireConfirmation));
            }
        } finally {
            lock.unlock();
        }
        transport.start(new Receiver());
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
     * @throws StreamEndedException {@code LIMIT} if 32 are open, otherwise the reason why the session has ended
     */
    public SessionStream open(Service service, JsonObject arguments, StreamHandler handler)
            throws StreamEndedException {
        lock.lock();
        try {
            requireRunning();
            if (streams.size() >= MAX_STREAMS) {
                throw new StreamEndedException(EndReason.LIMIT, MAX_STREAMS + " streams are open");
            }
            SessionStream stream = new SessionStream(this, nextOwnId, service);
            nextOwnId += 2;
            stream.handledBy(handler);
            streams.put(stream.id(), stream);
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
        List<SessionStream> lost = new ArrayList<>();
        lock.lock();
        try {
            granted = granted.intersect(allowed);
            for (SessionStream stream : streams.values()) {
                if (!granted.allows(stream.service().operation())) {
                    lost.add(stream);
                }
            }
        } finally {
            lock.unlock();
        }
        lost.forEach(stream -> stream.reset(EndReason.NOT_PERMITTED, "no longer permitted"));
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
            transportEnded.get(config.closeWithin().toMillis() + 500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            transport.abort();
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
        return bytesIn;
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
        long nanos = roundTripNanos;
        return nanos < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
    }

    // ---- for streams, with the lock ----

    boolean isClient() {
        return role == RelayRole.CLIENT;
    }

    /** Lends a stream so many bytes for more credit, if this session may and the budget has them. */
    boolean lend(int bytes) {
        if (enlarged >= MAX_ENLARGED || !config.budget().tryTake(bytes)) {
            return false;
        }
        enlarged++;
        return true;
    }

    /** What {@link #lend} gave. */
    void takeBack(int bytes) {
        enlarged--;
        config.budget().giveBack(bytes);
    }

    boolean isReceivingThread() {
        return Thread.currentThread().equals(receiver);
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
        resets.put(id, sender.mustWait(body.length) ? Long.MAX_VALUE : sender.next());
        control(RecordType.RESET, body);
        return true;
    }

    /** True if the stream was open until now. */
    boolean remove(SessionStream stream, EndReason reason, String text) {
        boolean removed = streams.remove(stream.id(), stream);
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
            open = new ArrayList<>(streams.values());
            streams.clear();
            open.forEach(stream -> stream.markEnded(how.reason(), how.text()));
            timers.forEach(timer -> timer.cancel(false));
            sender.clear();
            writable.signalAll();
        } finally {
            lock.unlock();
        }
        LOG.log(
                System.Logger.Level.DEBUG,
                "session {0} ended: {1}",
                sid(),
                how.reason().text());
        if (tellPeer) {
            // the other end closes when it has read END, so that nothing on the way is lost
            Timers.after(config.closeWithin(), transport::close);
        } else {
            transport.close();
        }
        open.forEach(SessionStream::notifyEnded);
        guarded(() -> listener.ended(this, how));
        ended.complete(how);
    }

    private void violation(String what) {
        LOG.log(System.Logger.Level.INFO, "session {0}: protocol violation: {1}", sid(), what);
        terminate(new SessionEnd(EndReason.PROTOCOL_VIOLATION, false, what), true);
    }

    private void rejected(RecordException.Reason reason) {
        LOG.log(System.Logger.Level.INFO, "session {0}: record rejected: {1}", sid(), reason);
        terminate(new SessionEnd(EndReason.RECORD_REJECTED, false, reason.name()), false);
    }

    // ---- deadlines ----

    private void requireConfirmation() {
        boolean missing;
        lock.lock();
        try {
            missing = !confirmed;
        } finally {
            lock.unlock();
        }
        if (missing) {
            violation("no CONFIRM in time");
        }
    }

    private void ping() {
        boolean silent;
        lock.lock();
        try {
            if (end != null) {
                return;
            }
            silent = pingOutstanding
                    && System.nanoTime() - pingSentNanos >= config.pingTimeout().toNanos();
            if (!pingOutstanding) {
                pingOutstanding = true;
                pingSentNanos = System.nanoTime();
                control(
                        RecordType.PING,
                        ByteBuffer.allocate(9)
                                .put((byte) PING_REQUEST)
                                .putLong(++pingValue)
                                .array());
            }
        } finally {
            lock.unlock();
        }
        if (silent) {
            terminate(new SessionEnd(EndReason.INTERRUPTED, false, "the other end is silent"), false);
        }
    }

    /** With the lock: an acknowledgement is owed from now on. */
    private void scheduleAck() {
        if (!ackScheduled) {
            ackScheduled = true;
            Timers.after(config.ackWithin(), this::acknowledge);
        }
    }

    private void acknowledge() {
        lock.lock();
        try {
            ackScheduled = false;
            if (end == null && sender.owesAck()) {
                sender.acknowledgeNow();
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- receiving ----

    private final class Receiver implements Transport.Receiver {

        @Override
        public void message(byte[] buffer, int offset, int length) {
            if (!isRunning()) {
                return;
            }
            receiver = Thread.currentThread();
            try {
                bytesIn += length;
                int opened = codec.open(buffer, offset, length, plaintext);
                if (opened < 0) {
                    throw new ViolationException("a control record on the first transport");
                }
                in.clear().limit(opened);
                received(length);
            } catch (RecordException e) {
                rejected(e.reason());
            } catch (ViolationException e) {
                violation(String.valueOf(e.getMessage()));
            } catch (WireException e) {
                violation(String.valueOf(e.getMessage()));
            } catch (BufferUnderflowException e) {
                violation("a record is too short");
            } finally {
                receiver = null;
            }
        }

        @Override
        public void closed(TransportEnd why) {
            releaseBudget();
            transportEnded.complete(why);
            switch (why.kind()) {
                case TEXT -> rejected(RecordException.Reason.TEXT);
                case TOO_LARGE -> rejected(RecordException.Reason.TOO_LARGE);
                default -> terminate(new SessionEnd(EndReason.INTERRUPTED, false, why.detail()), false);
            }
        }
    }

    /** Not before the transport is closed: until then it may hold what was not sent. */
    private void releaseBudget() {
        lock.lock();
        try {
            sender.release();
        } finally {
            lock.unlock();
        }
    }

    private void received(int recordLength) throws ViolationException, WireException {
        RecordType type = RecordType.of(in.get() & 0xff);
        List<SessionStream> writableAgain = account(type, in.getLong(), recordLength);
        switch (type) {
            case DATA -> receivedData();
            case ACK -> requireConsumed();
            case CREDIT -> receivedCredit();
            case OPEN -> receivedOpen();
            case CLOSE -> receivedClose();
            case RESET -> receivedReset();
            case EVENT -> receivedEvent();
            case PING -> receivedPing();
            case CONFIRM -> receivedConfirm();
            case END -> receivedEnd();
        }
        writableAgain.forEach(this::notifyWritable);
    }

    /** What every record means: what it acknowledges, and that it is to be acknowledged. */
    private List<SessionStream> account(RecordType type, long ack, int recordLength) throws ViolationException {
        lock.lock();
        try {
            if (!confirmed && type != RecordType.CONFIRM) {
                throw new ViolationException(type + " before CONFIRM");
            }
            long before = sender.acknowledged();
            sender.acknowledge(ack);
            if (type != RecordType.ACK && sender.countReceived(recordLength)) {
                scheduleAck();
            }
            if (sender.acknowledged() == before) {
                return List.of();
            }
            writable.signalAll();
            if (!resets.isEmpty()) {
                resets.values().removeIf(sequence -> sequence < sender.acknowledged());
            }
            return writableStreams();
        } finally {
            lock.unlock();
        }
    }

    private List<SessionStream> writableStreams() {
        List<SessionStream> found = List.of();
        for (SessionStream stream : streams.values()) {
            if (stream.takeWantsWritable()) {
                found = found.isEmpty() ? new ArrayList<>() : found;
                found.add(stream);
            }
        }
        return found;
    }

    private void notifyWritable(SessionStream stream) {
        StreamHandler handler = stream.handler();
        if (handler != null) {
            guarded(() -> handler.writable(stream));
        }
    }

    private void receivedData() throws ViolationException {
        int id = in.getInt();
        int length = in.getShort() & 0xffff;
        int offset = in.position();
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        for (int i = offset + length; i < in.limit(); i++) {
            if (plaintext[i] != 0) {
                throw new ViolationException("padding is not zero");
            }
        }
        SessionStream stream = find(id, RecordType.DATA, received -> received.countReceived(length));
        if (stream != null && length > 0) {
            StreamHandler handler = stream.handler();
            if (handler != null && !guarded(() -> handler.data(stream, plaintext, offset, length))) {
                stream.reset(EndReason.FAILED, "");
            }
        }
    }

    private void receivedCredit() throws ViolationException {
        int id = in.getInt();
        long more = Integer.toUnsignedLong(in.getInt());
        requireConsumed();
        boolean[] again = {false};
        SessionStream stream = find(id, RecordType.CREDIT, found -> {
            found.addCredit(more);
            again[0] = found.takeWantsWritable();
            writable.signalAll();
        });
        if (stream != null && again[0]) {
            notifyWritable(stream);
        }
    }

    private void receivedClose() throws ViolationException {
        int id = in.getInt();
        long count = in.getLong();
        requireConsumed();
        boolean[] over = {false};
        SessionStream stream = find(id, RecordType.CLOSE, found -> {
            over[0] = found.finishedByPeer(count) && remove(found, EndReason.DONE, "");
        });
        if (stream == null) {
            return;
        }
        StreamHandler handler = stream.handler();
        if (handler != null) {
            guarded(() -> handler.finished(stream));
        }
        if (over[0]) {
            stream.notifyEnded();
        }
    }

    private void receivedReset() throws ViolationException, WireException {
        int id = in.getInt();
        EndReason reason = EndReason.of(in.getShort() & 0xffff);
        String text = text();
        requireConsumed();
        SessionStream stream = find(id, RecordType.RESET, found -> remove(found, reason, text));
        if (stream != null) {
            stream.notifyEnded();
        }
    }

    private void receivedEvent() throws ViolationException, WireException {
        int id = in.getInt();
        JsonObject event = StrictJson.parse(text(), 0xffff).object();
        requireConsumed();
        SessionStream stream = find(id, RecordType.EVENT, SessionStream::requireNotFinishedByPeer);
        if (stream != null) {
            StreamHandler handler = stream.handler();
            if (handler != null && !guarded(() -> handler.event(stream, event))) {
                stream.reset(EndReason.FAILED, "");
            }
        }
    }

    private void receivedOpen() throws ViolationException {
        int id = in.getInt();
        String name = text();
        String arguments = text();
        requireConsumed();
        Optional<Service> service = Service.of(name);
        SessionStream stream;
        lock.lock();
        try {
            boolean odd = (id & 1) == 1;
            if (odd != (role == RelayRole.DEVICE) || Integer.compareUnsigned(id, lastPeerId) <= 0) {
                throw new ViolationException("a stream with the id " + Integer.toUnsignedString(id));
            }
            lastPeerId = id;
            stream = accept(id, service);
        } finally {
            lock.unlock();
        }
        if (stream != null) {
            begin(stream, arguments);
        } else if (role == RelayRole.DEVICE
                && service.isPresent()
                && !granted().allows(service.get().operation())) {
            guarded(() -> listener.notPermitted(this, name));
        }
    }

    /** With the lock: the stream, or null if it was refused. */
    private @Nullable SessionStream accept(int id, Optional<Service> service) {
        if (role == RelayRole.CLIENT || service.isEmpty()) {
            sendReset(id, EndReason.NO_SUCH_SERVICE, "");
            return null;
        }
        if (!granted.allows(service.get().operation())) {
            sendReset(id, EndReason.NOT_PERMITTED, "");
            return null;
        }
        if (streams.size() >= MAX_STREAMS) {
            sendReset(id, EndReason.LIMIT, MAX_STREAMS + " streams are open");
            return null;
        }
        SessionStream stream = new SessionStream(this, id, service.get());
        streams.put(id, stream);
        return stream;
    }

    private void begin(SessionStream stream, String arguments) {
        try {
            JsonObject parsed = StrictJson.parse(arguments, 0xffff).object();
            StreamHandler handler = services.open(stream, stream.service(), parsed);
            boolean over;
            lock.lock();
            try {
                stream.handledBy(handler);
                over = !stream.isOpen();
            } finally {
                lock.unlock();
            }
            if (over) {
                // whoever ended it meanwhile found nobody to tell
                stream.notifyEnded();
            }
        } catch (StreamRefusedException e) {
            stream.reset(e.reason(), String.valueOf(e.getMessage()));
        } catch (WireException e) {
            stream.reset(EndReason.BAD_ARGUMENTS, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "opening " + stream + " of session " + sid() + " failed", e);
            stream.reset(EndReason.FAILED, "");
        }
    }

    private void receivedPing() throws ViolationException {
        int kind = in.get();
        long value = in.getLong();
        requireConsumed();
        lock.lock();
        try {
            if (kind == PING_REQUEST) {
                control(
                        RecordType.PING,
                        ByteBuffer.allocate(9)
                                .put((byte) PING_REPLY)
                                .putLong(value)
                                .array());
            } else if (kind != PING_REPLY) {
                throw new ViolationException("PING of kind " + kind);
            } else if (pingOutstanding && value == pingValue) {
                pingOutstanding = false;
                roundTripNanos = System.nanoTime() - pingSentNanos;
            }
        } finally {
            lock.unlock();
        }
    }

    private void receivedConfirm() throws ViolationException {
        byte[] value = new byte[32];
        in.get(value);
        requireConsumed();
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

    private void receivedEnd() throws ViolationException, WireException {
        long count = in.getLong();
        EndReason reason = EndReason.of(in.getShort() & 0xffff);
        String text = text();
        requireConsumed();
        if (count != codec.received() - 1) {
            throw new ViolationException(
                    "END after %d records, %d were received".formatted(count, codec.received() - 1));
        }
        terminate(new SessionEnd(reason, true, text), false);
    }

    @FunctionalInterface
    private interface StreamAction {
        void apply(SessionStream stream) throws ViolationException;
    }

    /** Does something to a stream with the lock held. Null if the record is to be ignored: it was sent before the other end knew that the stream is over. */
    private @Nullable SessionStream find(int id, RecordType type, StreamAction action) throws ViolationException {
        lock.lock();
        try {
            SessionStream stream = streams.get(id);
            if (stream != null) {
                action.apply(stream);
                return stream;
            }
            boolean known = Integer.compareUnsigned(id, isOwn(id) ? nextOwnId - 2 : lastPeerId) <= 0 && id != 0;
            boolean late = known && (type == RecordType.CREDIT || type == RecordType.RESET);
            if (late || resets.containsKey(id) || end != null) {
                return null;
            }
            throw new ViolationException(type + " on stream " + Integer.toUnsignedString(id) + ", which is not open");
        } finally {
            lock.unlock();
        }
    }

    private boolean isOwn(int id) {
        return ((id & 1) == 1) == (role == RelayRole.CLIENT);
    }

    private String text() {
        byte[] bytes = new byte[in.getShort() & 0xffff];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void requireConsumed() throws ViolationException {
        if (in.hasRemaining()) {
            throw new ViolationException(in.remaining() + " extra bytes");
        }
    }
}
