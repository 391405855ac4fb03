package org.bascule.wire.keys;

/** Secret half of the key that signs tree heads of the transparency log. */
public final class LogSigningKey extends Ed25519SigningKey<LogPublicKey> {

    /** From the 64 bytes of {@link #revealEncoded()}. */
    public LogSigningKey(byte[] encoded) {
        super(encoded, new LogPublicKey(publicHalf(encoded)));
    }

    public static LogSigningKey generate() {
        return new LogSigningKey(generateEncoded());
    }
}
