package org.bascule.session.handshake;

import java.security.SecureRandom;
import org.bascule.session.noise.X25519;
import org.bascule.wire.keys.DeviceStaticPublicKey;

/** A device's static handshake key, both halves: X25519, made by the agent and kept there, endorsed by its identity for at most 24 h. */
public final class DeviceStaticKey {

    private final byte[] raw;
    private final DeviceStaticPublicKey publicKey;

    private DeviceStaticKey(byte[] raw) {
        this.publicKey = new DeviceStaticPublicKey(X25519.publicOf(raw));
        this.raw = raw.clone();
    }

    public static DeviceStaticKey generate() {
        return new DeviceStaticKey(X25519.generatePrivate(new SecureRandom()));
    }

    /** From the 32 bytes of {@link #revealRaw()}. */
    public static DeviceStaticKey restore(byte[] raw) {
        return new DeviceStaticKey(raw);
    }

    public DeviceStaticPublicKey publicKey() {
        return publicKey;
    }

    /** The secret itself, 32 bytes, for the agent's key file. */
    public byte[] revealRaw() {
        return raw.clone();
    }

    @Override
    public String toString() {
        return "DeviceStaticKey[REDACTED]";
    }
}
