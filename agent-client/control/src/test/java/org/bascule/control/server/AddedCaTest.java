package org.bascule.control.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bascule.control.ExitCode;
import org.bascule.control.TestUser;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a certificate of a private CA. */
class AddedCaTest {

    private static final KeyPair CA = keys();
    private static final X509Certificate CA_CERTIFICATE = certificate("CN=private CA", CA, true, "ca.example");

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certificate(String subject, KeyPair of, boolean ca, String host) {
        try {
            Instant now = Instant.now();
            boolean address = host.matches("[0-9.]+");
            return new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    new X500Name("CN=private CA"),
                                    BigInteger.valueOf(ca ? 1 : 2),
                                    Date.from(now.minusSeconds(600)),
                                    Date.from(now.plusSeconds(3_600)),
                                    new X500Name(subject),
                                    of.getPublic())
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(ca))
                            .addExtension(
                                    Extension.subjectAlternativeName,
                                    false,
                                    new GeneralNames(new GeneralName(
                                            address ? GeneralName.iPAddress : GeneralName.dNSName, host)))
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(CA.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpsServer server(String host) throws Exception {
        KeyPair keys = keys();
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0], new Certificate[] {
            certificate("CN=server", keys, false, host), CA_CERTIFICATE
        });
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/api/devices", exchange -> {
            byte[] body = "{\"items\":[],\"total\":0}".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static int ls(TestUser user, HttpsServer server) {
        user.environment.put(
                "BASCULE_URL", "https://127.0.0.1:" + server.getAddress().getPort());
        user.environment.put("BASCULE_TOKEN", "opaque");
        return user.run("ls");
    }

    private static Path pem(Path folder) throws Exception {
        return Files.writeString(
                folder.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(CA_CERTIFICATE.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
    }

    @Test
    void serverOfThePrivateCaIsTrustedWithItsFileOnly(@TempDir Path folder) throws Exception {
        HttpsServer server = server("127.0.0.1");
        try {
            TestUser user = new TestUser(folder);
            assertThat(ls(user, server)).isEqualTo(ExitCode.SECURITY.code());
            assertThat(user.err()).contains("is not trusted").hasLineCount(1);
            user.environment.put("BASCULE_CA", pem(folder).toString());
            assertThat(ls(user, server)).isZero();
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anotherNameIsNotTrusted(@TempDir Path folder) throws Exception {
        HttpsServer server = server("elsewhere.example");
        try {
            TestUser user = new TestUser(folder);
            user.environment.put("BASCULE_CA", pem(folder).toString());
            assertThat(ls(user, server)).isEqualTo(ExitCode.SECURITY.code());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void fileWithoutCertificateIsAUsageError(@TempDir Path folder) throws Exception {
        TestUser user = new TestUser(folder);
        user.environment.put("BASCULE_URL", "https://127.0.0.1:1");
        user.environment.put("BASCULE_TOKEN", "opaque");
        user.environment.put("BASCULE_CA", folder.resolve("none.pem").toString());
        assertThat(user.run("ls")).isEqualTo(ExitCode.USAGE.code());
        user.environment.put(
                "BASCULE_CA", Files.writeString(folder.resolve("empty.pem"), "").toString());
        assertThat(user.run("ls")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.err()).contains("no CA certificates").hasLineCount(1);
    }
}
