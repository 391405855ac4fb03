package org.bascule.web.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An identity provider on loopback with real keys: realm {@code a} for domain A, realm {@code b} for domain B, and {@code c} for none. */
final class TestRealms implements Realms, AutoCloseable {

    static final String SUBJECT = "6f1c2f1e-6a55-4c0a-9d7e-0a3f5f0e7a11";
    static final Client CLIENT = new Client("bascule-web", new Secret("client-secret"));

    /** The event that makes a token one of a log-out (OpenID Connect Back-Channel Logout 1.0, section 2.4). */
    static final String LOGOUT = "http://schemas.openid.net/event/backchannel-logout";

    private static final Map<String, RSAKey> FIRST_KEYS = new ConcurrentHashMap<>();

    private final HttpServer server;
    private final Map<String, RSAKey> keys = new ConcurrentHashMap<>();

    /** Requests for the keys of a realm. */
    final AtomicInteger keyRequests = new AtomicInteger();

    /** ID token to be given for a code. */
    final Map<String, String> idTokens = new ConcurrentHashMap<>();

    /** What the token endpoint got last. */
    volatile @Nullable Map<String, List<String>> tokenRequest;

    volatile @Nullable String tokenAuthorization;

    TestRealms() throws IOException, JOSEException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        for (String realm : List.of("a", "b", "c")) {
            keys.put(realm, firstKey(realm));
            server.createContext(
                    "/realms/" + realm + "/protocol/openid-connect/certs", exchange -> keys(exchange, realm));
            server.createContext("/realms/" + realm + "/protocol/openid-connect/token", this::token);
        }
        server.start();
    }

    /** What realm {@code a} says when a session of {@link #SUBJECT} has ended there. */
    JWTClaimsSet.Builder logout(Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer("a"))
                .audience("bascule-web")
                .subject(SUBJECT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(120)))
                .jwtID("jti-1")
                .claim("typ", "Logout")
                .claim("sid", "realm-session-1")
                .claim("events", Map.of(LOGOUT, Map.of()));
    }

    /** Made once for all tests: it takes a while. */
    private static synchronized RSAKey firstKey(String realm) throws JOSEException {
        RSAKey known = FIRST_KEYS.get(realm);
        if (known != null) {
            return known;
        }
        RSAKey made = newKey(realm);
        FIRST_KEYS.put(realm, made);
        return made;
    }

    static RSAKey newKey(String id) throws JOSEException {
        return new RSAKeyGenerator(2048).keyID(id).generate();
    }

    String issuer(String realm) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/realms/" + realm;
    }

    Realm realm(String name) {
        return new Realm(issuer(name), "domain-" + name, "Domain " + name);
    }

    @Override
    public Optional<Realm> ofDomain(String domainName) {
        return domainName.equals("a") || domainName.equals("b") ? Optional.of(realm(domainName)) : Optional.empty();
    }

    @Override
    public Optional<Realm> ofIssuer(String issuer) {
        return List.of("a", "b").stream()
                .map(this::realm)
                .filter(realm -> realm.issuer().equals(issuer))
                .findFirst();
    }

    @Override
    public Optional<String> onlyProvider(Realm realm) {
        return Optional.empty();
    }

    RSAKey key(String realm) {
        return Objects.requireNonNull(keys.get(realm));
    }

    void rollKey(String realm) throws JOSEException {
        keys.put(realm, newKey(realm + "-next"));
    }

    /** Claims of a good access token. */
    JWTClaimsSet.Builder access(String realm, Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer(realm))
                .audience(List.of("bascule-api", "account"))
                .subject(SUBJECT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("typ", "Bearer")
                .claim("preferred_username", "anna");
    }

    /** Claims of a good ID token. */
    JWTClaimsSet.Builder id(String realm, Instant now, String nonce) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer(realm))
                .audience(CLIENT.id())
                .subject(SUBJECT)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("typ", "ID")
                .claim("nonce", nonce)
                .claim("sid", "realm-session-1")
                .claim("acr", "1")
                .claim("auth_time", now.getEpochSecond())
                .claim("preferred_username", "anna");
    }

    String sign(String realm, JWTClaimsSet claims) throws JOSEException {
        return sign(key(realm), JOSEObjectType.JWT, claims);
    }

    static String sign(RSAKey key, JOSEObjectType type, JWTClaimsSet claims) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .type(type)
                        .build(),
                claims);
        jwt.sign(new RSASSASigner(key));
        return jwt.serialize();
    }

    private void keys(HttpExchange exchange, String realm) throws IOException {
        keyRequests.incrementAndGet();
        answer(exchange, 200, new JWKSet(key(realm).toPublicJWK()).toString());
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, List<String>> form =
                URLUtils.parseParameters(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        tokenRequest = form;
        tokenAuthorization = exchange.getRequestHeaders().getFirst("Authorization");
        String idToken =
                idTokens.remove(Objects.requireNonNull(form.get("code")).get(0));
        if (idToken == null) {
            answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
        } else {
            answer(
                    exchange,
                    200,
                    "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":300,\"id_token\":\"" + idToken
                            + "\"}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
