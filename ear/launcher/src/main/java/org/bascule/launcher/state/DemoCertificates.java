package org.bascule.launcher.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The demo's certification authority and the one certificate for all its TLS servers: names {@code localhost}, {@code 127.0.0.1}, {@code ::1}, and what is asked for.
 *
 * <p>ECDSA P-256. The authority lives ten years, the server's certificate 397 days and is renewed in its last 30. The authority's key is
 * kept only to renew; nothing on this machine is told to trust it.
 */
public final class DemoCertificates {

    private static final String ALIAS = "bascule";
    private static final Duration CA_LIFE = Duration.ofDays(3650);
    private static final Duration SERVER_LIFE = Duration.ofDays(397);
    private static final Duration RENEW_BEFORE = Duration.ofDays(30);

    private final Path folder;
    private final X509Certificate server;

    private DemoCertificates(Path folder, X509Certificate server) {
        this.folder = folder;
        this.server = server;
    }

    /**
     * Reads the certificates in the folder, and makes those that are missing, soon expire, or lack a name.
     *
     * @param names further ones of the servers
     */
    public static DemoCertificates in(Path folder, Secrets secrets, List<String> names, InstantSource clock)
            throws IOException, GeneralSecurityException {
        PrivateFiles.folder(folder);
        char[] password = secrets.password("tls").toCharArray();
        Instant now = clock.instant();
        Path caFile = folder.resolve("ca.p12");
        Path serverFile = folder.resolve("server.p12");
        if (!Files.exists(caFile)) {
            KeyPair keys = newKeys();
            X509Certificate ca = ca(keys, now);
            store(caFile, password, keys.getPrivate(), ca);
            PrivateFiles.write(folder.resolve("ca.pem"), pem(ca));
            Files.deleteIfExists(serverFile);
        }
        if (!Files.exists(serverFile) || !isGood(certificate(serverFile, password), names, now)) {
            KeyStore ca = load(caFile, password);
            KeyPair keys = newKeys();
            X509Certificate caCertificate = (X509Certificate) ca.getCertificate(ALIAS);
            X509Certificate issued = server(keys, names, caCertificate, (PrivateKey) ca.getKey(ALIAS, password), now);
            store(serverFile, password, keys.getPrivate(), issued, caCertificate);
        }
        return new DemoCertificates(folder, certificate(serverFile, password));
    }

    /** PEM file of the authority. */
    public Path caFile() {
        return folder.resolve("ca.pem");
    }

    /** PKCS#12 with the server's key and chain under the alias {@code bascule}; its password is the secret {@code tls}. */
    public Path serverKeyStore() {
        return folder.resolve("server.p12");
    }

    /** base64url SHA-256 of the server's SubjectPublicKeyInfo. */
    public String spkiHash() throws GeneralSecurityException {
        byte[] hash = MessageDigest.getInstance("SHA-256")
                .digest(server.getPublicKey().getEncoded());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** For these names, and for a while. */
    private static boolean isGood(X509Certificate certificate, List<String> names, Instant now)
            throws CertificateParsingException {
        Set<Object> own = new HashSet<>();
        certificate.getSubjectAlternativeNames().forEach(name -> own.add(name.get(1)));
        return own.containsAll(names) && !certificate.getNotAfter().toInstant().isBefore(now.plus(RENEW_BEFORE));
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate ca(KeyPair keys, Instant now) throws GeneralSecurityException, IOException {
        X500Name name = new X500Name("CN=Bascule demo CA");
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                serial(),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(CA_LIFE)),
                name,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        return sign(builder, keys.getPrivate());
    }

    private static X509Certificate server(
            KeyPair keys, List<String> names, X509Certificate ca, PrivateKey caKey, Instant now)
            throws GeneralSecurityException, IOException {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                ca,
                serial(),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(SERVER_LIFE)),
                new X500Principal("CN=localhost"),
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        List<GeneralName> all = new ArrayList<>();
        all.add(new GeneralName(GeneralName.dNSName, "localhost"));
        all.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        all.add(new GeneralName(GeneralName.iPAddress, "::1"));
        names.forEach(name -> all.add(new GeneralName(GeneralName.dNSName, name)));
        builder.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(all.toArray(GeneralName[]::new)));
        return sign(builder, caKey);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("cannot sign a certificate", e);
        }
    }

    private static BigInteger serial() {
        return new BigInteger(127, new SecureRandom()).setBit(126);
    }

    private static void store(Path file, char[] password, PrivateKey key, Certificate... chain)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, password);
        store.setKeyEntry(ALIAS, key, password, chain);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        store.store(out, password);
        PrivateFiles.write(file, out.toByteArray());
    }

    private static KeyStore load(Path file, char[] password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password);
        }
        return store;
    }

    private static X509Certificate certificate(Path file, char[] password)
            throws IOException, GeneralSecurityException {
        return (X509Certificate) load(file, password).getCertificate(ALIAS);
    }

    private static byte[] pem(X509Certificate certificate) throws GeneralSecurityException {
        String body = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(certificate.getEncoded());
        return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }
}
