package org.bascule.session.stream;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.bascule.session.record.RecordType;
import org.bascule.wire.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session: bytes both ways under credit, and events beside them. Thread-safe.
 *
 * <p>What is written goes out at once, one record for each call (more if it is long). {@link #write} waits for credit and window; on the receiving thread, where
 * waiting would be for ever, use {@link #tryWrite}.
 */
public final class SessionStream {

    /** Credit that the direction to the device starts with, bytes, unless the service says less: a device may have to hold it for every stream of every session at once. */
    static final int FIRST_CREDIT = 64 << 10;
    /** Credit that the direction to the client starts with, and what few streams to the device get while the budget has it. */
    static final int FULL_CREDIT = 256 << 10;

    /** Bytes of the longest record: writing whole ones costs least. */
    public static final int PORTION = Sender.MAX_DATA;

    private static final int MAX_EVENT = 0xffff;

    private final Session session;
    private final int id;
    private final Service service;

    /** The fields below are guarded by the session's lock. */
    private @Nullable StreamHandler handler;

    private long credit;
    private long sent;
    private boolean finished;
    private int window;
    private long granted;
    /** Lent by the session, until the stream has ended and everything that was received is consumed. */
    private int lent;
    /** Taken from the memory budget by {@link #widen}, for as long. */
    private int widened;

    private long received;
    private long consumed;
    private boolean peerFinished;
    private boolean wantsWritable;
    private @Nullable EndReason endReason;
    private String endText = "";
    private boolean endNotified;

    SessionStream(Session session, int id, Service service) {
        this.session = session;
        this.id = id;
        this.service = service;
        this.credit = firstCredit(session.isClient(), service);
        this.window = firstCredit(!session.isClient(), service);
        this.granted = window;
    }

    private static int firstCredit(boolean toDevice, Service service) {
        return toDevice ? service.firstCredit() : FULL_CREDIT;
    }

    /** Unsigned 32 bits: odd if the client opened it. */
    public int id() {
        return id;
    }

    public Service service() {
        return service;
    }

    public Session session() {
        return session;
    }

    @Override
    public String toString() {
        return service.text() + "#" + Integer.toUnsignedString(id);
    }

    // ---- for the application ----

    /** Sends bytes, waiting for credit and window as long as it takes. Fails once the stream has ended; what was sent before may still arrive. */
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        int done = 0;
        while (done < length) {
            session.lock.lock();
            try {
                awaitRoom();
                done += sendSome(source, offset + done, length - done);
            } finally {
                session.lock.unlock();
            }
        }
    }

    public void write(byte[] source) throws IOException {
        write(source, 0, source.length);
    }

    /**
     * Sends as much as credit and window allow now, without waiting.
     *
     * @return how much; if less than everything, {@link StreamHandler#writable} is called when it is worth trying again
     */
    public int tryWrite(byte[] source, int offset, int length) throws StreamEndedException {
        Objects.checkFromIndexSize(offset, length, source.length);
        session.lock.lock();
        try {
            requireOpen();
            int done = 0;
            while (done < length && hasRoom()) {
                done += sendSome(source, offset + done, length - done);
            }
            wantsWritable = done < length;
            return done;
        } finally {
            session.lock.unlock();
        }
    }

    /**
     * How much {@link #tryWrite} would take now: for whoever can leave bytes where they are.
     *
     * @return at most one record's; if 0, {@link StreamHandler#writable} is called when it is worth trying again
     */
    public int room() throws StreamEndedException {
        session.lock.lock();
        try {
            requireOpen();
            int room = hasRoom() ? (int) Math.min(credit, Sender.MAX_DATA) : 0;
            wantsWritable = room == 0;
            return room;
        } finally {
            session.lock.unlock();
        }
    }

    /** The same as a stream; closing it is {@link #finish}. */
    public OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                SessionStream.this.write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] source, int offset, int length) throws IOException {
                SessionStream.this.write(source, offset, length);
            }

            @Override
            public void close() {
                finish();
            }
        };
    }

    /** Sends an event, in order with the bytes written before. At most 65,535 bytes of JSON. */
    public void sendEvent(JsonObject event) throws IOException {
        byte[] json = event.toString().getBytes(StandardCharsets.UTF_8);
        if (json.length > MAX_EVENT) {
            throw new IllegalArgumentException("an event of " + json.length + " bytes");
        }
        byte[] body = Bytes.writer().u32(Integer.toUnsignedLong(id)).lp(json).toByteArray();
        session.lock.lock();
        try {
            requireOpen();
            if (!session.isReceivingThread()) {
                session.awaitRoom(this, body.length);
            }
            session.control(RecordType.EVENT, body);
        } finally {
            session.lock.unlock();
        }
    }

    /** The application is done with so many of the received bytes: the other end may send as many more. */
    public void consumed(int bytes) {
        session.lock.lock();
        try {
            if (bytes < 0 || consumed + bytes > received) {
                throw new IllegalArgumentException("consumed more than was received");
            }
            consumed += bytes;
            if (endReason == null && !peerFinished) {
                giveCredit();
            } else {
                shrink();
            }
        } finally {
            session.lock.unlock();
        }
    }

    /** In steps, so that it costs little. Who sends that much for the first time gets more, if there is memory for it. */
    private void giveCredit() {
        if (consumed + window - granted < window / 4) {
            return;
        }
        int more = FULL_CREDIT - window;
        if (more > 0 && session.lend(more)) {
            lent = more;
            window = FULL_CREDIT;
        }
        int owed = (int) (consumed + window - granted);
        granted += owed;
        session.control(
                RecordType.CREDIT,
                ByteBuffer.allocate(8).putInt(id).putInt(owed).array());
    }

    /** What arrived before the end is held until it is consumed. */
    private void shrink() {
        if (lent > 0 && consumed == received) {
            session.takeBack(lent);
            lent = 0;
        }
        if (widened > 0 && consumed == received) {
            session.repay(widened);
            widened = 0;
        }
    }

    /**
     * Lets the other end send so much more before any of it is consumed: for bulk over a long way. At a device only while its {@link MemoryBudget} has that much; whoever takes the bytes must be able to hold them.
     *
     * @return whether it does
     */
    public boolean widen(int more) {
        session.lock.lock();
        try {
            if (endReason != null || peerFinished || (!session.isClient() && !session.borrow(more))) {
                return false;
            }
            widened += session.isClient() ? 0 : more;
            window += more;
            granted += more;
            session.control(
                    RecordType.CREDIT,
                    ByteBuffer.allocate(8).putInt(id).putInt(more).array());
            return true;
        } finally {
            session.lock.unlock();
        }
    }

    /** This end sends nothing more. When both ends said so, the stream is over. Does nothing if it is already. */
    public void finish() {
        boolean over;
        session.lock.lock();
        try {
            if (finished || endReason != null) {
                return;
            }
            finished = true;
            session.control(
                    RecordType.CLOSE,
                    ByteBuffer.allocate(12).putInt(id).putLong(sent).array());
            session.writable.signalAll();
            over = peerFinished && session.remove(this, EndReason.DONE, "");
        } finally {
            session.lock.unlock();
        }
        if (over) {
            notifyEnded();
        }
    }

    /** Ends both directions; what the other end still sends is ignored. Does nothing if the stream is over already. */
    public void reset(EndReason reason, String text) {
        boolean over;
        session.lock.lock();
        try {
            over = endReason == null && session.sendReset(id, reason, text) && session.remove(this, reason, text);
        } finally {
            session.lock.unlock();
        }
        if (over) {
            notifyEnded();
        }
    }

    public boolean isOpen() {
        session.lock.lock();
        try {
            return endReason == null;
        } finally {
            session.lock.unlock();
        }
    }

    // ---- for the session, with its lock ----

    private boolean hasRoom() {
        return credit > 0 && session.hasRoomForData(Sender.dataLength((int) Math.min(credit, Sender.MAX_DATA), false));
    }

    private int sendSome(byte[] source, int offset, int length) {
        int part = (int) Math.min(Math.min(length, Sender.MAX_DATA), credit);
        session.data(this, source, offset, part);
        credit -= part;
        sent += part;
        return part;
    }

    private void awaitRoom() throws StreamEndedException, InterruptedIOException {
        requireOpen();
        while (!hasRoom()) {
            session.await();
            requireOpen();
        }
    }

    void requireOpen() throws StreamEndedException {
        if (endReason != null) {
            throw new StreamEndedException(endReason, endText);
        }
        if (finished) {
            throw new StreamEndedException(EndReason.DONE, "this end has finished");
        }
    }

    void handledBy(StreamHandler newHandler) {
        handler = newHandler;
    }

    void addCredit(long more) {
        credit += more;
    }

    boolean takeWantsWritable() {
        boolean wants = wantsWritable && endReason == null && hasRoom();
        if (wants) {
            wantsWritable = false;
        }
        return wants;
    }

    void countReceived(int length) throws ViolationException {
        if (peerFinished) {
            throw new ViolationException("data after the end of " + this);
        }
        received += length;
        if (received > granted) {
            throw new ViolationException("%s has %d bytes of credit and got %d".formatted(this, granted, received));
        }
    }

    void requireNotFinishedByPeer() throws ViolationException {
        if (peerFinished) {
            throw new ViolationException("something after the end of " + this);
        }
    }

    /** Notes the other end's CLOSE; true if this end had finished before, so that the stream is over. */
    boolean finishedByPeer(long count) throws ViolationException {
        requireNotFinishedByPeer();
        if (count != received) {
            throw new ViolationException("%s ended after %d bytes, %d were received".formatted(this, count, received));
        }
        peerFinished = true;
        shrink();
        return finished;
    }

    void markEnded(EndReason reason, String text) {
        endReason = reason;
        endText = text;
        shrink();
    }

    // ---- calls to the handler, without the lock ----

    @Nullable
    StreamHandler handler() {
        session.lock.lock();
        try {
            return handler;
        } finally {
            session.lock.unlock();
        }
    }

    /** Once, as soon as there is both an end and a handler. */
    void notifyEnded() {
        StreamHandler to;
        EndReason reason;
        String text;
        session.lock.lock();
        try {
            to = handler;
            if (to == null || endNotified) {
                return;
            }
            endNotified = true;
            reason = Objects.requireNonNull(endReason, "ended");
            text = endText;
        } finally {
            session.lock.unlock();
        }
        session.guarded(() -> to.ended(this, reason, text));
    }
}
