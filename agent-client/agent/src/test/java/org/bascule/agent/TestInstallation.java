package org.bascule.agent;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.security.auth.x500.X500Principal;
import org.bascule.agent.identity.DeviceIdentity;
import org.bascule.agent.state.DeviceState;
import org.bascule.agent.state.KeySets;
import org.bascule.agent.state.Registration;
import org.bascule.agent.state.StateException;
import org.bascule.agent.state.StateFolder;
import org.bascule.wire.B64;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.Sha256;
import org.bascule.wire.enrol.EnrolAnswer;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bascule.wire.keys.LogSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.keys.TicketSigningKey;
import org.bascule.wire.ticket.Demands;
import org.bascule.wire.ticket.Ticket;
import org.bascule.wire.trust.DeviceCertificates;
import org.bascule.wire.trust.KeySet;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An access server's half with real keys: root, key set, authorities, tickets. Time is pinned. */
public final class TestInstallation {

    public static final String ISSUER = "https://bascule.example";
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    public final RootSigningKey root = RootSigningKey.generate();
    public final TicketSigningKey ticketKey = TicketSigningKey.generate();
    public final ControlSigningKey controlKey = ControlSigningKey.generate();
    public final LogSigningKey logKey = LogSigningKey.generate();
    public final String domain = UUID.randomUUID().toString();
    public final String uid = UUID.randomUUID().toString();
    public final String user = UUID.randomUUID().toString();

    private final KeyPair caKey = p256();
    private final KeyPair domainCaKey = p256();
    private final X509Certificate ca =
            certificate("CN=installation", "CN=installation", caKey.getPublic(), caKey, Optional.empty(), 1);
    private final X509Certificate domainCa = certificate(
            "CN=installation",
            "CN=" + domain,
            domainCaKey.getPublic(),
            caKey,
            Optional.of(DeviceCertificates.domainUri(domain)),
            0);

    public String keySet(long seq) {
        return keySet(seq, ISSUER);
    }

    public String keySet(long seq, String issuer) {
        List<KeySet.Entry> keys = List.of(
                entry(KeySet.Role.TICKET, ticketKey.publicKey().raw()),
                entry(KeySet.Role.CONTROL, controlKey.publicKey().raw()),
                entry(KeySet.Role.LOG, logKey.publicKey().raw()));
        return new KeySet(issuer, root.publicKey(), seq, keys, List.of(ca)).sign(root, NOW);
    }

    private static KeySet.Entry entry(KeySet.Role role, byte[] raw) {
        return new KeySet.Entry(role, raw, NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(365)));
    }

    /** base64url DER: device, domain CA. */
    public List<String> chain(DeviceIdentityPublicKey identity) {
        X509Certificate device = certificate(
                "CN=" + domain,
                "CN=" + uid,
                identity.toJca(),
                domainCaKey,
                Optional.of(DeviceCertificates.deviceUri(domain, uid)),
                -1);
        return List.of(B64.encode(encoded(device)), B64.encode(encoded(domainCa)));
    }

    public EnrolAnswer enrolAnswer(DeviceIdentityPublicKey identity) {
        return new EnrolAnswer(uid, "press 7", domain, "demo", chain(identity), ISSUER, root.publicKey(), keySet(1));
    }

    public Registration registration(DeviceIdentityPublicKey identity) {
        return new Registration(
                List.of(ISSUER),
                uid,
                "press 7",
                domain,
                "demo",
                ISSUER,
                chain(identity),
                root.publicKey().hash());
    }

    /** An enrolled folder. */
    public Enrolled enrolled(Path folder) throws StateException {
        DeviceState state = new DeviceState(StateFolder.create(folder));
        DeviceIdentityKey identity = DeviceIdentityKey.generate();
        Registration registration = registration(identity.publicKey());
        state.save(identity);
        state.saveKeySet(keySet(1));
        state.save(registration);
        return new Enrolled(state, identity, registration, KeySets.open(state, registration));
    }

    public record Enrolled(DeviceState state, DeviceIdentityKey identity, Registration registration, KeySets keySets) {

        /** What the running agent has of the identity. */
        public DeviceIdentity own(InstantSource clock) throws StateException {
            return new DeviceIdentity(state, registration, identity, clock);
        }
    }

    /** A ticket that is right in every respect. */
    public TicketBuilder ticket(DeviceIdentityPublicKey identity, byte[] m1) {
        return new TicketBuilder(this, identity, m1);
    }

    /** A ticket, one claim of which a test may make wrong. */
    public static final class TicketBuilder {
        public String issuer = ISSUER;
        public String device;
        public String domain;
        public String user;
        public byte[] thumbprint;
        public byte[] cnf;
        public SessionId sid = SessionId.random();
        public String jti = UUID.randomUUID().toString();
        public long seq = 1;
        public Operations operations = Operations.of(Operations.TERMINAL, Operations.EXEC);
        public String account = "service";
        public Instant issuedAt = NOW;
        public Instant notBefore = NOW;
        public Duration start = Ticket.START;
        public Duration lease = Ticket.LEASE;
        public Instant sessionExpires = NOW.plus(Duration.ofHours(1));
        public Demands demands = Demands.NONE;
        public TicketSigningKey key;

        private TicketBuilder(TestInstallation installation, DeviceIdentityPublicKey identity, byte[] m1) {
            device = installation.uid;
            domain = installation.domain;
            user = installation.user;
            thumbprint = identity.thumbprint();
            cnf = Sha256.of(m1);
            key = installation.ticketKey;
        }

        public String sign() {
            return new Ticket(
                            issuer,
                            device,
                            thumbprint,
                            domain,
                            user,
                            "Ada",
                            sid,
                            jti,
                            seq,
                            cnf,
                            operations,
                            account,
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            issuedAt,
                            notBefore,
                            issuedAt.plus(start),
                            issuedAt.plus(lease),
                            sessionExpires,
                            demands)
                    .sign(key);
        }
    }

    private static KeyPair p256() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param pathLength of a CA; -1 for a device */
    private static X509Certificate certificate(
            String issuer, String subject, PublicKey key, KeyPair signer, Optional<String> uri, int pathLength) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Principal(issuer),
                    BigInteger.valueOf(System.nanoTime()),
                    Date.from(NOW.minus(Duration.ofDays(1))),
                    Date.from(NOW.plus(Duration.ofDays(90))),
                    new X500Principal(subject),
                    key);
            builder.addExtension(
                    Extension.basicConstraints,
                    true,
                    pathLength < 0 ? new BasicConstraints(false) : new BasicConstraints(pathLength));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(pathLength < 0 ? KeyUsage.digitalSignature : KeyUsage.keyCertSign));
            if (uri.isPresent()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri.get())));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Changes one character within the signature of a JWS. */
    public static String withBrokenSignature(String jws) {
        int index = jws.lastIndexOf('.') + 20;
        char other = jws.charAt(index) == 'A' ? 'B' : 'A';
        return new ArrayList<>(List.of(jws.substring(0, index), String.valueOf(other), jws.substring(index + 1)))
                .stream().reduce("", String::concat);
    }
}
