package org.bascule.wire.keys;

import org.bascule.wire.WireException;

/** Public half of the key that answers the agent's proof on the control channel. */
public final class ControlPublicKey extends Ed25519PublicKey {

    public ControlPublicKey(byte[] raw) {
        super(raw);
    }

    /** Reads a key from outside. */
    public static ControlPublicKey parse(byte[] raw) throws WireException {
        try {
            return new ControlPublicKey(raw);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 public key", e);
        }
    }
}
