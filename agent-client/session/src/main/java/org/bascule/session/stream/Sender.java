package org.bascule.session.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.bascule.session.record.RecordCodec;
import org.bascule.session.record.RecordType;
import org.bascule.session.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a session: seals, keeps what is not acknowledged, and knows how much more may be sent. All of it is guarded by the session's lock.
 *
 * <p>Data waits for room {@link #SHORT_ROOM} below the window, and for the {@link MemoryBudget}, so that the short records that keep a session going have the rest of the window to themselves; what does not
 * fit there either waits in a bounded list. {@code ACK} has a reserve outside the window, so two full windows cannot wait for each other.
 */
final class Sender {

    /** Bytes of ciphertext kept until acknowledged, at most. */
    static final int WINDOW = 6 << 20;
    /** What {@code DATA} leaves of the window. */
    static final int SHORT_ROOM = 64 << 10;
    /** {@code ACK} records outside the window. */
    static final int ACK_RESERVE = 64;
    /** {@code type u8 ‖ ack u64}. */
    static final int HEADER = 9;
    /** Before the bytes of a {@code DATA} record. */
    static final int DATA_HEADER = HEADER + 6;
    /** Bytes of a stream in one record. */
    static final int MAX_DATA = RecordCodec.BULK_PLAINTEXT - DATA_HEADER;

    private static final int OVERHEAD = RecordCodec.HEADER + RecordCodec.TAG;
    /** A record that is full of a stream's bytes. */
    private static final int FULL = RecordCodec.BULK_PLAINTEXT + OVERHEAD;
    /** No other record is as short, so the length tells which of the kept records are from the reserve. */
    private static final int ACK_LENGTH = OVERHEAD + HEADER;

    private static final int MAX_WAITING = 1_024;

    private static final int ACK_AFTER_RECORDS = 64;
    /** Half of what a sender may have on its way in any case: whoever has no more is not to wait for the timer. */
    private static final int ACK_AFTER_BYTES = MemoryBudget.OWN / 2;

    private final RecordCodec codec;
    private final int window;
    private final MemoryBudget budget;
    private final byte[] plaintext = new byte[RecordCodec.MAX_PLAINTEXT];
    private final ByteBuffer out = ByteBuffer.wrap(plaintext);

    private final Deque<byte[]> kept = new ArrayDeque<>();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    /** Acknowledged full records, for the next ones: whoever sends much would make garbage faster than the small heap of a device can bear. They count as kept for the budget. */
    private final Deque<byte[]> free = new ArrayDeque<>();
    /** A transport that was given up may still be writing records before this one. */
    private long reusableFrom;

    private int keptBytes;
    /** Taken from the budget. */
    private long borrowed;

    private int reserveUsed;
    private long acknowledged;
    private long bytes;

    private @Nullable Transport transport;
    /** Since when something is sent and not acknowledged that provokes an acknowledgement. */
    private long owedSince;

    private int unackedRecords;
    private int unackedBytes;
    private boolean ackOverdue;

    Sender(RecordCodec codec, int window, MemoryBudget budget) {
        this.codec = codec;
        this.window = window;
        this.budget = budget;
    }

    static int dataLength(int length, boolean padded) {
        int plain = DATA_HEADER + length;
        return padded ? Padding.padded(plain) : plain;
    }

    boolean hasRoomForData(int plaintextLength) {
        int after = keptBytes + plaintextLength + OVERHEAD;
        if (!waiting.isEmpty() || after > window - SHORT_ROOM) {
            return false;
        }
        int reused = plaintextLength == RecordCodec.BULK_PLAINTEXT && !free.isEmpty() ? 1 : 0;
        if (mayHold(after + (free.size() - reused) * FULL)) {
            return true;
        }
        // nothing may come any more that would be in them, or let them go
        free.clear();
        borrow();
        return mayHold(after);
    }

    private boolean mayHold(int bytes) {
        long more = above(bytes) - borrowed;
        return more <= 0 || budget.has(more);
    }

    private static long above(int kept) {
        return Math.max(0, kept - MemoryBudget.OWN);
    }

    /** What is kept or free has changed. */
    private void borrow() {
        long held = above(keptBytes + free.size() * FULL);
        budget.take(held - borrowed);
        borrowed = held;
    }

    /** Sends a {@code DATA} record; there must be room. */
    void data(int stream, byte[] source, int offset, int length, boolean padded) {
        begin(RecordType.DATA).putInt(stream).putShort((short) length).put(source, offset, length);
        int end = out.position();
        int total = dataLength(length, padded);
        Arrays.fill(plaintext, end, total, (byte) 0);
        seal(total);
    }

    /**
     * Sends any other record but {@code ACK}, or puts it behind those that wait for room.
     *
     * @param type first byte
     * @param body what follows the ack
     * @return false if more wait than is reasonable: the other end acknowledges nothing
     */
    boolean control(RecordType type, byte[] body) {
        if (!mustWait(body.length)) {
            begin(type).put(body);
            seal(out.position());
            return true;
        }
        waiting.add(ByteBuffer.allocate(1 + body.length)
                .put((byte) type.code())
                .put(body)
                .array());
        return waiting.size() <= MAX_WAITING;
    }

    /** True if a record other than {@code DATA} has no room now. */
    boolean mustWait(int bodyLength) {
        return !waiting.isEmpty() || !fits(bodyLength);
    }

    private boolean fits(int bodyLength) {
        return keptBytes + HEADER + bodyLength + OVERHEAD <= window;
    }

    /** Sequence that the next record will have. */
    long next() {
        return codec.sent();
    }

    /** Sends what waited for room. */
    private void flush() {
        byte[] next = waiting.peek();
        while (next != null && fits(next.length - 1)) {
            waiting.remove();
            out.clear().put(next[0]).putLong(codec.received()).put(next, 1, next.length - 1);
            seal(out.position());
            next = waiting.peek();
        }
    }

    private ByteBuffer begin(RecordType type) {
        return out.clear().put((byte) type.code()).putLong(codec.received());
    }

    private void seal(int length) {
        byte[] reused = length == RecordCodec.BULK_PLAINTEXT ? free.poll() : null;
        byte[] record = reused == null ? RecordCodec.allocate(length) : reused;
        codec.sealData(plaintext, 0, length, record);
        if (record.length != ACK_LENGTH && !isOwedAcknowledgement()) {
            owedSince = System.nanoTime();
        }
        kept.add(record);
        if (record.length == ACK_LENGTH) {
            reserveUsed++;
        } else {
            keptBytes += record.length;
            borrow();
        }
        bytes += record.length;
        unackedRecords = 0;
        unackedBytes = 0;
        ackOverdue = false;
        Transport way = transport;
        if (way != null) {
            way.send(record);
        }
    }

    /** From now on records go this way, those that are kept first; null: they are only kept. */
    void use(@Nullable Transport newTransport) {
        transport = newTransport;
        owedSince = System.nanoTime();
        reusableFrom = codec.sent();
        free.clear();
        borrow();
        if (newTransport != null) {
            kept.forEach(newTransport::send);
        }
    }

    /** Whether something is kept that the other end must acknowledge. */
    boolean isOwedAcknowledgement() {
        return kept.size() > reserveUsed;
    }

    /** {@link System#nanoTime} since when that is so, or since it was sent again. */
    long owedSince() {
        return owedSince;
    }

    /** The other end has received so many records: they need not be kept any more. */
    void acknowledge(long count) throws ViolationException {
        if (count < 0 || count > codec.sent()) {
            throw new ViolationException("acknowledged %d of %d records".formatted(count, codec.sent()));
        }
        if (count <= acknowledged) {
            return;
        }
        for (; acknowledged < count; acknowledged++) {
            byte[] record = kept.remove();
            if (record.length == ACK_LENGTH) {
                reserveUsed--;
            } else {
                keptBytes -= record.length;
            }
            reuse(record);
        }
        borrow();
        flush();
        if (ackOverdue) {
            acknowledgeNow();
        }
    }

    /** What the other end has received is written. */
    private void reuse(byte[] record) {
        if (record.length == FULL && acknowledged >= reusableFrom && keptBytes + (free.size() + 1) * FULL <= window) {
            free.add(record);
        }
        // who has sent everything may have no more for long, but whoever is slower than the other end has that after
        // each record
        while (kept.isEmpty() && free.size() * FULL > MemoryBudget.OWN) {
            free.remove();
        }
    }

    long acknowledged() {
        return acknowledged;
    }

    /**
     * A record other than {@code ACK} was received.
     *
     * @return true if an acknowledgement is owed, and nothing else was sent since that would carry it
     */
    boolean countReceived(int length) {
        unackedRecords++;
        unackedBytes += length;
        if (unackedRecords >= ACK_AFTER_RECORDS || unackedBytes >= ACK_AFTER_BYTES) {
            acknowledgeNow();
        }
        return unackedRecords > 0;
    }

    boolean owesAck() {
        return unackedRecords > 0;
    }

    /** Sends an {@code ACK} from the reserve; if that is used up, as soon as there is some again. */
    void acknowledgeNow() {
        if (reserveUsed >= ACK_RESERVE) {
            ackOverdue = true;
            return;
        }
        begin(RecordType.ACK);
        seal(out.position());
    }

    /** Sends {@code END} whatever the window says: it is the last. */
    void end(byte[] body) {
        begin(RecordType.END).put(body);
        seal(out.position());
    }

    /** Forgets everything kept. */
    void clear() {
        kept.clear();
        free.clear();
        waiting.clear();
    }

    /** Nothing that was sent is held any more. */
    void release() {
        keptBytes = 0;
        free.clear();
        borrow();
    }

    /** Bytes of all records sent. */
    long bytes() {
        return bytes;
    }
}
