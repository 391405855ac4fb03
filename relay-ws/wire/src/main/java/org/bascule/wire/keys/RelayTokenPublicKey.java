package org.bascule.wire.keys;

import org.bascule.wire.WireException;

/** Public half of the key that signs the tokens that relays admit. */
public final class RelayTokenPublicKey extends Ed25519PublicKey {

    public RelayTokenPublicKey(byte[] raw) {
        super(raw);
    }

    /** Reads a key from outside. */
    public static RelayTokenPublicKey parse(byte[] raw) throws WireException {
        try {
            return new RelayTokenPublicKey(raw);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 public key", e);
        }
    }
}
