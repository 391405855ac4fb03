package org.bascule.wire.keys;

import java.security.KeyPair;
import java.security.PrivateKey;
import org.bascule.wire.WireException;

/** Ephemeral P-256 key with which one end proves to a relay that the token is its own. Lives in memory, for one session. */
public final class RelayProofKey {

    private final PrivateKey privateKey;
    private final RelayProofPublicKey publicKey;

    private RelayProofKey(PrivateKey privateKey, RelayProofPublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    public static RelayProofKey generate() {
        KeyPair pair = P256.generate();
        try {
            return new RelayProofKey(
                    pair.getPrivate(),
                    RelayProofPublicKey.parse(P256.pointOfSpki(pair.getPublic().getEncoded())));
        } catch (WireException e) {
            throw new IllegalStateException("a generated key is well-formed", e);
        }
    }

    public RelayProofPublicKey publicKey() {
        return publicKey;
    }

    /** 64 bytes {@code r ‖ s}. */
    public byte[] sign(byte[] message) {
        return P256.sign(privateKey, message);
    }

    @Override
    public String toString() {
        return "RelayProofKey[REDACTED]";
    }
}
