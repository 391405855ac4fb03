package org.bascule.wire.keys;

/** Secret half of the key that signs the key set; its hash is what agents pin. Kept offline by the operator. */
public final class RootSigningKey extends Ed25519SigningKey<RootPublicKey> {

    /** From the 64 bytes of {@link #revealEncoded()}. */
    public RootSigningKey(byte[] encoded) {
        super(encoded, new RootPublicKey(publicHalf(encoded)));
    }

    public static RootSigningKey generate() {
        return new RootSigningKey(generateEncoded());
    }
}
