package org.bascule.wire.keys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** A public Ed25519 key (RFC 8032) of one role. Equal if role and bytes are. */
public abstract sealed class Ed25519PublicKey
        permits RootPublicKey,
                TicketPublicKey,
                ControlPublicKey,
                LogPublicKey,
                RelayTokenPublicKey,
                RelayIdentityPublicKey {

    public static final int LENGTH = 32;
    public static final int SIGNATURE_LENGTH = 64;
    private static final byte[] SPKI_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final byte[] raw;
    private final PublicKey key;

    /** @throws IllegalArgumentException if these are not 32 bytes that encode a point */
    Ed25519PublicKey(byte[] raw) {
        if (raw.length != LENGTH) {
            throw new IllegalArgumentException("an Ed25519 public key has 32 bytes, not " + raw.length);
        }
        this.raw = raw.clone();
        byte[] spki = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + LENGTH);
        System.arraycopy(raw, 0, spki, SPKI_PREFIX.length, LENGTH);
        try {
            key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(spki));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 public key", e);
        }
    }

    /** 32 bytes. */
    public final byte[] raw() {
        return raw.clone();
    }

    /** SHA-256 of the 32 bytes. */
    public final byte[] hash() {
        return Sha256.of(raw);
    }

    /** Key id: the hash in base64url. */
    public final String kid() {
        return B64.encode(hash());
    }

    /** Fails with {@code BAD_SIGNATURE} unless the 64-byte signature is this key's over the message. */
    public final void verify(byte[] message, byte[] signature) throws WireException {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            if (signature.length == SIGNATURE_LENGTH && verifier.verify(signature)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw new WireException(WireException.Reason.BAD_SIGNATURE, "the signature does not verify", e);
        }
        throw new WireException(WireException.Reason.BAD_SIGNATURE, "the signature does not verify");
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other != null && other.getClass() == getClass() && Arrays.equals(raw, ((Ed25519PublicKey) other).raw);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(raw);
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + kid() + "]";
    }
}
