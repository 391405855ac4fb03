package org.bascule.wire.keys;

import org.bascule.wire.WireException;

/** Public half of the key that signs tickets. */
public final class TicketPublicKey extends Ed25519PublicKey {

    public TicketPublicKey(byte[] raw) {
        super(raw);
    }

    /** Reads a key from outside. */
    public static TicketPublicKey parse(byte[] raw) throws WireException {
        try {
            return new TicketPublicKey(raw);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 public key", e);
        }
    }
}
