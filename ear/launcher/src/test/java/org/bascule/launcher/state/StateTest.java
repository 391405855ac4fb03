package org.bascule.launcher.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Path folder;

    StateTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void secretIsMadeOnceAndForTheOwnerAlone() throws Exception {
        Secrets secrets = Secrets.in(folder.resolve("secrets"));
        String made = secrets.password("database");
        assertThat(made).hasSize(40).matches("[A-Za-z2-9]+");
        assertThat(Secrets.in(folder.resolve("secrets")).password("database")).isEqualTo(made);
        assertThat(mode(secrets.file("database"))).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("secrets"))).isEqualTo("rwx------");
    }

    @Test
    void everyPassphraseMeetsThePasswordPolicyAndDiffers() throws Exception {
        Secrets secrets = Secrets.in(folder.resolve("secrets"));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            String made = secrets.passphrase("user-" + i);
            assertThat(made).matches("[a-z][A-Z][a-z][2-9](-[a-z][A-Z][a-z][2-9]){3}");
            assertThat(seen.add(made)).isTrue();
        }
    }

    @Test
    void fileIsReplacedInOneStepAndLeavesNothingBeside() throws Exception {
        Path file = folder.resolve("file");
        Files.writeString(file, "old, readable by all");
        PrivateFiles.write(file, "new");
        assertThat(file).hasContent("new");
        assertThat(mode(file)).isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files.toList()).isEqualTo(List.of(file));
        }
    }

    @Test
    void serverCertificateFitsTheLoopbackNamesAndChainsToTheAuthority() throws Exception {
        DemoCertificates certificates = certificates(NOW);
        X509Certificate authority = authority(certificates);
        X509Certificate server = server(certificates);
        server.verify(authority.getPublicKey());
        server.checkValidity(java.util.Date.from(NOW));
        assertThat(server.getSubjectAlternativeNames())
                .map(name -> String.valueOf(name.get(1)))
                .contains("localhost", "127.0.0.1", "another.example");
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(certificates.spkiHash()).matches("[A-Za-z0-9_-]{43}");
    }

    @Test
    void certificatesAreKeptAndTheServersIsRenewedBeforeItExpires() throws Exception {
        X509Certificate first = server(certificates(NOW));
        assertThat(server(certificates(NOW.plus(Duration.ofDays(300))))).isEqualTo(first);
        DemoCertificates later = certificates(NOW.plus(Duration.ofDays(370)));
        assertThat(server(later)).isNotEqualTo(first);
        server(later).verify(authority(later).getPublicKey());
    }

    @Test
    void serverCertificateIsMadeAgainWhenItLacksAName() throws Exception {
        X509Certificate first = server(certificates(NOW));
        X509Certificate authority = authority(certificates(NOW));
        DemoCertificates more = certificates(NOW, "another.example", "third.example");
        X509Certificate second = server(more);
        assertThat(second.getSubjectAlternativeNames())
                .map(name -> String.valueOf(name.get(1)))
                .contains("localhost", "another.example", "third.example");
        assertThat(authority(more)).isEqualTo(authority);
        assertThat(second).isNotEqualTo(first);
        assertThat(server(certificates(NOW)))
                .as("it has more than is asked for")
                .isEqualTo(second);
    }

    private DemoCertificates certificates(Instant now) throws Exception {
        return certificates(now, "another.example");
    }

    private DemoCertificates certificates(Instant now, String... names) throws Exception {
        return DemoCertificates.in(
                folder.resolve("tls"), Secrets.in(folder.resolve("secrets")), List.of(names), InstantSource.fixed(now));
    }

    private X509Certificate server(DemoCertificates certificates) throws Exception {
        java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(certificates.serverKeyStore())) {
            store.load(in, Secrets.in(folder.resolve("secrets")).password("tls").toCharArray());
        }
        return (X509Certificate) store.getCertificate("bascule");
    }

    private static X509Certificate authority(DemoCertificates certificates) throws Exception {
        try (InputStream in = Files.newInputStream(certificates.caFile())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
