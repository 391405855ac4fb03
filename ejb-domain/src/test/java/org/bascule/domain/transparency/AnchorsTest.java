package org.bascule.domain.transparency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.security.auth.x500.X500Principal;
import org.bascule.domain.audit.Actor;
import org.bascule.domain.audit.AuditEvent;
import org.bascule.domain.audit.AuditLog;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.testing.Sample;
import org.bascule.domain.testing.TestDomain;
import org.bascule.wire.log.TreeHead;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorsTest {

    private final TestDomain domain = new TestDomain().started();
    private final Sample sample = new Sample(domain);
    private final Anchors anchors = domain.get(Anchors.class);

    private Path folder;

    @BeforeEach
    void start(@TempDir Path temporary) {
        folder = temporary;
    }

    private TreeHead grown() throws Exception {
        domain.get(AuditLog.class).record(AuditEvent.of(sample.id, Actor.SERVER, Operation.LOGIN, Outcome.DENIED));
        domain.get(Sealer.class).seal(sample.id);
        return domain.get(TreeStore.class).head(sample.id).orElseThrow();
    }

    private List<String> mine(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.contains(sample.id))
                .toList();
    }

    @Test
    void everyHeadThatIsNewestIsAppendedOnce() throws Exception {
        Path file = folder.resolve("anchors");
        AnchorSettings settings = new AnchorSettings(Optional.of(file), Optional.empty());
        TreeHead first = grown();
        anchors.publish(settings);
        anchors.publish(settings);
        TreeHead second = grown();
        anchors.publish(settings);
        assertThat(mine(file))
                .containsExactly(first.toJson().toString(), second.toJson().toString());
    }

    @Test
    void fileThatCannotBeWrittenHoldsUpNothingAndIsCaughtUp() throws Exception {
        Path file = folder.resolve("missing").resolve("anchors");
        AnchorSettings settings = new AnchorSettings(Optional.of(file), Optional.empty());
        TreeHead head = grown();
        anchors.publish(settings);
        Files.createDirectory(file.getParent());
        anchors.publish(settings);
        assertThat(mine(file)).containsExactly(head.toJson().toString());
    }

    /** A certificate authority and a certificate for a name, as PEM files that rsyslog reads. */
    private static void certificates(Path into, String name) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        KeyPair ca = generator.generateKeyPair();
        KeyPair server = generator.generateKeyPair();
        X500Principal issuer = new X500Principal("CN=Test CA");
        pem(
                into.resolve("ca.pem"),
                "CERTIFICATE",
                certificate(issuer, ca, issuer, ca, Optional.empty()).getEncoded());
        pem(
                into.resolve("server.pem"),
                "CERTIFICATE",
                certificate(issuer, ca, new X500Principal("CN=" + name), server, Optional.of(name))
                        .getEncoded());
        pem(into.resolve("server.key"), "PRIVATE KEY", server.getPrivate().getEncoded());
    }

    private static X509Certificate certificate(
            X500Principal issuer, KeyPair ca, X500Principal subject, KeyPair key, Optional<String> name)
            throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                key.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(name.isEmpty()));
        if (name.isPresent()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name.get())));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(ca.getPrivate())));
    }

    private static void pem(Path file, String type, byte[] der) throws IOException {
        Files.writeString(
                file,
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                        .formatted(
                                type,
                                Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A real rsyslog on loopback, as a child of this process. */
    private Process rsyslog(int port) throws Exception {
        Path configuration = folder.resolve("rsyslog.conf");
        Files.writeString(
                configuration,
                """
                global(workDirectory="%1$s" defaultNetstreamDriverCAFile="%1$s/ca.pem"
                  defaultNetstreamDriverCertFile="%1$s/server.pem" defaultNetstreamDriverKeyFile="%1$s/server.key")
                module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
                input(type="imtcp" port="%2$d" address="127.0.0.1")
                template(name="all" type="string" string="%%pri%% %%hostname%% %%app-name%% %%msgid%% %%msg%%\\n")
                action(type="omfile" file="%1$s/received" template="all")
                """
                        .formatted(folder, port));
        Process process = new ProcessBuilder(
                        "/usr/sbin/rsyslogd",
                        "-n",
                        "-f",
                        configuration.toString(),
                        "-i",
                        folder.resolve("pid").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("rsyslog.log").toFile())
                .start();
        within("rsyslog listens", () -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
        return process;
    }

    private static void within(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(50);
        }
    }

    private String received() {
        try {
            Path file = folder.resolve("received");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void headsReachARealSyslogServerAlsoAfterItWasAway() throws Exception {
        certificates(folder, "localhost");
        int port = freePort();
        AnchorSettings settings = new AnchorSettings(
                Optional.empty(), Optional.of(new AnchorSettings.Syslog("localhost", port, folder.resolve("ca.pem"))));
        TreeHead first = grown();
        anchors.publish(settings);
        Process server = rsyslog(port);
        try {
            anchors.publish(settings);
            within("the first head", () -> received().contains(first.toJson().toString()));
            assertThat(received()).contains("109 bascule.example bascule tree-head ");
        } finally {
            stop(server);
        }
        TreeHead second = grown();
        anchors.publish(settings);
        server = rsyslog(port);
        try {
            anchors.publish(settings);
            within("the second head", () -> received().contains(second.toJson().toString()));
        } finally {
            stop(server);
            anchors.close();
        }
    }

    @Test
    void serverWithAnotherNameOrFromAnotherAuthorityGetsNothing() throws Exception {
        certificates(folder, "localhost");
        Path stranger = Files.createDirectory(folder.resolve("stranger"));
        certificates(stranger, "localhost");
        int port = freePort();
        Process server = rsyslog(port);
        try {
            assertRefused(new AnchorSettings.Syslog("127.0.0.1", port, folder.resolve("ca.pem")));
            assertRefused(new AnchorSettings.Syslog("localhost", port, stranger.resolve("ca.pem")));
        } finally {
            stop(server);
        }
        assertThat(received()).doesNotContain("secret");
    }

    private static void assertRefused(AnchorSettings.Syslog settings) {
        try (SyslogSender sender = new SyslogSender(settings, "me")) {
            sender.add(Instant.now(), "tree-head", "secret");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(sender::send)
                    .withMessageContaining("TLS");
        }
    }

    @Test
    void serverThatStopsReadingHoldsUpNothingForLong() throws Exception {
        certificates(folder, "localhost");
        try (ServerSocket server =
                        tls().getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SyslogSender sender = new SyslogSender(
                        new AnchorSettings.Syslog("localhost", server.getLocalPort(), folder.resolve("ca.pem")),
                        "me")) {
            CompletableFuture<Socket> silent = CompletableFuture.supplyAsync(() -> {
                try {
                    SSLSocket socket = (SSLSocket) server.accept();
                    socket.startHandshake();
                    return socket;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            for (int i = 0; i < 500; i++) {
                sender.add(Instant.now(), "tree-head", "x".repeat(100_000));
            }
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    sender.send();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(sent)
                    .failsWithin(SyslogSender.LONGEST_SEND.plusSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(UncheckedIOException.class);
            silent.get().close();
        }
    }

    private SSLContext tls() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        try (InputStream pem = Files.newInputStream(folder.resolve("server.pem"))) {
            PrivateKey key = KeyFactory.getInstance("RSA")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder()
                            .decode(Files.readString(folder.resolve("server.key"))
                                    .replaceAll("-----[^-]+-----", ""))));
            keys.setKeyEntry("server", key, new char[0], new Certificate[] {
                CertificateFactory.getInstance("X.509").generateCertificate(pem)
            });
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void whatCannotBeSentWaitsInABoundedQueue() throws Exception {
        certificates(folder, "localhost");
        try (SyslogSender sender = new SyslogSender(
                new AnchorSettings.Syslog("localhost", freePort(), folder.resolve("ca.pem")), "a b\n")) {
            for (int i = 0; i < SyslogSender.QUEUE + 5; i++) {
                sender.add(Instant.now(), "tree-head", "line\nfeed " + i);
            }
            assertThat(sender.dropped()).isEqualTo(5);
            assertThatExceptionOfType(IOException.class).isThrownBy(sender::send);
        }
    }
}
