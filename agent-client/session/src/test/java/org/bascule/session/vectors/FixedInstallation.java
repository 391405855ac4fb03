package org.bascule.session.vectors;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bascule.session.handshake.DeviceStaticKey;
import org.bascule.session.handshake.Prologue;
import org.bascule.session.vectors.FixedKeys.P256Key;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.log.LogProofs;
import org.bascule.wire.session.RelayAddress;
import org.bascule.wire.session.SessionOpened;
import org.bascule.wire.ticket.Demands;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.Endorsement;
import org.bascule.wire.trust.KeySet;

/** One installation with one domain and one device, always the same. All vectors are about it, so they fit together. */
public final class FixedInstallation {

    /** 2026-01-01T00:00:00Z: when certificates and keys begin. */
    public static final Instant START = Instant.ofEpochSecond(1_767_225_600L);
    /** 2026-01-02T12:00:00Z: when everything is checked. */
    public static final Instant NOW = START.plus(Duration.ofHours(36));

    public static final String ISSUER = "https://access.example";
    public static final String DOMAIN = "01900000-0000-7000-8000-0000000000d0";
    public static final String USER = "5b6a4f4e-0c2c-4b5a-9d3e-3f1f0a7c1e11";
    public static final String UID = "01900000-0000-7000-8000-0000000000de";
    public static final SessionId SID = new SessionId("000102030405060708090a0b0c0d0e0f");
    public static final Operations REQUESTED = Operations.of(Operations.EXEC, Operations.TERMINAL);
    public static final Operations GRANTED = Operations.of(Operations.TERMINAL);

    public static final RootSigningKey ROOT = new RootSigningKey(FixedKeys.ed25519("installation root"));
    public static final TicketSigningKey TICKET_KEY = new TicketSigningKey(FixedKeys.ed25519("ticket key"));
    public static final ControlSigningKey CONTROL_KEY = new ControlSigningKey(FixedKeys.ed25519("control key"));
    public static final LogSigningKey LOG_KEY = new LogSigningKey(FixedKeys.ed25519("log key"));
    public static final RelayTokenSigningKey RELAY_TOKEN_KEY =
            new RelayTokenSigningKey(FixedKeys.ed25519("relay token key"));
    public static final P256Key INSTALLATION_CA = P256Key.of("installation CA");
    public static final P256Key DOMAIN_CA = P256Key.of("domain CA");
    public static final P256Key IDENTITY = P256Key.of("device identity");
    public static final DeviceStaticKey STATIC = DeviceStaticKey.restore(FixedKeys.bytes("device static key"));

    private static final String INSTALLATION_CA_NAME = "CN=Bascule installation CA";

    private FixedInstallation() {}

    public static byte[] installationCertificate() {
        return FixedCertificates.issue(
                FixedCertificates.installationCa(START), INSTALLATION_CA, INSTALLATION_CA_NAME, INSTALLATION_CA);
    }

    public static byte[] domainCertificate() {
        return FixedCertificates.issue(
                FixedCertificates.domainCa(DOMAIN, START), DOMAIN_CA, INSTALLATION_CA_NAME, INSTALLATION_CA);
    }

    public static byte[] deviceCertificate() {
        return FixedCertificates.issue(
                FixedCertificates.device(DOMAIN, UID, START), IDENTITY, "CN=" + DOMAIN, DOMAIN_CA);
    }

    public static X509Certificate parse(byte[] der) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeySet keySet(long seq) {
        Instant end = START.plus(Duration.ofDays(3650));
        return new KeySet(
                ISSUER,
                ROOT.publicKey(),
                seq,
                List.of(
                        new KeySet.Entry(
                                KeySet.Role.TICKET, TICKET_KEY.publicKey().raw(), START, end),
                        new KeySet.Entry(
                                KeySet.Role.CONTROL, CONTROL_KEY.publicKey().raw(), START, end),
                        new KeySet.Entry(KeySet.Role.LOG, LOG_KEY.publicKey().raw(), START, end),
                        new KeySet.Entry(
                                KeySet.Role.RELAY_TOKEN,
                                RELAY_TOKEN_KEY.publicKey().raw(),
                                START,
                                end)),
                List.of(parse(installationCertificate())));
    }

    public static String signedKeySet(long seq) {
        return keySet(seq).sign(ROOT, START);
    }

    /** {@code "bascule/1 endorsement" ‖ 00 ‖ lp(uid) ‖ lp(domain) ‖ key[32] ‖ not before u64 ‖ not after u64 ‖ counter u64}. */
    public static byte[] endorsedBytes(Instant from, Instant until, long counter) {
        return Bytes.writer()
                .ascii("bascule/1 endorsement")
                .u8(0)
                .lp(UID)
                .lp(DOMAIN)
                .bytes(STATIC.publicKey().raw())
                .u64(from.getEpochSecond())
                .u64(until.getEpochSecond())
                .u64(counter)
                .toByteArray();
    }

    public static Endorsement endorsement(long counter) {
        Instant from = START.plus(Duration.ofHours(24));
        Instant until = from.plus(Duration.ofHours(24));
        return new Endorsement(
                STATIC.publicKey(), from, until, counter, IDENTITY.sign(endorsedBytes(from, until, counter)));
    }

    public static byte[] identityThumbprint() {
        return Sha256.of(IDENTITY.spki());
    }

    public static Prologue prologue() {
        return new Prologue(SID, ISSUER, DOMAIN, USER, UID, identityThumbprint());
    }

    public static Ticket ticket(byte[] m1) {
        return new Ticket(
                ISSUER,
                UID,
                identityThumbprint(),
                DOMAIN,
                USER,
                "Zoë Example",
                SID,
                "ticket-1",
                1,
                Sha256.of(m1),
                REQUESTED,
                "operator",
                Optional.of("2"),
                Optional.of(NOW.minusSeconds(600)),
                Optional.of("printer is on fire"),
                NOW,
                NOW,
                NOW.plusSeconds(60),
                NOW.plusSeconds(300),
                NOW.plus(Duration.ofHours(12)),
                Demands.NONE);
    }

    public static SessionOpened opened() {
        return new SessionOpened(
                SID,
                ISSUER,
                DOMAIN,
                USER,
                UID,
                "workshop printer",
                List.of(B64.encode(deviceCertificate()), B64.encode(domainCertificate())),
                endorsement(7),
                signedKeySet(3),
                ROOT.publicKey(),
                List.of(new RelayAddress("relay-1", "wss://relay.example/relay")),
                REQUESTED,
                SessionOpened.READY,
                List.of(),
                Optional.of(FixedLog.HONEST.proofs(Optional.of((long) FixedLog.EARLIER))));
    }

    /** The same with other proofs of the log. */
    public static SessionOpened opened(Optional<LogProofs> log) {
        SessionOpened good = opened();
        return new SessionOpened(
                good.sid(),
                good.issuer(),
                good.domain(),
                good.user(),
                good.device(),
                good.deviceName(),
                good.chain(),
                good.endorsement(),
                good.keySet(),
                good.root(),
                good.relays(),
                good.operations(),
                good.state(),
                good.continuity(),
                log);
    }
}
