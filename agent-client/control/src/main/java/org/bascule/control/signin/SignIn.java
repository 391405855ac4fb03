package org.bascule.control.signin;

import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * A sign-in that lasts: what {@code login} leaves behind.
 *
 * @param url access server
 * @param issuer authorization server
 * @param ca PEM file with one more CA, absolute
 * @param refreshToken empty if the server gave none
 */
record SignIn(
        String url,
        String domain,
        String issuer,
        String clientId,
        Optional<String> ca,
        String accessToken,
        Instant expires,
        Optional<String> refreshToken) {

    private static final int MAX_TOKEN = 32 * 1_024;
    static final int MAX_LENGTH = 128 * 1_024;

    SignIn with(AuthorizationServer.Tokens tokens) {
        return new SignIn(
                url,
                domain,
                issuer,
                clientId,
                ca,
                tokens.accessToken(),
                tokens.expires(),
                tokens.refreshToken().or(() -> refreshToken));
    }

    String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("version", 1)
                .add("url", url)
                .add("domain", domain)
                .add("issuer", issuer)
                .add("clientId", clientId)
                .add("accessToken", accessToken)
                .add("expires", expires.toString());
        ca.ifPresent(value -> json.add("ca", value));
        refreshToken.ifPresent(value -> json.add("refreshToken", value));
        return json.build().toString();
    }

    static SignIn parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        json.number("version", 1, 1);
        try {
            return new SignIn(
                    json.string("url", 1_000),
                    json.string("domain", 200),
                    json.string("issuer", 1_000),
                    json.string("clientId", 200),
                    json.optionalString("ca", 4_096),
                    json.string("accessToken", MAX_TOKEN),
                    Instant.parse(json.string("expires", 40)),
                    json.optionalString("refreshToken", MAX_TOKEN));
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }

    @Override
    public String toString() {
        return "SignIn[" + url + ", " + domain + ", REDACTED]";
    }
}
