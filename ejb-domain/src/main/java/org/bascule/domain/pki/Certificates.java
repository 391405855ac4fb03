package org.bascule.domain.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bascule.wire.trust.DeviceCertificates;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes the certificates of {@code docs/protocol/session.md}, "Trust": X.509 v3, ECDSA P-256 with SHA-256. Serial numbers are 16 random bytes
 * (RFC 5280 section 4.1.2.2), validity begins 5 minutes early for clocks that are behind.
 */
final class Certificates {

    static final Duration INSTALLATION_CA = Duration.ofDays(20 * 365);
    static final Duration DOMAIN_CA = Duration.ofDays(10 * 365);

    private static final Duration EARLY = Duration.ofMinutes(5);
    private static final SecureRandom RANDOM = new SecureRandom();

    private Certificates() {}

    static KeyPair generateKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    static PrivateKey privateKey(byte[] pkcs8) {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a stored CA key is not one", e);
        }
    }

    /** Self-signed, path length 1. */
    static X509Certificate installationCa(KeyPair key, String issuer, Instant now) {
        X500Name name = name("Bascule installation " + issuer);
        JcaX509v3CertificateBuilder builder = builder(name, name, key.getPublic(), now, INSTALLATION_CA);
        return ca(builder, key.getPublic(), 1, key.getPrivate());
    }

    /** Issued by the installation CA, path length 0. */
    static X509Certificate domainCa(
            PublicKey key, String domainId, X509Certificate issuer, PrivateKey issuerKey, Instant now) {
        JcaX509v3CertificateBuilder builder = builder(subject(issuer), name(domainId), key, now, DOMAIN_CA);
        addUri(builder, DeviceCertificates.domainUri(domainId));
        return ca(builder, key, 0, issuerKey);
    }

    /** Issued by the domain CA: digital signature alone, the UID in domain and subject. */
    static X509Certificate device(
            PublicKey key,
            String domainId,
            String uid,
            X509Certificate issuer,
            PrivateKey issuerKey,
            Instant now,
            Duration life) {
        JcaX509v3CertificateBuilder builder = builder(subject(issuer), name(uid), key, now, life);
        addUri(builder, DeviceCertificates.deviceUri(domainId, uid));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        } catch (CertIOException e) {
            throw new IllegalStateException("the extensions are constants", e);
        }
        return sign(builder, issuerKey);
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant now, Duration validity) {
        Instant start = now.minus(EARLY).truncatedTo(ChronoUnit.SECONDS);
        byte[] serial = new byte[16];
        RANDOM.nextBytes(serial);
        serial[0] = (byte) (serial[0] & 0x7f | 0x40);
        return new JcaX509v3CertificateBuilder(
                issuer, new BigInteger(1, serial), Date.from(start), Date.from(now.plus(validity)), subject, key);
    }

    private static X509Certificate ca(
            JcaX509v3CertificateBuilder builder, PublicKey key, int pathLength, PrivateKey signer) {
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("the extensions are constants", e);
        }
        return sign(builder, signer);
    }

    private static void addUri(JcaX509v3CertificateBuilder builder, String uri) {
        try {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
        } catch (CertIOException e) {
            throw new IllegalStateException("a URI can be encoded", e);
        }
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException | CertificateException e) {
            throw new IllegalStateException("the certificate could not be made", e);
        }
    }

    private static X500Name name(String commonName) {
        String text = commonName.length() <= 64 ? commonName : commonName.substring(0, 64);
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, text).build();
    }

    private static X500Name subject(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate can be encoded", e);
        }
    }

    static X509Certificate parse(byte[] der) {
        try (var in = new ByteArrayInputStream(der)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        } catch (CertificateException | IOException e) {
            throw new IllegalStateException("a stored certificate is not one", e);
        }
    }
}
