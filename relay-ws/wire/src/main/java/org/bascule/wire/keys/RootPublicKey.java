package org.bascule.wire.keys;

import org.bascule.wire.WireException;

/** Public half of the key that signs the key set; its hash is what agents pin. Kept offline by the operator. */
public final class RootPublicKey extends Ed25519PublicKey {

    public RootPublicKey(byte[] raw) {
        super(raw);
    }

    /** Reads a key from outside. */
    public static RootPublicKey parse(byte[] raw) throws WireException {
        try {
            return new RootPublicKey(raw);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 public key", e);
        }
    }
}
