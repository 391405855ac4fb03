package org.bascule.session.vectors;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bascule.session.vectors.FixedKeys.P256Key;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;

/** Certificates of the vectors: always the same bytes. */
public final class FixedCertificates {

    private FixedCertificates() {}

    /** What can be made wrong about a certificate. */
    public record Template(
            String subject,
            String uri,
            BasicConstraints constraints,
            int keyUsage,
            Instant notBefore,
            Instant notAfter,
            int serial) {}

    public static Template installationCa(Instant from) {
        return new Template(
                "CN=Bascule installation CA",
                "urn:bascule:installation",
                new BasicConstraints(1),
                KeyUsage.keyCertSign | KeyUsage.cRLSign,
                from,
                from.plus(Duration.ofDays(3650)),
                1);
    }

    public static Template domainCa(String domain, Instant from) {
        return new Template(
                "CN=" + domain,
                "urn:bascule:domain:" + domain,
                new BasicConstraints(0),
                KeyUsage.keyCertSign | KeyUsage.cRLSign,
                from,
                from.plus(Duration.ofDays(1825)),
                2);
    }

    public static Template device(String domain, String uid, Instant from) {
        return new Template(
                "CN=" + uid,
                "urn:bascule:device:" + domain + ":" + uid,
                new BasicConstraints(false),
                KeyUsage.digitalSignature,
                from,
                from.plus(Duration.ofDays(90)),
                3);
    }

    /** DER of a certificate. */
    public static byte[] issue(Template template, P256Key subject, String issuer, P256Key issuerKey) {
        try {
            return new X509v3CertificateBuilder(
                            new X500Name(issuer),
                            BigInteger.valueOf(template.serial()),
                            Date.from(template.notBefore()),
                            Date.from(template.notAfter()),
                            new X500Name(template.subject()),
                            SubjectPublicKeyInfo.getInstance(subject.spki()))
                    .addExtension(Extension.basicConstraints, true, template.constraints())
                    .addExtension(Extension.keyUsage, true, new KeyUsage(template.keyUsage()))
                    .addExtension(
                            Extension.subjectAlternativeName,
                            false,
                            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, template.uri())))
                    .build(new Signer(issuerKey))
                    .getEncoded();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Signer implements ContentSigner {
        private final P256Key key;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        Signer(P256Key key) {
            this.key = key;
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            BigInteger[] rs = key.signHash(content.toByteArray());
            try {
                return new DERSequence(new ASN1Integer[] {new ASN1Integer(rs[0]), new ASN1Integer(rs[1])}).getEncoded();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
