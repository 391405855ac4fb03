package org.bascule.session.noise;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bascule.wire.Sha256;

/** Noise SymmetricState with SHA-256 (Noise, section 5.2): chaining key, hash of everything so far, and the cipher of the moment. */
final class SymmetricState {

    private static final byte[] EMPTY = new byte[0];

    private final CipherState cipher = new CipherState();
    private byte[] chainingKey;
    private byte[] hash;

    /** A name of at most 32 bytes is padded with zeros, a longer one hashed. */
    SymmetricState(String protocolName) {
        byte[] name = protocolName.getBytes(StandardCharsets.US_ASCII);
        hash = name.length <= Sha256.LENGTH ? Arrays.copyOf(name, Sha256.LENGTH) : Sha256.of(name);
        chainingKey = hash.clone();
    }

    void mixHash(byte[] data) {
        hash = Sha256.of(hash, data);
    }

    void mixKey(byte[] ikm) {
        byte[] out = derive(ikm, 2);
        chainingKey = Arrays.copyOf(out, Hkdf.LENGTH);
        cipher.initialize(Arrays.copyOfRange(out, Hkdf.LENGTH, 2 * Hkdf.LENGTH));
    }

    void mixKeyAndHash(byte[] ikm) {
        byte[] out = derive(ikm, 3);
        chainingKey = Arrays.copyOf(out, Hkdf.LENGTH);
        mixHash(Arrays.copyOfRange(out, Hkdf.LENGTH, 2 * Hkdf.LENGTH));
        cipher.initialize(Arrays.copyOfRange(out, 2 * Hkdf.LENGTH, 3 * Hkdf.LENGTH));
    }

    byte[] encryptAndHash(byte[] plaintext) {
        byte[] ciphertext = cipher.encrypt(hash, plaintext);
        mixHash(ciphertext);
        return ciphertext;
    }

    byte[] decryptAndHash(byte[] ciphertext) throws NoiseException {
        byte[] plaintext = cipher.decrypt(hash, ciphertext);
        mixHash(ciphertext);
        return plaintext;
    }

    /** The two keys of Split(): of the initiator's direction and of the responder's. */
    NoiseKeys split() {
        byte[] out = derive(EMPTY, 2);
        return new NoiseKeys(
                Arrays.copyOf(out, Hkdf.LENGTH), Arrays.copyOfRange(out, Hkdf.LENGTH, 2 * Hkdf.LENGTH), hash.clone());
    }

    /** The HKDF of Noise section 4.3 is that of RFC 5869 with an empty info. */
    private byte[] derive(byte[] ikm, int outputs) {
        return Hkdf.derive(chainingKey, ikm, EMPTY, outputs * Hkdf.LENGTH);
    }
}
