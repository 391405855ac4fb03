package org.bascule.session.trust;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client remembers of one device.
 *
 * @param identity SHA-256 of the identity's SubjectPublicKeyInfo, 32 bytes
 * @param counter highest counter of an endorsement seen
 * @param compared whether a person compared the words of the key with those at the device
 */
public record DeviceTrust(byte[] identity, long counter, boolean compared) {

    public DeviceTrust {
        if (identity.length != 32) {
            throw new IllegalArgumentException("an identity thumbprint has 32 bytes, not " + identity.length);
        }
        identity = identity.clone();
    }

    @Override
    public byte[] identity() {
        return identity.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeviceTrust that
                && counter == that.counter
                && compared == that.compared
                && Arrays.equals(identity, that.identity);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(identity), counter, compared);
    }
}
