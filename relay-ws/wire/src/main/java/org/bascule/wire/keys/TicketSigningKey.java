package org.bascule.wire.keys;

/** Secret half of the key that signs tickets. */
public final class TicketSigningKey extends Ed25519SigningKey<TicketPublicKey> {

    /** From the 64 bytes of {@link #revealEncoded()}. */
    public TicketSigningKey(byte[] encoded) {
        super(encoded, new TicketPublicKey(publicHalf(encoded)));
    }

    public static TicketSigningKey generate() {
        return new TicketSigningKey(generateEncoded());
    }
}
