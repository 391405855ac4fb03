package org.bascule.relay.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.bascule.relay.TestInstallation;
import org.bascule.wire.Bytes;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.relay.ProbeToken;
import org.bascule.wire.relay.RelayProof;
import org.bascule.wire.relay.RelayRole;
import org.bascule.wire.relay.RelayToken;
import org.junit.jupiter.api.Test;

class TokenGateTest {

    private final TestInstallation installation = new TestInstallation();
    private final RelayProofKey proof = RelayProofKey.generate();
    private final SessionId sid = SessionId.random();
    private Instant now = Instant.now();
    private final TokenGate gate = new TokenGate(
            "r",
            new InstallationKeys(
                    installation.root.publicKey().hash(),
                    () -> installation.keySet(1, installation.tokenKey),
                    new KeySetFile(Optional.empty()),
                    Runnable::run,
                    () -> now),
            () -> now);

    private RelayToken token() {
        return TestInstallation.token("r", sid, RelayRole.CLIENT, 3, proof);
    }

    private static WireException.Reason refusal(CompletionStage<?> checked) {
        try {
            checked.toCompletableFuture().join();
            throw new AssertionError("admitted");
        } catch (CompletionException e) {
            if (e.getCause() instanceof WireException refusal) {
                return refusal.reason();
            }
            throw new AssertionError("another failure", e);
        }
    }

    @Test
    void admitsItsOwn() throws WireException {
        RelayToken token = gate.check(token().sign(installation.tokenKey), sid)
                .toCompletableFuture()
                .join();
        assertThat(token.attempt()).isEqualTo(3);
        byte[] nonce = new byte[32];
        gate.prove(token, nonce, proof.sign(RelayProof.signedBytes("r", nonce, sid, RelayRole.CLIENT)));
    }

    @Test
    void refusesOthers() {
        assertThat(refusal(gate.check("x.y", sid))).isEqualTo(WireException.Reason.MALFORMED);
        assertThat(refusal(gate.check("x".repeat(2_049), sid))).isEqualTo(WireException.Reason.TOO_LARGE);
        assertThat(refusal(gate.check(token().sign(RelayTokenSigningKey.generate()), sid)))
                .isEqualTo(WireException.Reason.BAD_SIGNATURE);
        assertThat(refusal(gate.check(token().sign(installation.tokenKey), SessionId.random())))
                .isEqualTo(WireException.Reason.FOREIGN);
        assertThat(refusal(gate.check(
                        TestInstallation.token("other", sid, RelayRole.CLIENT, 0, proof)
                                .sign(installation.tokenKey),
                        sid)))
                .isEqualTo(WireException.Reason.FOREIGN);
        String signed = token().sign(installation.tokenKey);
        now = now.plusSeconds(62);
        assertThat(refusal(gate.check(signed, sid))).isEqualTo(WireException.Reason.EXPIRED);
    }

    @Test
    void aProbeNeedsATokenOfItsOwn() {
        ProbeToken token = new ProbeToken(now, now.plus(ProbeToken.VALIDITY), "jti");
        String signed = token.sign(installation.tokenKey);
        for (int i = 0; i < 2; i++) {
            assertThat(gate.checkProbe(signed).toCompletableFuture().join().jti())
                    .as("more than once")
                    .isEqualTo("jti");
        }
        assertThat(refusal(gate.check(signed, sid))).isEqualTo(WireException.Reason.MALFORMED);
        assertThat(refusal(gate.checkProbe(token().sign(installation.tokenKey))))
                .isEqualTo(WireException.Reason.MALFORMED);
        assertThat(refusal(gate.checkProbe("x"))).isEqualTo(WireException.Reason.MALFORMED);
        assertThat(refusal(gate.checkProbe(token.sign(RelayTokenSigningKey.generate()))))
                .isEqualTo(WireException.Reason.BAD_SIGNATURE);
        now = now.plus(ProbeToken.VALIDITY).plusSeconds(1);
        assertThat(refusal(gate.checkProbe(signed))).isEqualTo(WireException.Reason.EXPIRED);
    }

