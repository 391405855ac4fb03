package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogoutTokensTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private TestRealms realms;
    private LogoutTokens tokens;

    @BeforeEach
    void start() throws Exception {
        realms = new TestRealms();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        tokens = new LogoutTokens(new RealmTokens(TestRealms.CLIENT, realms, clock), clock);
    }

    @AfterEach
    void stop() {
        realms.close();
    }

    private JWTClaimsSet.Builder claims() {
        return realms.logout(NOW);
    }

    private void refused(JWTClaimsSet claims, Reason reason) throws Exception {
        String token = realms.sign("a", claims);
        assertThatThrownBy(() -> tokens.verify(token))
                .isInstanceOfSatisfying(
                        LoginRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void namesTheSessionThatEnds() throws Exception {
        LogoutTokens.Ending ending =
                tokens.verify(TestRealms.sign(realms.key("a"), new JOSEObjectType("logout+jwt"), claims().build()));
        assertThat(ending)
                .isEqualTo(new LogoutTokens.Ending(realms.issuer("a"), "realm-session-1", TestRealms.SUBJECT));
    }

    @Test
    void countsOnce() throws Exception {
        tokens.verify(realms.sign("a", claims().build()));
        refused(claims().build(), Reason.UNKNOWN_STATE);
    }

    @Test
    void tokensOfAnotherKindEndNothing() throws Exception {
        refused(
                realms.id("a", NOW, "nonce")
                        .claim("events", Map.of(TestRealms.LOGOUT, Map.of()))
                        .build(),
                Reason.WRONG_AUDIENCE);
        refused(claims().claim("events", null).build(), Reason.MALFORMED);
        refused(claims().claim("events", Map.of("other", Map.of())).build(), Reason.MALFORMED);
        refused(claims().claim("nonce", "n").build(), Reason.MALFORMED);
        refused(claims().claim("sid", null).subject(null).build(), Reason.MALFORMED);
        refused(claims().jwtID(null).build(), Reason.MALFORMED);
        refused(claims().audience("another-client").build(), Reason.WRONG_AUDIENCE);
        refused(claims().issuer(realms.issuer("b")).build(), Reason.BAD_SIGNATURE);
    }
}
