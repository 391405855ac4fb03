package org.bascule.wire.keys;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** Public half of a device's identity: ECDSA P-256, what its certificate carries. */
public final class DeviceIdentityPublicKey {

    private final byte[] spki;
    private final ECPublicKey key;

    private DeviceIdentityPublicKey(byte[] spki) throws WireException {
        this.spki = spki.clone();
        this.key = P256.fromSpki(spki);
    }

    /** From a SubjectPublicKeyInfo (DER), P-256 with an uncompressed point only. */
    public static DeviceIdentityPublicKey parse(byte[] spki) throws WireException {
        return new DeviceIdentityPublicKey(spki);
    }

    /** SubjectPublicKeyInfo, DER. */
    public byte[] spki() {
        return spki.clone();
    }

    /** SHA-256 of the SubjectPublicKeyInfo: the identity thumbprint. */
    public byte[] thumbprint() {
        return Sha256.of(spki);
    }

    /** For people: {@link #fingerprint(byte[])} of its thumbprint. */
    public String fingerprint() {
        return fingerprint(thumbprint());
    }

    /** For people: the first 8 bytes of an identity thumbprint, four groups of four hexadecimal digits ({@code docs/protocol/session.md}). */
    public static String fingerprint(byte[] thumbprint) {
        String hex = HexFormat.of().formatHex(thumbprint, 0, 8);
        return String.join(" ", hex.substring(0, 4), hex.substring(4, 8), hex.substring(8, 12), hex.substring(12));
    }

    public PublicKey toJca() {
        return key;
    }

    public void verify(byte[] message, byte[] signature) throws WireException {
        P256.verify(key, message, signature);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DeviceIdentityPublicKey that && Arrays.equals(spki, that.spki);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(spki);
    }

    @Override
    public String toString() {
        return "DeviceIdentityPublicKey[" + fingerprint() + "]";
    }
}
