package org.bascule.domain.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bascule.domain.configuration.CertificateLife;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;
import org.junit.jupiter.api.Test;

class CertificatesTest {

    private static final String DOMAIN = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    private static final String UID = "017f22e2-79b0-7cc3-98c4-dc0c0c073990";
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final KeyPair installationKey = Certificates.generateKey();
    private final X509Certificate installation =
            Certificates.installationCa(installationKey, "https://bascule.example", NOW);
    private final KeyPair domainKey = Certificates.generateKey();
    private final X509Certificate domain =
            Certificates.domainCa(domainKey.getPublic(), DOMAIN, installation, installationKey.getPrivate(), NOW);
    private final KeyPair deviceKey = Certificates.generateKey();
    private final X509Certificate device = Certificates.device(
            deviceKey.getPublic(), DOMAIN, UID, domain, domainKey.getPrivate(), NOW, CertificateLife.DEFAULT.device());

    private static KeySet keySet(X509Certificate ca) {
        return new KeySet("https://bascule.example", RootSigningKey.generate().publicKey(), 1, List.of(), List.of(ca));
    }

    @Test
    void chainIsWhatClientsAccept() throws WireException {
        assertThat(DeviceCertificates.verify(List.of(device, domain), keySet(installation), DOMAIN, UID, NOW)
                        .toJca())
                .isEqualTo(deviceKey.getPublic());
    }

    @Test
    void anotherUidDomainInstallationOrTimeIsRefused() {
        refused(List.of(device, domain), installation, DOMAIN, DOMAIN, NOW);
        refused(List.of(device, domain), installation, UID, UID, NOW);
        refused(List.of(device, domain), installation, DOMAIN, UID, NOW.plus(Duration.ofDays(91)));
        refused(List.of(device, domain), installation, DOMAIN, UID, NOW.minus(Duration.ofMinutes(6)));
        X509Certificate stranger =
                Certificates.installationCa(Certificates.generateKey(), "https://bascule.example", NOW);
        refused(List.of(device, domain), stranger, DOMAIN, UID, NOW);
        refused(List.of(domain, domain), installation, DOMAIN, UID, NOW);
    }

    private static void refused(
            List<X509Certificate> chain, X509Certificate ca, String domain, String uid, Instant at) {
        assertThatExceptionOfType(WireException.class)
                .isThrownBy(() -> DeviceCertificates.verify(chain, keySet(ca), domain, uid, at));
    }

    @Test
    void lifetimesAndSerials() {
        assertThat(Duration.between(NOW, device.getNotAfter().toInstant())).isEqualTo(Duration.ofDays(90));
        assertThat(device.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
        assertThat(device.getSerialNumber().bitLength()).isEqualTo(127);
        assertThat(device.getSubjectX500Principal().getName()).isEqualTo("CN=" + UID);
        assertThat(device.getBasicConstraints()).isEqualTo(-1);
        assertThat(domain.getBasicConstraints()).isZero();
        assertThat(installation.getBasicConstraints()).isEqualTo(1);
    }
}
