package org.bascule.session.noise;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;

/** The function X25519 (RFC 7748 section 5) on raw 32-byte keys. */
public final class X25519 {

    /** Bytes of a private key, a public key and a shared secret. */
    public static final int LENGTH = 32;

    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b656e032100");
    private static final byte[] BASE_POINT = basePoint();

    private X25519() {}

    private static byte[] basePoint() {
        byte[] point = new byte[LENGTH];
        point[0] = 9;
        return point;
    }

    /** 32 random bytes; clamping is part of the function. */
    public static byte[] generatePrivate(SecureRandom random) {
        byte[] key = new byte[LENGTH];
        random.nextBytes(key);
        return key;
    }

    /** The public key of a private one. */
    public static byte[] publicOf(byte[] privateKey) {
        try {
            return agree(privateKey, BASE_POINT);
        } catch (NoiseException e) {
            throw new IllegalStateException("the base point is not of low order", e);
        }
    }

    /**
     * The shared secret.
     *
     * @throws NoiseException {@code LOW_ORDER_POINT} if it would be all zero
     */
    public static byte[] agree(byte[] privateKey, byte[] publicKey) throws NoiseException {
        byte[] spki = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + LENGTH);
        System.arraycopy(requireLength(publicKey), 0, spki, SPKI_PREFIX.length, LENGTH);
        try {
            KeyFactory keys = KeyFactory.getInstance("X25519");
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(
                    keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, requireLength(privateKey))));
            agreement.doPhase(keys.generatePublic(new X509EncodedKeySpec(spki)), true);
            return requireNotZero(agreement.generateSecret());
        } catch (InvalidKeyException e) {
            throw new NoiseException(NoiseException.Reason.LOW_ORDER_POINT, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform has X25519 since Java 11", e);
        }
    }

    private static byte[] requireLength(byte[] key) {
        if (key.length != LENGTH) {
            throw new IllegalArgumentException("an X25519 key has 32 bytes, not " + key.length);
        }
        return key;
    }

    private static byte[] requireNotZero(byte[] secret) throws NoiseException {
        int bits = 0;
        for (byte b : secret) {
            bits |= b;
        }
        if (bits == 0) {
            throw new NoiseException(NoiseException.Reason.LOW_ORDER_POINT);
        }
        return secret;
    }
}
