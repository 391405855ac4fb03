package org.bascule.wire.keys;

import org.bascule.wire.WireException;

/** Public half of the key that signs tree heads of the transparency log. */
public final class LogPublicKey extends Ed25519PublicKey {

    public LogPublicKey(byte[] raw) {
        super(raw);
    }

    /** Reads a key from outside. */
    public static LogPublicKey parse(byte[] raw) throws WireException {
        try {
            return new LogPublicKey(raw);
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not an Ed25519 public key", e);
        }
    }
}
