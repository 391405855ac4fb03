package org.bascule.wire.keys;

import java.security.PublicKey;
import java.util.Arrays;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Public half of the ephemeral key that a relay token is bound to: a P-256 point. */
public final class RelayProofPublicKey {

    public static final int LENGTH = P256.POINT_LENGTH;

    private final byte[] point;
    private final PublicKey key;

    private RelayProofPublicKey(byte[] point) throws WireException {
        this.point = point.clone();
        this.key = P256.fromSpki(P256.spkiOfPoint(point));
    }

    /** From the 65-byte uncompressed point. */
    public static RelayProofPublicKey parse(byte[] point) throws WireException {
        return new RelayProofPublicKey(point);
    }

    /** 65 bytes. */
    public byte[] point() {
        return point.clone();
    }

    public void verify(byte[] message, byte[] signature) throws WireException {
        P256.verify(key, message, signature);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RelayProofPublicKey that && Arrays.equals(point, that.point);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(point);
    }
}
