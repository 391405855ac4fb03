package org.bascule.wire.keys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** The secret half of an Ed25519 key of one role. Prints {@code [REDACTED]}. */
public abstract sealed class Ed25519SigningKey<P extends Ed25519PublicKey>
        permits RootSigningKey,
                TicketSigningKey,
                ControlSigningKey,
                LogSigningKey,
                RelayTokenSigningKey,
                RelayIdentityKey {

    /** Length of {@link #revealEncoded()}: the 32-byte seed and the 32-byte public key. */
    public static final int ENCODED_LENGTH = 64;

    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");
    private static final int HALF = ENCODED_LENGTH / 2;

    private final byte[] encoded;
    private final PrivateKey key;
    private final P publicKey;

    Ed25519SigningKey(byte[] encoded, P publicKey) {
        if (encoded.length != ENCODED_LENGTH) {
            throw new IllegalArgumentException("an encoded signing key has 64 bytes, not " + encoded.length);
        }
        this.encoded = encoded.clone();
        this.publicKey = publicKey;
        byte[] pkcs8 = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + HALF);
        System.arraycopy(encoded, 0, pkcs8, PKCS8_PREFIX.length, HALF);
        try {
            key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 key", e);
        } finally {
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    static byte[] publicHalf(byte[] encoded) {
        return Arrays.copyOfRange(encoded, encoded.length - HALF, encoded.length);
    }

    static byte[] generateEncoded() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] pkcs8 = pair.getPrivate().getEncoded();
            byte[] spki = pair.getPublic().getEncoded();
            byte[] encoded = new byte[ENCODED_LENGTH];
            System.arraycopy(pkcs8, pkcs8.length - HALF, encoded, 0, HALF);
            System.arraycopy(spki, spki.length - HALF, encoded, HALF, HALF);
            return encoded;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the platform has Ed25519 since Java 15", e);
        }
    }

    public final P publicKey() {
        return publicKey;
    }

    /** 64 bytes (RFC 8032). */
    public final byte[] sign(byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    /** The secret itself, 64 bytes, for storage under wrapping or with mode 0600 alone. */
    public final byte[] revealEncoded() {
        return encoded.clone();
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[REDACTED]";
    }
}
