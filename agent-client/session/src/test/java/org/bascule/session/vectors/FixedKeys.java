package org.bascule.session.vectors;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.wire.Sha256;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.util.BigIntegers;

/** Keys and randomness of the vectors: SHA-256 of a name, so that anybody sees that nothing is hidden in them. ECDSA is deterministic (RFC 6979). */
public final class FixedKeys {

    private static final ECDomainParameters P256 = new ECDomainParameters(CustomNamedCurves.getByName("secp256r1"));
    private static final byte[] SPKI_PREFIX =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private FixedKeys() {}

    /** SHA-256("bascule vectors: " ‖ name). */
    public static byte[] bytes(String name) {
        return Sha256.of("bascule vectors: " + name);
    }

    public static byte[] bytes(String name, int length) {
        byte[] out = new byte[length];
        for (int at = 0; at < length; at += Sha256.LENGTH) {
            byte[] block = bytes(name + " " + at / Sha256.LENGTH);
            System.arraycopy(block, 0, out, at, Math.min(block.length, length - at));
        }
        return out;
    }

    /** Seed and public key, 64 bytes, as the signing keys of the wire module take them. */
    public static byte[] ed25519(String name) {
        byte[] seed = bytes(name);
        byte[] encoded = Arrays.copyOf(seed, 64);
        System.arraycopy(
                new Ed25519PrivateKeyParameters(seed).generatePublicKey().getEncoded(), 0, encoded, 32, 32);
        return encoded;
    }

    /** A P-256 key pair. */
    public record P256Key(BigInteger d) {

        public static P256Key of(String name) {
            return new P256Key(new BigInteger(1, bytes(name)).mod(P256.getN()));
        }

        public byte[] scalar() {
            return BigIntegers.asUnsignedByteArray(32, d);
        }

        public byte[] point() {
            return P256.getG().multiply(d).normalize().getEncoded(false);
        }

        public byte[] spki() {
            byte[] point = point();
            byte[] spki = Arrays.copyOf(SPKI_PREFIX, SPKI_PREFIX.length + point.length);
            System.arraycopy(point, 0, spki, SPKI_PREFIX.length, point.length);
            return spki;
        }

        public PrivateKey toJca() {
            try {
                AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
                parameters.init(new ECGenParameterSpec("secp256r1"));
                return KeyFactory.getInstance("EC")
                        .generatePrivate(new ECPrivateKeySpec(d, parameters.getParameterSpec(ECParameterSpec.class)));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        BigInteger[] signHash(byte[] message) {
            ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
            signer.init(true, new ECPrivateKeyParameters(d, P256));
            return signer.generateSignature(Sha256.of(message));
        }

        /** r ‖ s, 64 bytes. */
        public byte[] sign(byte[] message) {
            BigInteger[] rs = signHash(message);
            byte[] signature = Arrays.copyOf(BigIntegers.asUnsignedByteArray(32, rs[0]), 64);
            System.arraycopy(BigIntegers.asUnsignedByteArray(32, rs[1]), 0, signature, 32, 32);
            return signature;
        }
    }
}
