package org.bascule.domain.corporate;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.bascule.domain.corporate.TestResult.Code;
import org.bascule.domain.corporate.Way.Oidc;
import org.bascule.wire.Json;

/** What an OpenID provider tells of itself (OpenID Connect Discovery 1.0). */
@ApplicationScoped
public class OidcDiscovery {

    private static final int MAX_URL = 2_000;

    /** Members of the document, and how the realm's configuration calls them. */
    private static final Map<String, String> NEEDED = Map.of(
            "authorization_endpoint", "authorizationUrl",
            "token_endpoint", "tokenUrl",
            "jwks_uri", "jwksUrl");

    private static final Map<String, String> OPTIONAL = Map.of("userinfo_endpoint", "userInfoUrl");

    private static final String LOGOUT = "end_session_endpoint";

    /** To which browsers are sent, and nothing else. */
    private static final String PAGE = "authorization_endpoint";

    @Inject
    ProviderClient client;

    JsonObject read(Oidc oidc) throws UnusableProviderException {
        JsonObject document = json(client.get(withoutSlash(oidc.issuer()) + "/.well-known/openid-configuration"));
        if (!oidc.issuer().equals(document.getString("issuer", ""))) {
            throw new UnusableProviderException(
                    Code.OTHER_ISSUER,
                    "The provider calls itself otherwise: its issuer must be the same, letter by letter.");
        }
        JsonObjectBuilder facts = Json.createObjectBuilder();
        for (Map.Entry<String, String> one : NEEDED.entrySet()) {
            facts.add(one.getValue(), url(document, one.getKey()));
        }
        for (Map.Entry<String, String> one : OPTIONAL.entrySet()) {
            if (document.containsKey(one.getKey())) {
                facts.add(one.getValue(), url(document, one.getKey()));
            }
        }
        // the realm asks it by itself when a session is ended: one that is not known here is none
        if (document.containsKey(LOGOUT) && client.requireOrdinaryPage(usable(document, LOGOUT))) {
            facts.add("logoutUrl", usable(document, LOGOUT));
        }
        return facts.build();
    }

    /** Reads the document and the keys, and shows the client and its secret with a code that cannot be right. */
    TestResult test(Oidc oidc, String redirectUri, String secret) throws UnusableProviderException {
        JsonObject facts = read(oidc);
        JsonObject keys = json(client.get(facts.getString("jwksUrl")));
        if (!keys.containsKey("keys")) {
            throw new UnusableProviderException(Code.UNREADABLE, "The provider publishes no keys.");
        }
        String authorization = Base64.getEncoder()
                .encodeToString((encoded(oidc.clientId()) + ":" + encoded(secret)).getBytes(StandardCharsets.UTF_8));
        ProviderClient.Answer answer = client.post(
                facts.getString("tokenUrl"),
                "grant_type=authorization_code&code=none&redirect_uri=" + encoded(redirectUri),
                "Basic " + authorization);
        String error = json(answer.body()).getString("error", "");
        return switch (error) {
            case "invalid_grant" ->
                new TestResult(Code.OK, "The provider answers, and takes the client and its secret.");
            case "invalid_client", "unauthorized_client" ->
                throw new UnusableProviderException(
                        Code.REFUSED, "The provider answers, but does not take the client or its secret.");
            default ->
                new TestResult(Code.UNPROVED, "The provider answers. Whether it takes the secret, it does not tell.");
        };
    }

    private static JsonObject json(String text) throws UnusableProviderException {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        } catch (JsonException | IllegalStateException e) {
            throw new UnusableProviderException(Code.UNREADABLE, "The provider does not answer with JSON.");
        }
    }

    private String url(JsonObject document, String member) throws UnusableProviderException {
        String url = usable(document, member);
        if (member.equals(PAGE)) {
            client.requireOrdinaryPage(url);
        } else {
            client.requireOrdinaryEndpoint(url);
        }
        return url;
    }

    private static String usable(JsonObject document, String member) throws UnusableProviderException {
        try {
            String url = document.getString(member, "");
            String scheme = String.valueOf(URI.create(url).getScheme());
            if (url.length() <= MAX_URL && (scheme.equals("http") || scheme.equals("https"))) {
                return url;
            }
        } catch (IllegalArgumentException | ClassCastException e) {
            // said below
        }
        throw new UnusableProviderException(
                Code.UNREADABLE, "The provider's configuration has no usable '%s'.", member);
    }

    private static String withoutSlash(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
