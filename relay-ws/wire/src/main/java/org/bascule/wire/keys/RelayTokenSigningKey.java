package org.bascule.wire.keys;

/** Secret half of the key that signs the tokens that relays admit. */
public final class RelayTokenSigningKey extends Ed25519SigningKey<RelayTokenPublicKey> {

    /** From the 64 bytes of {@link #revealEncoded()}. */
    public RelayTokenSigningKey(byte[] encoded) {
        super(encoded, new RelayTokenPublicKey(publicHalf(encoded)));
    }

    public static RelayTokenSigningKey generate() {
        return new RelayTokenSigningKey(generateEncoded());
    }
}
