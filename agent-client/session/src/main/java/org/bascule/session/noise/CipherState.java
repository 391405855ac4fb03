package org.bascule.session.noise;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Noise CipherState with AES-256-GCM: a key and the counter of its nonces (Noise, sections 5.1 and 12.3). Without a key, what it is given passes through. */
final class CipherState {

    static final int TAG_LENGTH = 16;
    static final int KEY_LENGTH = 32;

    private byte @Nullable [] key;
    private long nonce;

    void initialize(byte[] newKey) {
        key = Arrays.copyOf(newKey, KEY_LENGTH);
        nonce = 0;
    }

    byte[] encrypt(byte[] ad, byte[] plaintext) {
        if (key == null) {
            return plaintext.clone();
        }
        try {
            return run(Cipher.ENCRYPT_MODE, key, nonce++, ad, plaintext);
        } catch (AEADBadTagException e) {
            throw new IllegalStateException("encryption checks no tag", e);
        }
    }

    /** The counter moves on only after the tag verified. */
    byte[] decrypt(byte[] ad, byte[] ciphertext) throws NoiseException {
        if (key == null) {
            return ciphertext.clone();
        }
        if (ciphertext.length < TAG_LENGTH) {
            throw new NoiseException(NoiseException.Reason.TOO_SHORT);
        }
        try {
            byte[] plaintext = run(Cipher.DECRYPT_MODE, key, nonce, ad, ciphertext);
            nonce++;
            return plaintext;
        } catch (AEADBadTagException e) {
            throw new NoiseException(NoiseException.Reason.BAD_TAG, e);
        }
    }

    private static byte[] run(int mode, byte[] key, long nonce, byte[] ad, byte[] in) throws AEADBadTagException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] iv = ByteBuffer.allocate(12).putInt(0).putLong(nonce).array();
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_LENGTH * 8, iv));
            cipher.updateAAD(ad);
            return cipher.doFinal(in);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES/GCM", e);
        }
    }
}
