package org.bascule.web.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.site.PublicUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoginFlowTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final PublicUrl SITE = PublicUrl.parse("https://bascule.example");

    private TestRealms realms;
    private LoginFlow flow;

    @BeforeEach
    void start() throws Exception {
        realms = new TestRealms();
        flow = new LoginFlow(TestRealms.CLIENT, SITE, new RealmTokens(TestRealms.CLIENT, realms, CLOCK), CLOCK);
    }

    @AfterEach
    void stop() {
        realms.close();
    }

    private void refused(PendingLogin login, String issuer, String code, Reason reason) {
        assertThatThrownBy(() -> flow.finish(login, issuer, code))
                .isInstanceOfSatisfying(
                        LoginRefusedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void authorizationCarriesStateNonceAndChallengeOfThisLogin() {
        PendingLogin login = flow.start(realms.realm("a"), "/devices");
        URI uri = flow.authorization(login);
        assertThat(uri.toString()).startsWith(realms.issuer("a") + "/protocol/openid-connect/auth?");
        Map<String, List<String>> query = URLUtils.parseParameters(uri.getRawQuery());
        assertThat(query)
                .containsEntry("response_type", List.of("code"))
                .containsEntry("client_id", List.of("bascule-web"))
                .containsEntry("redirect_uri", List.of("https://bascule.example/callback"))
                .containsEntry("state", List.of(login.state()))
                .containsEntry("nonce", List.of(login.nonce()))
                .containsEntry("code_challenge_method", List.of("S256"))
                .containsEntry(
                        "code_challenge",
                        List.of(CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(login.verifier()))
                                .getValue()));
        assertThat(Objects.requireNonNull(query.get("scope")).get(0)).contains("openid");
        assertThat(uri.toString()).doesNotContain(login.verifier()).doesNotContain("client-secret");
    }

    /** The answer says who it is; that it must be the same is in the pending login. */
    @Test
    void whoIsSignedInIsAskedForMoreAsTheSamePerson() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/devices", TestRealms.SUBJECT);
        assertThat(login.subject()).isEqualTo(TestRealms.SUBJECT);
        Map<String, List<String>> query = URLUtils.parseParameters(
                flow.authorization(login, Map.of("second_factor", "fresh")).getRawQuery());
        assertThat(query)
                .containsEntry("second_factor", List.of("fresh"))
                .containsEntry("state", List.of(login.state()))
                .containsKey("code_challenge");
        realms.idTokens.put(
                "code-1",
                realms.sign(
                        "a",
                        realms.id("a", NOW, login.nonce())
                                .claim("second_factor_at", NOW.minusSeconds(7).getEpochSecond())
                                .build()));
        assertThat(flow.finish(login, realms.issuer("a"), "code-1").proof().secondFactorAt())
                .isEqualTo(NOW.minusSeconds(7));
    }

    @Test
    void everyLoginHasItsOwnSecrets() {
        PendingLogin one = flow.start(realms.realm("a"), "/");
        PendingLogin two = flow.start(realms.realm("a"), "/");
        assertThat(List.of(one.state(), one.nonce(), one.verifier(), two.state(), two.nonce(), two.verifier()))
                .doesNotHaveDuplicates()
                .allSatisfy(secret -> assertThat(secret.length()).isGreaterThanOrEqualTo(43));
        assertThat(one.toString()).doesNotContain(one.state()).doesNotContain(one.verifier());
    }

    @Test
    void goodAnswerEndsInTheDomainItWasStartedFor() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1", realms.sign("a", realms.id("a", NOW, login.nonce()).build()));
        FinishedLogin signedIn = flow.finish(login, realms.issuer("a"), "code-1");
        assertThat(signedIn.proof().realm()).isEqualTo(realms.realm("a"));
        assertThat(signedIn.proof().subject()).isEqualTo(TestRealms.SUBJECT);
        assertThat(signedIn.proof().acr()).isEqualTo("1");
        assertThat(signedIn.proof().authTime()).isEqualTo(NOW);
        assertThat(signedIn.proof().way()).isEqualTo(Identity.Way.COOKIE);
        assertThat(signedIn.proof().realmSession()).isEqualTo("realm-session-1");
        assertThat(signedIn.proof().issued()).isEqualTo(NOW);
        assertThat(signedIn.proof().secondFactorAt()).isNull();
        assertThat(signedIn.csrf()).hasSizeGreaterThanOrEqualTo(43);
        assertThat(signedIn.toString()).doesNotContain(signedIn.csrf()).doesNotContain(signedIn.idToken());

        Map<String, List<String>> request = Objects.requireNonNull(realms.tokenRequest);
        assertThat(request)
                .containsEntry("grant_type", List.of("authorization_code"))
                .containsEntry("code_verifier", List.of(login.verifier()))
                .containsEntry("redirect_uri", List.of("https://bascule.example/callback"));
        assertThat(realms.tokenAuthorization)
                .isEqualTo("Basic "
                        + Base64.getEncoder()
                                .encodeToString("bascule-web:client-secret".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void answerOfAnotherRealmIsMixedUpBeforeItsCodeIsUsed() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1", realms.sign("b", realms.id("b", NOW, login.nonce()).build()));
        refused(login, realms.issuer("b"), "code-1", Reason.MIXED_UP);
        assertThat(realms.tokenRequest).isNull();
    }

    @Test
    void idTokenOfAnotherRealmIsMixedUp() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1", realms.sign("b", realms.id("b", NOW, login.nonce()).build()));
        refused(login, realms.issuer("a"), "code-1", Reason.MIXED_UP);
        realms.idTokens.put(
                "code-2", realms.sign("b", realms.id("b", NOW, login.nonce()).build()));
        assertThatThrownBy(() -> flow.finish(login, null, "code-2")).isInstanceOf(LoginRefusedException.class);
    }

    @Test
    void idTokenOfAnotherRealmUnderThisIssuerDoesNotVerify() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1", realms.sign("b", realms.id("a", NOW, login.nonce()).build()));
        refused(login, realms.issuer("a"), "code-1", Reason.BAD_SIGNATURE);
    }

    @Test
    void idTokenOfAnotherLoginIsMixedUp() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1",
                realms.sign(
                        "a",
                        realms.id("a", NOW, flow.start(realms.realm("a"), "/").nonce())
                                .build()));
        refused(login, realms.issuer("a"), "code-1", Reason.MIXED_UP);
        realms.idTokens.put(
                "code-2",
                realms.sign("a", realms.id("a", NOW, "x").claim("nonce", null).build()));
        refused(login, realms.issuer("a"), "code-2", Reason.MIXED_UP);
    }

    @Test
    void accessTokenIsNoIdToken() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1",
                realms.sign(
                        "a",
                        realms.access("a", NOW).claim("nonce", login.nonce()).build()));
        refused(login, realms.issuer("a"), "code-1", Reason.WRONG_AUDIENCE);
    }

    @Test
    void refusedOrMissingCodeIsDenied() {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        refused(login, realms.issuer("a"), "unknown-code", Reason.DENIED);
        assertThatThrownBy(() -> flow.finish(login, realms.issuer("a"), null))
                .isInstanceOfSatisfying(
                        LoginRefusedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DENIED));
    }

    @Test
    void silentProviderIsTold() {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.close();
        refused(login, realms.issuer("a"), "code", Reason.PROVIDER);
    }

    @Test
    void logOutGoesToTheRealmAndComesBackToTheLoginPage() throws Exception {
        PendingLogin login = flow.start(realms.realm("a"), "/");
        realms.idTokens.put(
                "code-1", realms.sign("a", realms.id("a", NOW, login.nonce()).build()));
        FinishedLogin signedIn = flow.finish(login, realms.issuer("a"), "code-1");
        URI uri = flow.endSession(TestLogins.of(signedIn));
        assertThat(uri.toString()).startsWith(realms.issuer("a") + "/protocol/openid-connect/logout?");
        assertThat(URLUtils.parseParameters(uri.getRawQuery()))
                .containsEntry("id_token_hint", List.of(signedIn.idToken()))
                .containsEntry("post_logout_redirect_uri", List.of("https://bascule.example/login"));
    }
}
