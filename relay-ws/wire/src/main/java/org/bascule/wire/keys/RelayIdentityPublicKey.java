package org.bascule.wire.keys;

import org.bascule.wire.WireException;

/** Public half of the key with which a relay signs its heartbeats. */
public final class RelayIdentityPublicKey extends Ed25519PublicKey {

    public RelayIdentityPublicKey(byte[] raw) {
        super(raw);
    }

    /** Reads a key from outside. */
    public static RelayIdentityPublicKey parse(byte[] raw) throws WireException {
        try {
            return new RelayIdentityPublicKey(raw);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 public key", e);
        }
    }
}
