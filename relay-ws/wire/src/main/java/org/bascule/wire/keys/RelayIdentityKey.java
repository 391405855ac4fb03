package org.bascule.wire.keys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.wire.WireException;

/** Secret half of a relay's own key: made by the relay and kept there. */
public final class RelayIdentityKey extends Ed25519SigningKey<RelayIdentityPublicKey> {

    private static final byte[] PKCS8_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int HALF = ENCODED_LENGTH / 2;

    private RelayIdentityKey(byte[] encoded) {
        super(encoded, new RelayIdentityPublicKey(publicHalf(encoded)));
    }

    public static RelayIdentityKey generate() {
        return new RelayIdentityKey(generateEncoded());
    }

    /** From what {@link #revealPkcs8()} and {@link #spki()} gave; refuses halves that do not belong together. */
    public static RelayIdentityKey restore(byte[] pkcs8, byte[] spki) throws WireException {
        try {
            if (spki.length != SPKI_PREFIX.length + HALF
                    || !Arrays.equals(spki, 0, SPKI_PREFIX.length, SPKI_PREFIX, 0, SPKI_PREFIX.length)
                    || !(KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8))
                            instanceof EdECPrivateKey secret)) {
                throw WireException.malformed("not an Ed25519 key");
            }
            byte[] encoded = Arrays.copyOf(
                    secret.getBytes().orElseThrow(() -> WireException.malformed("not an Ed25519 key")), ENCODED_LENGTH);
            System.arraycopy(spki, SPKI_PREFIX.length, encoded, HALF, HALF);
            RelayIdentityKey key = new RelayIdentityKey(encoded);
            byte[] probe = {1};
            key.publicKey().verify(probe, key.sign(probe));
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 key", e);
        }
    }

    /** The secret itself (PKCS#8, RFC 8410), for the relay's key file. */
    public byte[] revealPkcs8() {
        byte[] pkcs8 = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + HALF);
        System.arraycopy(revealEncoded(), 0, pkcs8, PKCS8_PREFIX.length, HALF);
        return pkcs8;
    }

    /** SubjectPublicKeyInfo (RFC 8410), DER. */
    public byte[] spki() {
        byte[] spki = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + HALF);
        System.arraycopy(publicKey().raw(), 0, spki, SPKI_PREFIX.length, HALF);
        return spki;
    }
}
