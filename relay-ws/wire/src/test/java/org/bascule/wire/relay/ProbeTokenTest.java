package org.bascule.wire.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.bascule.wire.jws.Jws;
import org.bascule.wire.keys.ControlSigningKey;
import org.bascule.wire.keys.RelayProofKey;
import org.bascule.wire.keys.RelayTokenSigningKey;
import org.bascule.wire.keys.RootSigningKey;
import org.bascule.wire.trust.KeySet;
import org.bascule.wire.trust.KeySetRequest;
import org.bascule.wire.trust.TestCa;
import org.junit.jupiter.api.Test;

class ProbeTokenTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final RelayTokenSigningKey KEY = RelayTokenSigningKey.generate();
    private static final ControlSigningKey CONTROL = ControlSigningKey.generate();

    private final KeySet keys;

    ProbeTokenTest() throws WireException {
        RootSigningKey root = RootSigningKey.generate();
        Instant from = NOW.minusSeconds(60);
        Instant to = NOW.plus(Duration.ofDays(1));
        keys = KeySet.verify(
                new KeySetRequest(
                                "https://access.example",
                                1,
                                List.of(
                                        new KeySet.Entry(
                                                KeySet.Role.RELAY_TOKEN,
                                                KEY.publicKey().raw(),
                                                from,
                                                to),
                                        new KeySet.Entry(
                                                KeySet.Role.CONTROL,
                                                CONTROL.publicKey().raw(),
                                                from,
                                                to)),
                                List.of(TestCa.certificate()))
                        .sign(root, NOW),
                root.publicKey());
    }

    @Test
    void aTokenComesBackAsItWasSigned() throws WireException {
        ProbeToken token = new ProbeToken(NOW, NOW.plus(ProbeToken.VALIDITY), "jti");
        String text = token.sign(KEY);
        assertThat(ProbeToken.verify(text, keys, NOW)).isEqualTo(token);
        assertThat(ProbeToken.kid(text)).isEqualTo(KEY.publicKey().kid());
    }

    @Test
    void itHoldsForHalfAnHourAtMost() {
        String text = new ProbeToken(NOW, NOW.plusSeconds(60), "jti").sign(KEY);
        assertRefused(text, NOW.plusSeconds(61), WireException.Reason.EXPIRED);
        assertRefused(text, NOW.minusSeconds(31), WireException.Reason.EXPIRED);
        assertThatThrownBy(() -> new ProbeToken(NOW, NOW.plus(Duration.ofMinutes(31)), "jti"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyARelayTokenKeyOfTheSetSignsIt() {
        assertRefused(
                new ProbeToken(NOW, NOW.plusSeconds(60), "jti").sign(RelayTokenSigningKey.generate()),
                NOW,
                WireException.Reason.BAD_SIGNATURE);
        String other = Jws.sign(
                ProbeToken.TYP,
                jakarta.json.Json.createObjectBuilder().add("jti", "x").build(),
                CONTROL);
        assertRefused(other, NOW, WireException.Reason.BAD_SIGNATURE);
    }

    @Test
    void aProbeTokenAdmitsToNoSessionAndARelayTokenToNoProbe() {
        String probe = new ProbeToken(NOW, NOW.plusSeconds(60), "jti").sign(KEY);
        assertThatThrownBy(() -> RelayToken.verify(probe, keys, NOW)).isInstanceOf(WireException.class);
        String relay = new RelayToken(
                        "r1",
                        SessionId.random(),
                        RelayRole.CLIENT,
                        0,
                        NOW,
                        NOW.plusSeconds(60),
                        "jti",
                        RelayProofKey.generate().publicKey(),
                        "tag")
                .sign(KEY);
        assertRefused(relay, NOW, WireException.Reason.MALFORMED);
    }

    private void assertRefused(String text, Instant at, WireException.Reason reason) {
        assertThatThrownBy(() -> ProbeToken.verify(text, keys, at))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }
}
