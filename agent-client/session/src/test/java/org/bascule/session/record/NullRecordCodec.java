package org.bascule.session.record;

import java.nio.ByteBuffer;
import org.bascule.session.handshake.SessionKeys;
import org.bascule.wire.relay.RelayRole;

/**
 * No protection at all: the plaintext is readable on the way. It exists so that a test that looks for plaintext on the relay can show that it would find it, and it
 * exists on test class paths alone.
 */
public final class NullRecordCodec implements RecordCodec {

    /** To be given to {@code SessionConfig.withCodecs} at both ends. */
    public static final Factory INSECURE = NullRecordCodec::new;

    private volatile long sent;
    private volatile long received;
    private long controls;

    private NullRecordCodec(RelayRole own, SessionKeys keys) {}

    private static byte[] record(long sequence, byte[] plaintext, int offset, int length) {
        return ByteBuffer.allocate(HEADER + length + TAG)
                .putLong(sequence)
                .put(plaintext, offset, length)
                .array();
    }

    @Override
    public void sealData(byte[] plaintext, int offset, int length, byte[] record) {
        ByteBuffer.wrap(record).putLong(sent).put(plaintext, offset, length);
        sent = sent + 1;
    }

    @Override
    public byte[] sealControl(byte[] plaintext, int offset, int length) {
        return record(CONTROL | controls++, plaintext, offset, length);
    }

    @Override
    public int open(byte[] record, int offset, int length, byte[] plaintext) {
        int size = length - HEADER - TAG;
        System.arraycopy(record, offset + HEADER, plaintext, 0, size);
        if (record[offset] < 0) {
            return ~size;
        }
        received = received + 1;
        return size;
    }

    @Override
    public long sent() {
        return sent;
    }

    @Override
    public long received() {
        return received;
    }
}