    @Test
    void proofIsBoundToRelayNonceSessionAndRole() {
        byte[] nonce = {
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
            30, 31, 32
        };
        RelayToken token = token();
        byte[][] wrong = {
            proof.sign(RelayProof.signedBytes("other", nonce, sid, RelayRole.CLIENT)),
            proof.sign(RelayProof.signedBytes("r", new byte[32], sid, RelayRole.CLIENT)),
            proof.sign(RelayProof.signedBytes("r", nonce, SessionId.random(), RelayRole.CLIENT)),
            proof.sign(RelayProof.signedBytes("r", nonce, sid, RelayRole.DEVICE)),
            RelayProofKey.generate().sign(RelayProof.signedBytes("r", nonce, sid, RelayRole.CLIENT)),
            new byte[64],
            new byte[0],
        };
        for (byte[] signature : wrong) {
            assertThatThrownBy(() -> gate.prove(token, nonce, signature)).isInstanceOf(WireException.class);
        }
        byte[] right = proof.sign(RelayProof.signedBytes("r", nonce, sid, RelayRole.CLIENT));
        assertThatCode(() -> gate.prove(token, nonce, right)).doesNotThrowAnyException();
        assertThatThrownBy(() -> gate.prove(token, nonce, right))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.REPLAYED));
    }

    /** Who holds one may come again, if he proves a higher attempt; nobody else can, and an attempt cannot be changed on the way. */
    @Test
    void reserveTokensAreUsedWithRisingAttempts() throws WireException {
        RelayToken issued = new RelayToken(
                "r",
                sid,
                RelayRole.CLIENT,
                2,
                now,
                now.plus(RelayToken.RESERVE_VALIDITY),
                "jti-reserve",
                proof.publicKey(),
                "tag",
                true);
        RelayToken token = gate.check(issued.sign(installation.tokenKey), sid)
                .toCompletableFuture()
                .join();
        assertThat(token.reserve()).isTrue();
        byte[] nonce = new byte[32];
        assertThat(gate.prove(token, nonce, proved(nonce, 2, 2)).attempt()).isEqualTo(2);
        assertThat(gate.prove(token, nonce, proved(nonce, 5, 5)).attempt()).isEqualTo(5);
        byte[] plain = proof.sign(RelayProof.signedBytes("r", nonce, sid, RelayRole.CLIENT));
        byte[][] wrong = {
            proved(nonce, 5, 5),
            proved(nonce, 4, 4),
            proved(nonce, 1, 1),
            proved(nonce, 7, 6),
            plain,
            new byte[3],
            new byte[68]
        };
        for (byte[] message : wrong) {
            assertThatThrownBy(() -> gate.prove(token, nonce, message)).isInstanceOf(WireException.class);
        }
        assertThat(gate.prove(token, nonce, proved(nonce, 6, 6)).attempt()).isEqualTo(6);
        // a token for one connection is no token in reserve
        assertThatThrownBy(() -> gate.prove(token(), nonce, proved(nonce, 9, 9)))
                .isInstanceOf(WireException.class);
    }

    private byte[] proved(byte[] nonce, long said, long signed) {
        return Bytes.writer()
                .u32(said)
                .bytes(proof.sign(RelayProof.signedBytes("r", nonce, sid, RelayRole.CLIENT, signed)))
                .toByteArray();
    }

    @Test
    void tokensInReserveLiveAsLongAsALeaseAndNoLonger() {
        assertThatThrownBy(() -> new RelayToken(
                        "r", sid, RelayRole.CLIENT, 1, now, now.plusSeconds(301), "j", proof.publicKey(), "t", true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RelayToken(
                        "r", sid, RelayRole.CLIENT, 1, now, now.plusSeconds(61), "j", proof.publicKey(), "t"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RelayToken(
                        "r", sid, RelayRole.CLIENT, 0, now, now.plusSeconds(61), "j", proof.publicKey(), "t", true))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void usedTokensAreForgottenOnlyWhenExpiredAndTheirNumberIsBounded() throws WireException {
        SeenTokens seen = new SeenTokens(2);
        seen.accept("a", 0, now.plusSeconds(60), now);
        seen.accept("b", 0, now.plusSeconds(30), now);
        assertThatThrownBy(() -> seen.accept("c", 0, now.plusSeconds(60), now))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.TOO_LARGE));
        now = now.plusSeconds(31);
        seen.accept("c", 0, now.plusSeconds(60), now);
        assertThatThrownBy(() -> seen.accept("a", 0, now.plusSeconds(60), now))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(WireException.Reason.REPLAYED));
        assertThat(seen.size()).isEqualTo(2);
    }
}
