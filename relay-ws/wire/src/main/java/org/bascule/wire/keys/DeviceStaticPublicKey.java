package org.bascule.wire.keys;

import java.util.Arrays;
import org.bascule.wire.B64;
import org.jspecify.annotations.Nullable;

/** Public half of a device's static handshake key: X25519, 32 bytes (RFC 7748). */
public final class DeviceStaticPublicKey {

    public static final int LENGTH = 32;

    private final byte[] raw;

    public DeviceStaticPublicKey(byte[] raw) {
        if (raw.length != LENGTH) {
            throw new IllegalArgumentException("an X25519 key has 32 bytes, not " + raw.length);
        }
        this.raw = raw.clone();
    }

    public byte[] raw() {
        return raw.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeviceStaticPublicKey that && Arrays.equals(raw, that.raw);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public String toString() {
        return "DeviceStaticPublicKey[" + B64.encode(raw) + "]";
    }
}
