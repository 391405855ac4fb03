package org.bascule.session.noise;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869). */
public final class Hkdf {

    /** Bytes of a pseudorandom key and of one block of output. */
    public static final int LENGTH = 32;

    private static final int MAX_BLOCKS = 255;

    private Hkdf() {}

    /** HKDF-Extract: 32 bytes. An empty salt stands for 32 zero bytes. */
    public static byte[] extract(byte[] salt, byte[] ikm) {
        return hmac(salt.length == 0 ? new byte[LENGTH] : salt, ikm);
    }

    /**
     * HKDF-Expand.
     *
     * @param length 1 to 8,160 bytes
     */
    public static byte[] expand(byte[] prk, byte[] info, int length) {
        int blocks = (length + LENGTH - 1) / LENGTH;
        if (length < 1 || blocks > MAX_BLOCKS) {
            throw new IllegalArgumentException("HKDF gives 1 to 8160 bytes, not " + length);
        }
        byte[] out = new byte[length];
        byte[] previous = new byte[0];
        for (int i = 1; i <= blocks; i++) {
            previous = hmac(prk, previous, info, new byte[] {(byte) i});
            int offset = (i - 1) * LENGTH;
            System.arraycopy(previous, 0, out, offset, Math.min(LENGTH, length - offset));
        }
        return out;
    }

    /** Extract and expand in one. */
    public static byte[] derive(byte[] salt, byte[] ikm, byte[] info, int length) {
        byte[] prk = extract(salt, ikm);
        try {
            return expand(prk, info, length);
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }

    static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }
}
