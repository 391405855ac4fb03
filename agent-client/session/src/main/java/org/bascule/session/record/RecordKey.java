package org.bascule.session.record;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bascule.session.noise.Hkdf;

/** One AES-256-GCM key of one direction, with the cipher that uses it. Not thread-safe. */
final class RecordKey {

    private static final int TAG_BITS = RecordCodec.TAG * 8;
    private static final int LENGTH = 32;
    private static final long REKEY_NONCE = -1L;

    private final Cipher cipher;
    private final byte[] nonce = new byte[12];
    private final SecretKeySpec key;

    private RecordKey(SecretKeySpec key) {
        this.key = key;
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
    }

    /** HKDF-Expand(k, label, 32). */
    static RecordKey derive(byte[] k, String label) {
        return new RecordKey(
                new SecretKeySpec(Hkdf.expand(k, label.getBytes(StandardCharsets.US_ASCII), LENGTH), "AES"));
    }

    /**
     * The key of the next epoch (Noise REKEY): the first 32 bytes of 32 encrypted zeros under the highest nonce. May be asked for again, after a forged first record
     * of the epoch; the cipher is a fresh one, since the platform's refuses the same nonce twice.
     */
    RecordKey next() {
        byte[] sealed = new byte[LENGTH + RecordCodec.TAG];
        new RecordKey(key).seal(REKEY_NONCE, new byte[LENGTH], 0, LENGTH, sealed, 0);
        return new RecordKey(new SecretKeySpec(sealed, 0, LENGTH, "AES"));
    }

    void seal(long sequence, byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            initialize(Cipher.ENCRYPT_MODE, sequence);
            cipher.doFinal(in, offset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
    }

    int open(long sequence, byte[] in, int offset, int length, byte[] out) throws RecordException {
        try {
            initialize(Cipher.DECRYPT_MODE, sequence);
            return cipher.doFinal(in, offset, length, out, 0);
        } catch (AEADBadTagException e) {
            throw new RecordException(RecordException.Reason.BAD_TAG, e);
        } catch (ShortBufferException e) {
            throw new RecordException(RecordException.Reason.TOO_LARGE, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("opening failed", e);
        }
    }

    private void initialize(int mode, long sequence) throws InvalidKeyException, InvalidAlgorithmParameterException {
        for (int i = 0; i < 8; i++) {
            nonce[4 + i] = (byte) (sequence >>> (56 - 8 * i));
        }
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    }

    @Override
    public String toString() {
        return "RecordKey[REDACTED]";
    }
}
