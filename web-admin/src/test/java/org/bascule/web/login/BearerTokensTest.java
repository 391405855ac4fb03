package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BearerTokensTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private TestRealms realms;
    private BearerTokens bearers;

    @BeforeEach
    void start() throws Exception {
        realms = new TestRealms();
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        bearers = new BearerTokens(new RealmTokens(TestRealms.CLIENT, realms, clock), clock);
    }

    @AfterEach
    void stop() {
        realms.close();
    }

    private Proof proof(String token) throws LoginRefusedException {
        return bearers.proof(token, () -> {});
    }

    private void refused(String token, Reason reason) {
        assertThatThrownBy(() -> proof(token)).isInstanceOfSatisfying(LoginRefusedException.class, e -> {
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e).hasMessageMatching("[A-Za-z :/.0-9_-]{1,100}");
        });
    }

    @Test
    void goodTokenNamesUserAndDomain() throws Exception {
        Proof proof = proof(realms.sign("a", realms.access("a", NOW).build()));
        assertThat(proof.realm().domainId()).isEqualTo("domain-a");
        assertThat(proof.subject()).isEqualTo(TestRealms.SUBJECT);
        assertThat(proof.userName()).isEqualTo("anna");
        assertThat(proof.way()).isEqualTo(Identity.Way.BEARER);
        assertThat(proof.until()).isEqualTo(NOW.plusSeconds(300));
        assertThat(proof.realmSession()).isEmpty();
        assertThat(proof.secondFactorAt()).isNull();
    }

    /** What the realm signed before it went away is good to its end; a key that it has had since cannot be known, and is no guess. */
    @Test
    void keysAreUsedOnWhileTheRealmIsAway() throws Exception {
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        RealmTokens tokens = new RealmTokens(TestRealms.CLIENT, realms, clock, Duration.ofMillis(100));
        BearerTokens old = new BearerTokens(tokens, clock);
        old.proof(realms.sign("a", realms.access("a", NOW).jwtID("1").build()), () -> {});
        realms.close();
        Thread.sleep(200);
        String another = realms.sign("a", realms.access("a", NOW).jwtID("2").build());
        assertThat(old.proof(another, () -> {}).subject()).isEqualTo(TestRealms.SUBJECT);
        realms.rollKey("a");
        String byNewKey = realms.sign("a", realms.access("a", NOW).jwtID("3").build());
        assertThatThrownBy(() -> old.proof(byNewKey, () -> {}))
                .isInstanceOfSatisfying(
                        LoginRefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PROVIDER));
    }

    @Test
    void sessionAndSecondFactorAreTheRealmsWord() throws Exception {
        Proof proof = proof(realms.sign(
                "a",
                realms.access("a", NOW)
                        .claim("sid", "realm-session-1")
                        .claim("second_factor_at", NOW.minusSeconds(60).getEpochSecond())
                        .build()));
        assertThat(proof.realmSession()).isEqualTo("realm-session-1");
        assertThat(proof.secondFactorAt()).isEqualTo(NOW.minusSeconds(60));
        for (Object wrong : List.of("yesterday", List.of(1), Boolean.TRUE)) {
            refused(
                    realms.sign(
                            "a",
                            realms.access("a", NOW)
                                    .claim("second_factor_at", wrong)
                                    .build()),
                    Reason.MALFORMED);
        }
    }

    @Test
    void claimsDoNotChangeTheDomain() throws Exception {
        JWTClaimsSet claims = realms.access("a", NOW)
                .claim("domain", "b")
                .claim("dom", "domain-b")
                .claim("realm", "b")
                .claim("groups", List.of("Owners"))
                .build();
        assertThat(proof(realms.sign("a", claims)).realm().domainId()).isEqualTo("domain-a");
    }

    @Test
    void issuerOfAnotherRealmNeedsItsKey() throws Exception {
        refused(realms.sign("a", realms.access("b", NOW).build()), Reason.BAD_SIGNATURE);
    }

    @Test
    void keyIdOfAnotherRealmDoesNotHelp() throws Exception {
        String token = TestRealms.sign(
                TestRealms.newKey("b"),
                JOSEObjectType.JWT,
                realms.access("b", NOW).build());
        refused(token, Reason.BAD_SIGNATURE);
    }

    @Test
    void realmWithoutDomainIsUnknownAndNeverAsked() throws Exception {
        refused(realms.sign("c", realms.access("c", NOW).build()), Reason.UNKNOWN_ISSUER);
        assertThat(realms.keyRequests).hasValue(0);
    }

    @Test
    void issuersThatLookAlikeAreUnknown() throws Exception {
        for (String issuer : List.of(
                realms.issuer("a") + "/",
                realms.issuer("a").toUpperCase(java.util.Locale.ROOT),
                realms.issuer("a") + "/../b",
                "http://127.0.0.1/realms/a",
                "https://elsewhere.example/realms/a")) {
            refused(realms.sign("a", realms.access("a", NOW).issuer(issuer).build()), Reason.UNKNOWN_ISSUER);
        }
        refused(realms.sign("a", realms.access("a", NOW).issuer(null).build()), Reason.UNKNOWN_ISSUER);
        assertThat(realms.keyRequests).hasValue(0);
    }

    @Test
    void audienceIsTheApi() throws Exception {
        for (Object audience : List.of("account", "bascule-web", "bascule-api-2", List.of("a", "b"))) {
            refused(
                    realms.sign(
                            "a", realms.access("a", NOW).claim("aud", audience).build()),
                    Reason.WRONG_AUDIENCE);
        }
    }

    @Test
    void tokensOfAnotherKindAreNotAccessTokens() throws Exception {
        for (String kind : List.of("ID", "Refresh", "Logout")) {
            refused(realms.sign("a", realms.access("a", NOW).claim("typ", kind).build()), Reason.WRONG_AUDIENCE);
        }
        refused(
                TestRealms.sign(
                        realms.key("a"),
                        new JOSEObjectType("logout+jwt"),
                        realms.access("a", NOW).build()),
                Reason.BAD_SIGNATURE);
    }

    @Test
    void timeCountsWithThirtySecondsOfSkew() throws Exception {
        proof(realms.sign("a", realms.access("a", NOW.minusSeconds(329)).build()));
        refused(realms.sign("a", realms.access("a", NOW.minusSeconds(330)).build()), Reason.EXPIRED);
        proof(realms.sign("a", realms.access("a", NOW.plusSeconds(30)).build()));
        refused(realms.sign("a", realms.access("a", NOW.plusSeconds(31)).build()), Reason.EXPIRED);
        refused(
                realms.sign(
                        "a",
                        realms.access("a", NOW)
                                .notBeforeTime(Date.from(NOW.plusSeconds(31)))
                                .build()),
                Reason.EXPIRED);
        refused(realms.sign("a", realms.access("a", NOW).expirationTime(null).build()), Reason.MALFORMED);
        refused(realms.sign("a", realms.access("a", NOW).issueTime(null).build()), Reason.MALFORMED);
    }

    /** A signature is checked once in a while, the time always. */
    @Test
    void knownTokenStillExpires() throws Exception {
        Instant[] now = {NOW};
        Clock clock = new Clock() {
            @Override
            public Instant instant() {
                return now[0];
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
        bearers = new BearerTokens(new RealmTokens(TestRealms.CLIENT, realms, clock), clock);
        String token =
                realms.sign("a", realms.access("a", NOW.minusSeconds(310)).build());
        assertThat(proof(token)).isEqualTo(proof(token));
        now[0] = NOW.plusSeconds(19);
        proof(token);
        now[0] = NOW.plusSeconds(20);
        refused(token, Reason.EXPIRED);
        now[0] = NOW;
        String changed = token.substring(0, token.length() - 8) + "AAAAAAAA";
        refused(changed, Reason.BAD_SIGNATURE);
    }

    @Test
    void unsignedTokensAreNone() throws Exception {
        refused(new PlainJWT(realms.access("a", NOW).build()).serialize(), Reason.MALFORMED);
    }

    @Test
    void publicKeyIsNoSharedSecret() throws Exception {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("a").build(),
                realms.access("a", NOW).build());
        jwt.sign(new MACSigner(realms.key("a").toRSAPublicKey().getEncoded()));
        refused(jwt.serialize(), Reason.BAD_SIGNATURE);
    }

    @Test
    void keyInTheTokenIsNotUsed() throws Exception {
        RSAKey own = TestRealms.newKey("own");
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(own.toPublicJWK()).build(),
                realms.access("a", NOW).build());
        jwt.sign(new com.nimbusds.jose.crypto.RSASSASigner(own));
        refused(jwt.serialize(), Reason.BAD_SIGNATURE);
    }

    @Test
    void changedClaimsDoNotVerify() throws Exception {
        String[] good = realms.sign("a", realms.access("a", NOW).build()).split("\\.");
        String[] other = realms.sign(
                        "a",
                        realms.access("a", NOW)
                                .subject("00000000-0000-4000-8000-000000000000")
                                .build())
                .split("\\.");
        refused(good[0] + "." + other[1] + "." + good[2], Reason.BAD_SIGNATURE);
    }

    @Test
    void subjectIsAUuidAndTheNameIsShort() throws Exception {
        refused(realms.sign("a", realms.access("a", NOW).subject("root").build()), Reason.MALFORMED);
        refused(realms.sign("a", realms.access("a", NOW).subject(null).build()), Reason.MALFORMED);
        refused(
                realms.sign(
                        "a",
                        realms.access("a", NOW)
                                .claim("preferred_username", "n".repeat(300))
                                .build()),
                Reason.MALFORMED);
    }

    @Test
    void nonsenseIsMalformed() {
        for (String token : List.of("", "x", "a.b.c", "..", "x".repeat(20_000))) {
            refused(token, Reason.MALFORMED);
        }
        assertThatThrownBy(() -> BearerTokens.token("Basic dXNlcjpwYXNz")).isInstanceOf(LoginRefusedException.class);
    }

    @Test
    void newKeyIsFoundAndForgedKeyIdsDoNotHammerTheProvider() throws Exception {
        proof(realms.sign("a", realms.access("a", NOW).build()));
        realms.rollKey("a");
        proof(realms.sign("a", realms.access("a", NOW).build()));
        RSAKey own = TestRealms.newKey("own");
        for (int i = 0; i < 20; i++) {
            String forged = TestRealms.sign(
                    new RSAKey.Builder(own).keyID("forged-" + i).build(),
                    JOSEObjectType.JWT,
                    realms.access("a", NOW).build());
            assertThatThrownBy(() -> proof(forged)).isInstanceOf(LoginRefusedException.class);
        }
        assertThat(realms.keyRequests.get()).isBetween(2, 4);
    }

    @Test
    void providerThatDoesNotAnswerIsTold() throws Exception {
        String token = realms.sign("a", realms.access("a", NOW).build());
        realms.close();
        refused(token, Reason.PROVIDER);
    }

    @Test
    void aSignatureIsNotLookedAtForWhoIsBlockedUnlessItWasBefore() throws Exception {
        String token = realms.sign("a", realms.access("a", NOW).build());
        BearerTokens.Admission blocked = () -> {
            throw new LoginRefusedException(Reason.BLOCKED, "the address is blocked");
        };
        assertThatThrownBy(() -> bearers.proof(token, blocked))
                .isInstanceOfSatisfying(
                        LoginRefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BLOCKED));
        Proof before = proof(token);
        assertThat(bearers.proof(token, blocked)).isEqualTo(before);
    }
}
