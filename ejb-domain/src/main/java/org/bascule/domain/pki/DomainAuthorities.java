package org.bascule.domain.pki;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import org.bascule.domain.configuration.CertificateLife;
import org.bascule.domain.database.Sql;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/** The certificate authority of each domain. */
@Stateless
public class DomainAuthorities {

    private static final String ROLE = "domain-ca";

    @Inject
    Sql sql;

    @Inject
    Installation installation;

    @Inject
    CertificateLife life;

    @Inject
    Clock clock;

    /**
     * Makes the authority of a new domain.
     *
     * @return SHA-256 of its certificate, for the log
     */
    public String create(String domainId) {
        LoadedKeys keys = installation.keys();
        KeyPair key = Certificates.generateKey();
        X509Certificate certificate =
                Certificates.domainCa(key.getPublic(), domainId, keys.ca(), keys.caKey(), clock.instant());
        byte[] encoded = Certificates.encoded(certificate);
        sql.in(domainId)
                .statement("insert into domain_ca (domain_id, certificate, wrapped_key, created)"
                        + " values (:domain, :certificate, :wrapped, :now)")
                .set("certificate", encoded)
                .set(
                        "wrapped",
                        keys.master().wrap(ROLE, domainId, key.getPrivate().getEncoded()))
                .set("now", clock.instant())
                .update();
        return B64.encode(Sha256.of(encoded));
    }

    /** The certificate of the authority, DER. */
    public byte[] certificate(String domainId) {
        return sql.in(domainId)
                .statement("select certificate from domain_ca where domain_id = :domain")
                .first(row -> row.bytes(1))
                .orElseThrow(() -> new IllegalStateException("a domain has an authority"));
    }

    /** Issues a certificate for a device's identity key, for as long as the settings say, and stores it. */
    public IssuedCertificate issue(String domainId, String uid, DeviceIdentityPublicKey key) {
        return issue(domainId, uid, key, false);
    }

    /** The same for the key that comes next: not in force until the device has proved itself with it. */
    public IssuedCertificate issueForNextKey(String domainId, String uid, DeviceIdentityPublicKey key) {
        return issue(domainId, uid, key, true);
    }

    private IssuedCertificate issue(String domainId, String uid, DeviceIdentityPublicKey key, boolean pending) {
        record Authority(X509Certificate certificate, PrivateKey key) {}
        MasterKey master = installation.keys().master();
        Authority authority = sql.in(domainId)
                .statement("select certificate, wrapped_key from domain_ca where domain_id = :domain")
                .first(row -> new Authority(
                        Certificates.parse(row.bytes(1)),
                        Certificates.privateKey(master.unwrap(ROLE, domainId, row.bytes(2)))))
                .orElseThrow(() -> new IllegalStateException("a domain has an authority"));
        X509Certificate certificate = Certificates.device(
                key.toJca(), domainId, uid, authority.certificate(), authority.key(), clock.instant(), life.device());
        IssuedCertificate issued = new IssuedCertificate(
                certificate.getSerialNumber().toString(16),
                Certificates.encoded(certificate),
                Certificates.encoded(authority.certificate()),
                certificate.getNotAfter().toInstant());
        sql.in(domainId)
                .statement(
                        """
                        insert into device_certificate (serial, domain_id, device_id, certificate, not_before, not_after, pending)
                        values (:serial, :domain, :device, :certificate, :from, :to, :pending)""")
                .set("serial", issued.serial())
                .set("device", uid)
                .set("certificate", issued.device())
                .set("from", certificate.getNotBefore().toInstant())
                .set("to", issued.expires())
                .set("pending", pending)
                .update();
        return issued;
    }

    /**
     * A device's certificate with its issuer's.
     *
     * @param serial lower-case hexadecimal
     * @param device DER
     * @param authority DER
     * @param expires when it ends
     */
    public record IssuedCertificate(String serial, byte[] device, byte[] authority, Instant expires) {}
}
