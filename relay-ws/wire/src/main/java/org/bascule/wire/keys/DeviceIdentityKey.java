package org.bascule.wire.keys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bascule.wire.WireException;

/** A device's identity, both halves: made by the agent and kept there. */
public final class DeviceIdentityKey {

    private final PrivateKey privateKey;
    private final DeviceIdentityPublicKey publicKey;

    private DeviceIdentityKey(PrivateKey privateKey, DeviceIdentityPublicKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    public static DeviceIdentityKey generate() {
        KeyPair pair = P256.generate();
        try {
            return new DeviceIdentityKey(
                    pair.getPrivate(),
                    DeviceIdentityPublicKey.parse(pair.getPublic().getEncoded()));
        } catch (WireException e) {
            throw new IllegalStateException("a generated key is well-formed", e);
        }
    }

    /** From what {@link #revealPkcs8()} and {@link DeviceIdentityPublicKey#spki()} gave; refuses halves that do not belong together. */
    public static DeviceIdentityKey restore(byte[] pkcs8, byte[] spki) throws WireException {
        DeviceIdentityPublicKey publicKey = DeviceIdentityPublicKey.parse(spki);
        try {
            PrivateKey privateKey = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            byte[] probe = {1};
            publicKey.verify(probe, P256.sign(privateKey, probe));
            return new DeviceIdentityKey(privateKey, publicKey);
        } catch (GeneralSecurityException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a P-256 private key", e);
        }
    }

    public DeviceIdentityPublicKey publicKey() {
        return publicKey;
    }

    /** 64 bytes {@code r ‖ s}. */
    public byte[] sign(byte[] message) {
        return P256.sign(privateKey, message);
    }

    /** For the certificate request alone. */
    public PrivateKey toJca() {
        return privateKey;
    }

    /** The secret itself (PKCS#8), for the agent's key file. */
    public byte[] revealPkcs8() {
        return privateKey.getEncoded();
    }

    @Override
    public String toString() {
        return "DeviceIdentityKey[REDACTED]";
    }
}
