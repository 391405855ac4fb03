package org.bascule.relay;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import org.bascule.wire.SessionId;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.bascule.wire.relay.TrafficLimits;
import org.bascule.wire.trust.KeySet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys of an installation, its signed key set, and relay tokens. */
public final class TestInstallation {

    public final RootSigningKey root = RootSigningKey.generate();
    public final RelayTokenSigningKey tokenKey = RelayTokenSigningKey.generate();
    private final X509Certificate ca = certificate();

    /** A key set with these relay token keys. */
    public String keySet(long seq, RelayTokenSigningKey... keys) {
        return keySet(root, seq, keys);
    }

    public String keySet(RootSigningKey signer, long seq, RelayTokenSigningKey... keys) {
        Instant now = Instant.now();
        List<KeySet.Entry> entries = java.util.Arrays.stream(keys)
                .map(key -> new KeySet.Entry(
                        KeySet.Role.RELAY_TOKEN,
                        key.publicKey().raw(),
                        now.minus(Duration.ofHours(1)),
                        now.plus(Duration.ofHours(1))))
                .toList();
        return new KeySet("https://bascule.example", signer.publicKey(), seq, entries, List.of(ca)).sign(signer, now);
    }

    /** A valid token; change it with the record's constructor. */
    public static RelayToken token(String relay, SessionId sid, RelayRole role, long attempt, RelayProofKey proof) {
        return token(relay, sid, role, attempt, proof, "tag", TrafficLimits.NONE);
    }

    /** The same for a domain of one's own, with limits. */
    public static RelayToken token(
            String relay,
            SessionId sid,
            RelayRole role,
            long attempt,
            RelayProofKey proof,
            String tag,
            TrafficLimits limits) {
        Instant now = Instant.now();
        return new RelayToken(
                relay,
                sid,
                role,
                attempt,
                now,
                now.plusSeconds(60),
                UUID.randomUUID().toString(),
                proof.publicKey(),
                tag,
                false,
                limits);
    }

    private static X509Certificate certificate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            X500Name name = new X500Name("CN=test CA");
            Instant now = Instant.now();
            return new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    name,
                                    BigInteger.ONE,
                                    Date.from(now.minusSeconds(60)),
                                    Date.from(now.plusSeconds(3600)),
                                    name,
                                    pair.getPublic())
                            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
