package org.bascule.domain.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bascule.wire.Bytes;

/**
 * Wraps the private keys that are stored in the database: AES-256-GCM with a random nonce, layout {@code nonce[12] ‖ ciphertext ‖ tag[16]}. What
 * a key is for is authenticated with it, so that a row cannot be passed off as another. Prints {@code [REDACTED]}.
 */
public final class MasterKey {

    public static final int LENGTH = 32;

    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final String WRAP = "bascule/1 wrap";
    private static final String TAG = "bascule/1 domain-tag";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;

    public MasterKey(byte[] key) {
        if (key.length != LENGTH) {
            throw new IllegalArgumentException("the master key has %d bytes, not %d".formatted(key.length, LENGTH));
        }
        this.key = key.clone();
    }

    /** Reads a file of exactly 32 bytes. */
    public static MasterKey read(Path file) {
        try {
            if (Files.size(file) != LENGTH) {
                throw new IllegalArgumentException(
                        "the master key file " + file + " must have exactly 32 random bytes");
            }
            return new MasterKey(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IllegalStateException("the master key file " + file + " cannot be read", e);
        }
    }

    /**
     * Wraps a secret.
     *
     * @param role what it is for
     * @param id whose it is
     */
    byte[] wrap(String role, String id, byte[] secret) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, role, id).doFinal(secret);
            return Bytes.writer().bytes(nonce).bytes(sealed).toByteArray();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("wrapping failed", e);
        }
    }

    /** Unwraps; fails with {@link MasterKeyMismatchException} if another master key, role or id wrapped it, or it was altered. */
    byte[] unwrap(String role, String id, byte[] wrapped) {
        try {
            if (wrapped.length < NONCE + TAG_BITS / 8) {
                throw new MasterKeyMismatchException(role, id, null);
            }
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(wrapped, NONCE), role, id);
            return cipher.doFinal(wrapped, NONCE, wrapped.length - NONCE);
        } catch (GeneralSecurityException e) {
            throw new MasterKeyMismatchException(role, id, e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String role, String id) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(Bytes.writer().ascii(WRAP).u8(0).lp(role).lp(id).toByteArray());
        return cipher;
    }

    /** A pseudonym of 16 bytes by which relays tell domains apart without knowing them. */
    byte[] tag(String domainId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(TAG.getBytes(StandardCharsets.US_ASCII));
            mac.update((byte) 0);
            return Arrays.copyOf(mac.doFinal(domainId.getBytes(StandardCharsets.UTF_8)), 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "MasterKey[REDACTED]";
    }
}
