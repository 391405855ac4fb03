package org.bascule.wire.keys;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.bascule.wire.WireException;

/** ECDSA over P-256 with SHA-256, signatures {@code r ‖ s} of 64 bytes (IEEE P1363), keys as SubjectPublicKeyInfo or 65-byte points. */
final class P256 {

    static final int POINT_LENGTH = 65;
    static final int SIGNATURE_LENGTH = 64;

    /** AlgorithmIdentifier id-ecPublicKey with prime256v1, uncompressed point (RFC 5480). */
    private static final byte[] SPKI_PREFIX =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    private static final int SPKI_LENGTH = SPKI_PREFIX.length + POINT_LENGTH;

    private P256() {}

    static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    static ECPublicKey fromSpki(byte[] spki) throws WireException {
        if (spki.length != SPKI_LENGTH
                || !Arrays.equals(SPKI_PREFIX, Arrays.copyOf(spki, SPKI_PREFIX.length))
                || spki[SPKI_PREFIX.length] != 4) {
            throw WireException.malformed("not an uncompressed P-256 SubjectPublicKeyInfo");
        }
        try {
            ECPublicKey key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(spki));
            checkOnCurve(key);
            return key;
        } catch (GeneralSecurityException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a P-256 public key", e);
        }
    }

    private static void checkOnCurve(ECPublicKey key) throws WireException {
        var curve = key.getParams().getCurve();
        var p = ((java.security.spec.ECFieldFp) curve.getField()).getP();
        var x = key.getW().getAffineX();
        var y = key.getW().getAffineY();
        boolean inField = x.signum() >= 0 && x.compareTo(p) < 0 && y.signum() >= 0 && y.compareTo(p) < 0;
        var right =
                x.multiply(x).add(curve.getA()).multiply(x).add(curve.getB()).mod(p);
        if (!inField || !y.multiply(y).mod(p).equals(right)) {
            throw WireException.malformed("the point is not on P-256");
        }
    }

    static byte[] spkiOfPoint(byte[] point) throws WireException {
        if (point.length != POINT_LENGTH) {
            throw WireException.malformed("a P-256 point has 65 bytes, not " + point.length);
        }
        byte[] spki = Arrays.copyOf(SPKI_PREFIX, SPKI_LENGTH);
        System.arraycopy(point, 0, spki, SPKI_PREFIX.length, POINT_LENGTH);
        return spki;
    }

    static byte[] pointOfSpki(byte[] spki) {
        return Arrays.copyOfRange(spki, SPKI_PREFIX.length, SPKI_LENGTH);
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
            signer.initSign(key);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing failed", e);
        }
    }

    static void verify(PublicKey key, byte[] message, byte[] signature) throws WireException {
        try {
            Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
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
}
