package org.bascule.session.record;

import org.bascule.session.handshake.SessionKeys;
import org.bascule.wire.relay.RelayLimits;
import org.bascule.wire.relay.RelayRole;

/**
 * Protects what one end sends and opens what it receives.
 *
 * <pre>
 * record = sequence u64 ‖ AES-256-GCM(key, nonce = 00000000 ‖ sequence u64, aad = empty, plaintext)
 * </pre>
 *
 * <p>The sealing methods are called by one thread at a time, the opening method by one thread at a time; the two may overlap. The codec counts: no caller
 * chooses a sequence number.
 */
public interface RecordCodec {

    /** Bytes of a record. */
    int MAX_RECORD = RelayLimits.MAX_MESSAGE;
    /** The sequence number before the ciphertext. */
    int HEADER = 8;
    /** The tag after it. */
    int TAG = 16;
    /** Bytes of a plaintext. */
    int MAX_PLAINTEXT = MAX_RECORD - HEADER - TAG;
    /**
     * Bytes of the plaintext whose record has 64 KiB with the header of a client's frame (RFC 6455, section 5.2): one read of a relay, and four records of TLS.
     */
    int BULK_PLAINTEXT = (64 << 10) - 14 - HEADER - TAG;
    /** Set in the sequence of a control record. */
    long CONTROL = 1L << 63;

    /** The product's codec; others exist on test class paths alone. */
    Factory AES_256_GCM = AesGcmRecordCodec::new;

    /** Makes the codec of one end of one session. */
    @FunctionalInterface
    interface Factory {
        RecordCodec create(RelayRole own, SessionKeys keys);
    }

    /**
     * Seals the next data record.
     *
     * @param record receives it, of exactly its length: {@link #HEADER}, ciphertext, {@link #TAG}
     */
    void sealData(byte[] plaintext, int offset, int length, byte[] record);

    /** The same into an array of its own. */
    default byte[] sealData(byte[] plaintext, int offset, int length) {
        byte[] record = allocate(length);
        sealData(plaintext, offset, length, record);
        return record;
    }

    /** For a record of a plaintext of so many bytes. */
    static byte[] allocate(int length) {
        if (length < 1 || length > MAX_PLAINTEXT) {
            throw new IllegalArgumentException("a plaintext has 1 to 65536 bytes, not " + length);
        }
        return new byte[HEADER + length + TAG];
    }

    /** Seals a control record. Its counter is burned before it is used. */
    byte[] sealControl(byte[] plaintext, int offset, int length);

    /**
     * Opens a record. Nothing changes unless its tag verifies.
     *
     * @param plaintext receives the plaintext from index 0, at least {@link #MAX_PLAINTEXT} long
     * @return the length of the plaintext; negative ({@code ~length}) for a control record
     */
    int open(byte[] record, int offset, int length, byte[] plaintext) throws RecordException;

    /** Data records sealed so far: the sequence of the next one. */
    long sent();

    /** Data records opened so far. */
    long received();
}
