package org.bascule.web.login;

import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.bascule.web.login.LoginRefusedException.Reason;
import org.bascule.web.login.RealmTokens.Kind;
import org.bascule.web.login.RealmTokens.Verified;
import org.bascule.web.site.PublicUrl;
import org.jspecify.annotations.Nullable;

/**
 * OpenID Connect, authorization code flow with PKCE S256, state and nonce, against the realm of the domain that was asked for (OpenID Connect
 * Core 1.0, RFC 7636, RFC 9207).
 *
 * <p>Guarantee: what {@link #finish} returns belongs to the domain for which the login was started. The issuer in the answer, the realm whose
 * key signed the ID token, and the realm in the pending login must be one.
 */
final class LoginFlow {

    /** A browser login ends after this at the latest, whatever its domain says. */
    static final Duration LONGEST = Duration.ofDays(30);

    private static final int PROVIDER_MILLIS = 10_000;

    private final Client client;
    private final PublicUrl site;
    private final RealmTokens tokens;
    private final Clock clock;

    LoginFlow(Client client, PublicUrl site, RealmTokens tokens, Clock clock) {
        this.client = client;
        this.site = site;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** A login of whoever it is. */
    PendingLogin start(Realm realm, String next) {
        return start(realm, next, null);
    }

    /** One that must end with this subject, if it names one: somebody who is signed in proves more, or changes a factor. */
    PendingLogin start(Realm realm, String next, @Nullable String subject) {
        return new PendingLogin(
                realm,
                new State(32).getValue(),
                new Nonce(32).getValue(),
                new CodeVerifier().getValue(),
                next,
                clock.instant(),
                subject);
    }

    /** Where the browser goes to sign in. */
    URI authorization(PendingLogin login) {
        return authorization(login, Map.of());
    }

    /**
     * The same with something more that the realm is asked for.
     *
     * @param more parameters of the realm's own
     */
    URI authorization(PendingLogin login, Map<String, String> more) {
        AuthenticationRequest.Builder request = new AuthenticationRequest.Builder(
                        ResponseType.CODE, new Scope("openid", "profile"), new ClientID(client.id()), callback())
                .endpointURI(login.realm().authorizationEndpoint())
                .state(new State(login.state()))
                .nonce(new Nonce(login.nonce()))
                .codeChallenge(new CodeVerifier(login.verifier()), CodeChallengeMethod.S256);
        more.forEach(request::customParameter);
        return request.build().toURI();
    }

    /**
     * Exchanges the code and verifies what comes back.
     *
     * @param login the one with the state of the answer, from this browser
     * @param issuer {@code iss} of the answer, against mix-up (RFC 9207)
     * @param code {@code code} of the answer
     */
    FinishedLogin finish(PendingLogin login, @Nullable String issuer, @Nullable String code)
            throws LoginRefusedException {
        if (issuer != null && !issuer.equals(login.realm().issuer())) {
            throw new LoginRefusedException(Reason.MIXED_UP, "the answer is another realm's");
        }
        if (code == null || code.isEmpty()) {
            throw new LoginRefusedException(Reason.DENIED, "the realm gave no code");
        }
        String idToken = exchange(login, code);
        Verified verified = tokens.verify(idToken, Kind.ID);
        if (!verified.realm().equals(login.realm())) {
            throw new LoginRefusedException(Reason.MIXED_UP, "the ID token is another realm's");
        }
        if (!login.nonce().equals(verified.optionalText("nonce", 200))) {
            throw new LoginRefusedException(Reason.MIXED_UP, "the ID token is another login's");
        }
        return new FinishedLogin(
                Proof.of(verified, Identity.Way.COOKIE, clock.instant().plus(LONGEST)),
                idToken,
                new State(32).getValue());
    }

    private String exchange(PendingLogin login, String code) throws LoginRefusedException {
        TokenRequest request = new TokenRequest.Builder(
                        login.realm().tokenEndpoint(),
                        new ClientSecretBasic(new ClientID(client.id()), client.secret()),
                        new AuthorizationCodeGrant(
                                new AuthorizationCode(code), callback(), new CodeVerifier(login.verifier())))
                .build();
        try {
            HTTPRequest http = request.toHTTPRequest();
            http.setConnectTimeout(PROVIDER_MILLIS);
            http.setReadTimeout(PROVIDER_MILLIS);
            http.setFollowRedirects(false);
            TokenResponse response = OIDCTokenResponseParser.parse(http.send());
            if (!(response instanceof OIDCTokenResponse success)) {
                String error = response.toErrorResponse().getErrorObject().getCode();
                throw new LoginRefusedException(Reason.DENIED, "the realm refused the code: " + error);
            }
            String idToken = success.getOIDCTokens().getIDTokenString();
            BearerAccessToken access = success.getOIDCTokens().getBearerAccessToken();
            if (idToken == null || access == null) {
                throw new LoginRefusedException(Reason.MALFORMED, "the realm gave no tokens");
            }
            return idToken;
        } catch (IOException e) {
            throw new LoginRefusedException(Reason.PROVIDER, "the identity provider does not answer", e);
        } catch (ParseException e) {
            throw new LoginRefusedException(Reason.MALFORMED, "the identity provider's answer is not readable", e);
        }
    }

    /** Where the browser goes to end its session at the realm, and comes back from to the login page. */
    URI endSession(SignedIn login) throws LoginRefusedException {
        try {
            return new LogoutRequest(
                            login.identity().realm().endSessionEndpoint(),
                            com.nimbusds.jwt.SignedJWT.parse(login.idToken()),
                            null,
                            new ClientID(client.id()),
                            URI.create(site.at("/login")),
                            null,
                            null)
                    .toURI();
        } catch (java.text.ParseException e) {
            throw new LoginRefusedException(Reason.MALFORMED, "the kept ID token is not readable", e);
        }
    }

    private URI callback() {
        return URI.create(site.at("/callback"));
    }
}
