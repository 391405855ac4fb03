package org.bascule.session.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.wire.relay.RelayRole;

/** The records of the specification: AES-256-GCM, a new data key every 2^20 records. */
final class AesGcmRecordCodec implements RecordCodec {

    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int EPOCH_BITS = 20;
    private static final long EPOCH_MASK = (1L << EPOCH_BITS) - 1;
    private static final long MAX_CONTROL = 1L << 20;
    private static final String DATA_LABEL = "bascule/1 data";
    private static final String CONTROL_LABEL = "bascule/1 control";

    private final Direction sending;
    private final Direction receiving;

    AesGcmRecordCodec(RelayRole own, SessionKeys keys) {
        boolean client = own == RelayRole.CLIENT;
        sending = new Direction(client ? keys.revealClientToAgent() : keys.revealAgentToClient());
        receiving = new Direction(client ? keys.revealAgentToClient() : keys.revealClientToAgent());
    }

    /** For vectors of the rekey boundary: both directions start at this data sequence, with the key of its epoch. */
    AesGcmRecordCodec(RelayRole own, SessionKeys keys, long startInsecure) {
        this(own, keys);
        sending.skipTo(startInsecure);
        receiving.skipTo(startInsecure);
    }

    @Override
    public void sealData(byte[] plaintext, int offset, int length, byte[] record) {
        if (record.length != HEADER + length + TAG) {
            throw new IllegalArgumentException("the record of " + length + " bytes has not " + record.length);
        }
        long sequence = sending.next;
        sending.next = sequence + 1;
        U64.set(record, 0, sequence);
        sending.dataKey(sequence).seal(sequence, plaintext, offset, length, record, HEADER);
    }

    @Override
    public byte[] sealControl(byte[] plaintext, int offset, int length) {
        if (sending.counter >= MAX_CONTROL) {
            throw new IllegalStateException("2^20 control records were sent");
        }
        byte[] record = RecordCodec.allocate(length);
        long sequence = CONTROL | sending.counter++;
        U64.set(record, 0, sequence);
        sending.control.seal(sequence, plaintext, offset, length, record, HEADER);
        return record;
    }

    @Override
    public int open(byte[] record, int offset, int length, byte[] plaintext) throws RecordException {
        if (length > MAX_RECORD) {
            throw new RecordException(RecordException.Reason.TOO_LARGE);
        }
        if (length < HEADER + 1 + TAG) {
            throw new RecordException(RecordException.Reason.TOO_SHORT);
        }
        long sequence = (long) U64.get(record, offset);
        return sequence < 0
                ? ~openControl(sequence, record, offset, length, plaintext)
                : openData(sequence, record, offset, length, plaintext);
    }

    private int openData(long sequence, byte[] record, int offset, int length, byte[] plaintext)
            throws RecordException {
        if (sequence != receiving.next) {
            throw new RecordException(
                    sequence < receiving.next ? RecordException.Reason.DUPLICATE : RecordException.Reason.GAP);
        }
        boolean boundary = receiving.startsEpoch(sequence);
        RecordKey key = boundary ? receiving.data.next() : receiving.data;
        int opened = key.open(sequence, record, offset + HEADER, length - HEADER, plaintext);
        receiving.data = key;
        receiving.next = sequence + 1;
        return opened;
    }

    private int openControl(long sequence, byte[] record, int offset, int length, byte[] plaintext)
            throws RecordException {
        long counter = sequence & ~CONTROL;
        if (counter < receiving.counter || counter >= MAX_CONTROL) {
            throw new RecordException(RecordException.Reason.BAD_COUNTER);
        }
        int opened = receiving.control.open(sequence, record, offset + HEADER, length - HEADER, plaintext);
        receiving.counter = counter + 1;
        return opened;
    }

    @Override
    public long sent() {
        return sending.next;
    }

    @Override
    public long received() {
        return receiving.next;
    }

    /** Keys and counters of one direction. */
    private static final class Direction {
        private RecordKey data;
        private final RecordKey control;
        /** Sequence of the next data record. */
        private volatile long next;
        /** Lowest counter that the next control record may have. */
        private long counter;

        Direction(byte[] k) {
            data = RecordKey.derive(k, DATA_LABEL);
            control = RecordKey.derive(k, CONTROL_LABEL);
        }

        boolean startsEpoch(long sequence) {
            return sequence != 0 && (sequence & EPOCH_MASK) == 0;
        }

        RecordKey dataKey(long sequence) {
            if (startsEpoch(sequence)) {
                data = data.next();
            }
            return data;
        }

        /** Goes to a sequence that no record was made for; the key of an epoch's first record is still to be derived. */
        void skipTo(long sequence) {
            long derived = sequence == 0 ? 0 : (sequence - 1) >> EPOCH_BITS;
            for (long epoch = 0; epoch < derived; epoch++) {
                data = data.next();
            }
            next = sequence;
        }
    }
}
