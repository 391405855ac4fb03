package org.bascule.wire.trust;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bascule.wire.B64;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/**
 * Verification of a device certificate ({@code docs/protocol/session.md}, "Trust"): device ← domain CA ← installation CA of the key set. The path is fixed, so
 * it is checked step by step instead of being searched for.
 */
public final class DeviceCertificates {

    private static final String ALGORITHM = "SHA256withECDSA";
    private static final int KEY_USAGE_DIGITAL_SIGNATURE = 0;
    private static final int KEY_USAGE_CERT_SIGN = 5;
    private static final int SAN_URI = 6;

    private DeviceCertificates() {}

    /** SAN of a device certificate. */
    public static String deviceUri(String domain, String uid) {
        return "urn:bascule:device:" + domain + ":" + uid;
    }

    /** SAN of a domain CA. */
    public static String domainUri(String domain) {
        return "urn:bascule:domain:" + domain;
    }

    /** Reads the base64url DER certificates of an answer: device, then domain CA. */
    public static List<X509Certificate> parseChain(List<String> chain) throws WireException {
        if (chain.size() != 2) {
            throw WireException.malformed("a chain has a device and a domain CA certificate");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        for (String text : chain) {
            certificates.add(parse(text));
        }
        return List.copyOf(certificates);
    }

    /** @param certificate base64url DER */
    public static X509Certificate parse(String certificate) throws WireException {
        return KeySet.certificate(B64.decode(certificate));
    }

    /**
     * Checks signatures, validity at the given time, CA flags, path lengths, key usage, and that the certificates name this domain and device.
     *
     * @return the device's identity key
     */
    public static DeviceIdentityPublicKey verify(
            List<X509Certificate> chain, KeySet keys, String domain, String uid, Instant at) throws WireException {
        X509Certificate device = chain.get(0);
        X509Certificate domainCa = chain.get(1);
        X509Certificate installationCa = issuerOf(domainCa, keys.certificateAuthorities());
        requireCa(installationCa, 1, at);
        requireCa(domainCa, 0, at);
        requireSignedBy(domainCa, installationCa);
        requireSignedBy(device, domainCa);
        requireValid(device, at);
        requireUri(domainCa, domainUri(domain));
        requireUri(device, deviceUri(domain, uid));
        boolean[] usage = device.getKeyUsage();
        if (device.getBasicConstraints() >= 0 || usage == null || !usage[KEY_USAGE_DIGITAL_SIGNATURE]) {
            throw foreign("the certificate is not one of a device");
        }
        return DeviceIdentityPublicKey.parse(device.getPublicKey().getEncoded());
    }

    private static X509Certificate issuerOf(X509Certificate certificate, List<X509Certificate> candidates)
            throws WireException {
        for (X509Certificate candidate : candidates) {
            if (candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
                    && isSignedBy(certificate, candidate)) {
                return candidate;
            }
        }
        throw foreign("the domain CA was not issued by this installation");
    }

    private static void requireCa(X509Certificate ca, int pathLength, Instant at) throws WireException {
        boolean[] usage = ca.getKeyUsage();
        if (ca.getBasicConstraints() != pathLength || usage == null || !usage[KEY_USAGE_CERT_SIGN]) {
            throw foreign("a certificate of the chain is not a CA of its level");
        }
        requireValid(ca, at);
    }

    private static void requireSignedBy(X509Certificate certificate, X509Certificate issuer) throws WireException {
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
                || !isSignedBy(certificate, issuer)) {
            throw new WireException(
                    WireException.Reason.BAD_SIGNATURE, "a certificate of the chain is not signed by the next");
        }
    }

    private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
        if (!certificate.getSigAlgName().equals(ALGORITHM)) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static void requireValid(X509Certificate certificate, Instant at) throws WireException {
        try {
            certificate.checkValidity(Date.from(at));
        } catch (GeneralSecurityException e) {
            throw new WireException(WireException.Reason.EXPIRED, "a certificate of the chain is not valid now", e);
        }
    }

    private static void requireUri(X509Certificate certificate, String uri) throws WireException {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names != null && names.size() == 1) {
                List<?> name = names.iterator().next();
                if (name.get(0).equals(SAN_URI) && name.get(1).equals(uri)) {
                    return;
                }
            }
        } catch (GeneralSecurityException e) {
            throw new WireException(WireException.Reason.MALFORMED, "the certificate's names cannot be read", e);
        }
        throw foreign("the certificate names something else than expected");
    }

    private static WireException foreign(String message) {
        return new WireException(WireException.Reason.FOREIGN, message);
    }
}
