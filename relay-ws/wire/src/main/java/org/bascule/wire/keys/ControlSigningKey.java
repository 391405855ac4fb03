package org.bascule.wire.keys;

/** Secret half of the key that answers the agent's proof on the control channel. */
public final class ControlSigningKey extends Ed25519SigningKey<ControlPublicKey> {

    /** From the 64 bytes of {@link #revealEncoded()}. */
    public ControlSigningKey(byte[] encoded) {
        super(encoded, new ControlPublicKey(publicHalf(encoded)));
    }

    public static ControlSigningKey generate() {
        return new ControlSigningKey(generateEncoded());
    }
}
