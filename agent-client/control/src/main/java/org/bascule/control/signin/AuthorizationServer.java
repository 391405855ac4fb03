package org.bascule.control.signin;

import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.control.server.ServerUrl;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * A realm as an OAuth client sees it: OpenID Connect discovery, authorization code, device grant (RFC 8628), token and revocation endpoints.
 *
 * @param issuer as configured; discovery must name the same
 */
final class AuthorizationServer {

    static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
    private static final int MAX_ANSWER = 256 * 1_024;
    private static final int MAX_TOKEN = 32 * 1_024;

    private final Http http;
    private final String issuer;
    private final String clientId;
    private final StrictJson metadata;

    private AuthorizationServer(Http http, String issuer, String clientId, StrictJson metadata) {
        this.http = http;
        this.issuer = issuer;
        this.clientId = clientId;
        this.metadata = metadata;
    }

    static AuthorizationServer discover(Http http, String issuer, String clientId) throws CommandException {
        URI url = ServerUrl.parse(issuer);
        Http.Answer answer = http.get(URI.create(url + "/.well-known/openid-configuration"), Optional.empty());
        if (!answer.isOk()) {
            throw new CommandException(
                    ExitCode.CONNECTION, "the sign-in server of this domain answered with status " + answer.status());
        }
        try {
            StrictJson metadata = StrictJson.parse(answer.body(), MAX_ANSWER);
            if (!metadata.string("issuer", 1_000).equals(issuer)) {
                throw new CommandException(
                        ExitCode.SECURITY,
                        "the sign-in server calls itself by another name than the access server does");
            }
            return new AuthorizationServer(http, issuer, clientId, metadata);
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** What a token endpoint gave. */
    record Tokens(String accessToken, Instant expires, Optional<String> refreshToken) {
        @Override
        public String toString() {
            return "Tokens[REDACTED]";
        }
    }

    /** An answer of the token endpoint: tokens, or the OAuth error code. */
    record Outcome(Optional<Tokens> tokens, String error) {}

    /**
     * A device grant that the user is to confirm.
     *
     * @param verification where, with the code in it if the server offers that
     */
    record Grant(String deviceCode, String userCode, String verification, long expiresIn, long interval) {
        @Override
        public String toString() {
            return "Grant[REDACTED]";
        }
    }

    Grant startDeviceGrant(String scope, String codeChallenge) throws CommandException {
        Http.Answer answer = http.postForm(
                endpoint("device_authorization_endpoint"),
                form("scope", scope, "code_challenge", codeChallenge, "code_challenge_method", "S256"));
        try {
            StrictJson json = StrictJson.parse(answer.body(), MAX_ANSWER);
            if (!answer.isOk()) {
                throw new CommandException(ExitCode.NOT_SIGNED_IN, "signing in was refused: " + describe(json));
            }
            return new Grant(
                    json.string("device_code", 4_096),
                    json.string("user_code", 64),
                    json.has("verification_uri_complete")
                            ? json.string("verification_uri_complete", 2_000)
                            : json.string("verification_uri", 2_000),
                    json.number("expires_in", 1, 86_400),
                    json.optionalNumber("interval", 1, 300).orElse(5L));
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    /** Where a person signs in who comes back to {@code redirect} (RFC 6749, section 4.1; RFC 7636). */
    URI authorization(String scope, String redirect, String state, String codeChallenge) throws CommandException {
        URI endpoint = endpoint("authorization_endpoint");
        String query = form(
                        "response_type",
                        "code",
                        "scope",
                        scope,
                        "redirect_uri",
                        redirect,
                        "state",
                        state,
                        "code_challenge",
                        codeChallenge,
                        "code_challenge_method",
                        "S256")
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + "=" + Http.encode(entry.getValue()))
                .collect(Collectors.joining("&"));
        return URI.create(endpoint + "?" + query);
    }

    /** Whether an answer is this server's, if it says whose it is (RFC 9207). */
    boolean isIssuer(@Nullable String issuer) {
        return issuer == null || issuer.equals(this.issuer);
    }

    Outcome redeem(LoopbackLogin.Answer answer, Instant now) throws CommandException {
        return token(
                form(
                        "grant_type",
                        "authorization_code",
                        "code",
                        answer.code(),
                        "redirect_uri",
                        answer.redirect(),
                        "code_verifier",
                        answer.verifier()),
                now);
    }

    Outcome redeem(Grant grant, String codeVerifier, Instant now) throws CommandException {
        return token(
                form("grant_type", DEVICE_GRANT, "device_code", grant.deviceCode(), "code_verifier", codeVerifier),
                now);
    }

    Outcome refresh(String refreshToken, Instant now) throws CommandException {
        return token(form("grant_type", "refresh_token", "refresh_token", refreshToken), now);
    }

    /**
     * Tells the server that a refresh token is needed no more (RFC 7009). One that it does not know is none to worry about: it says so with 200.
     *
     * @throws CommandException with {@link ExitCode#CONNECTION} if it did not do so
     */
    void revoke(String refreshToken) throws CommandException {
        Http.Answer answer = http.postForm(
                endpoint("revocation_endpoint"), form("token", refreshToken, "token_type_hint", "refresh_token"));
        if (!answer.isOk()) {
            throw new CommandException(
                    ExitCode.CONNECTION,
                    "the sign-in server of this domain answered with status " + answer.status()
                            + ": you are still signed in, run 'bascule logout' again in a while");
        }
    }

    private Outcome token(Map<String, String> form, Instant now) throws CommandException {
        Http.Answer answer = http.postForm(endpoint("token_endpoint"), form);
        try {
            StrictJson json = StrictJson.parse(answer.body(), MAX_ANSWER);
            if (!answer.isOk()) {
                return new Outcome(
                        Optional.empty(), json.optionalString("error", 100).orElse("status " + answer.status()));
            }
            return new Outcome(
                    Optional.of(new Tokens(
                            json.string("access_token", MAX_TOKEN),
                            now.plusSeconds(json.number("expires_in", 0, 31_536_000)),
                            json.optionalString("refresh_token", MAX_TOKEN))),
                    "");
        } catch (WireException e) {
            throw notUnderstood(e);
        }
    }

    private static String describe(StrictJson json) throws WireException {
        return Printable.of(json.optionalString("error_description", 500)
                .or(() -> Optional.of("no reason was given"))
                .get());
    }

    private Map<String, String> form(String... pairs) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", clientId);
        for (int i = 0; i < pairs.length; i += 2) {
            form.put(pairs[i], pairs[i + 1]);
        }
        return form;
    }

    private URI endpoint(String name) throws CommandException {
        try {
            return ServerUrl.parse(metadata.string(name, 1_000));
        } catch (WireException e) {
            throw new CommandException(ExitCode.FAILED, "the sign-in server has no " + name.replace('_', ' '), e);
        }
    }

    private static CommandException notUnderstood(WireException e) {
        return new CommandException(ExitCode.FAILED, "the answer of the sign-in server was not understood", e);
    }
}
