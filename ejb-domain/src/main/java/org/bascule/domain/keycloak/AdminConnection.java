package org.bascule.domain.keycloak;

import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bascule.domain.http.BoundedHttp;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The Admin REST API of one realm ({@code /admin/realms/{realm}}), asked with the token of a service account. Paths are relative to the realm and
 * begin with a slash, or are empty; what is put into them is {@linkplain #encoded encoded} by the caller.
 */
public final class AdminConnection {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    /** To make a realm takes a second or two. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final Duration QUICK = Duration.ofSeconds(5);
    /** A token is not used in its last seconds. */
    private static final int EARLIER = 10;

    private static final int MAX_BODY = 4 << 20;
    private static final int MAX_ERROR = 64 << 10;
    private static final int MAX_REASON = 200;
    private static final int MAX_TOKEN = 64 << 10;

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final String base;
    private final String accountRealm;
    private final String realm;
    private final String clientId;
    private final String secret;
    private final TokenCache tokens;
    private final Clock clock;
    private final Duration timeout;

    AdminConnection(
            String base,
            String accountRealm,
            String realm,
            String clientId,
            String secret,
            TokenCache tokens,
            Clock clock) {
        this(base, accountRealm, realm, clientId, secret, tokens, clock, TIMEOUT);
    }

    private AdminConnection(
            String base,
            String accountRealm,
            String realm,
            String clientId,
            String secret,
            TokenCache tokens,
            Clock clock,
            Duration timeout) {
        this.base = base;
        this.accountRealm = accountRealm;
        this.realm = realm;
        this.clientId = clientId;
        this.secret = secret;
        this.tokens = tokens;
        this.clock = clock;
        this.timeout = timeout;
    }

    /** The same for who holds a lock meanwhile: it waits for no answer for longer than 5 seconds. */
    public AdminConnection quick() {
        return new AdminConnection(base, accountRealm, realm, clientId, secret, tokens, clock, QUICK);
    }

    /** A part of a path or query. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Makes the realm. */
    public void create(JsonObject representation) throws KeycloakException {
        send("POST", "/admin/realms", "the list of realms", representation);
    }

    public JsonObject object(String path) throws KeycloakException {
        return find(path).orElseThrow(() -> new KeycloakException(404, "there is no " + shown(path)));
    }

    /** Empty where there is none. */
    public Optional<JsonObject> find(String path) throws KeycloakException {
        Answer answer = send("GET", target(path), shown(path), null, 404);
        return answer.status() == 404
                ? Optional.empty()
                : Optional.of(json(answer).asJsonObject());
    }

    public List<JsonObject> list(String path) throws KeycloakException {
        return array(path).getValuesAs(JsonObject.class);
    }

    public JsonArray array(String path) throws KeycloakException {
        JsonValue value = json(send("GET", target(path), shown(path), null));
        if (value.getValueType() != JsonValue.ValueType.ARRAY) {
            throw new KeycloakException(502, shown(path) + " did not answer with a list");
        }
        return value.asJsonArray();
    }

    /** Returns the id of what was made; empty where the answer names none. */
    public String post(String path, JsonStructure body) throws KeycloakException {
        return send("POST", target(path), shown(path), body)
                .location()
                .map(location -> location.substring(location.lastIndexOf('/') + 1))
                .orElse("");
    }

    public void put(String path, JsonStructure body) throws KeycloakException {
        send("PUT", target(path), shown(path), body);
    }

    /** Without a body. */
    public void put(String path) throws KeycloakException {
        send("PUT", target(path), shown(path), null);
    }

    /** Returns whether there was something to delete. */
    public boolean delete(String path) throws KeycloakException {
        return send("DELETE", target(path), shown(path), null, 404).status() != 404;
    }

    /** What this account was allowed may have changed. */
    public void forgetToken() {
        tokens.forget(account());
    }

    private String target(String path) {
        return "/admin/realms/" + encoded(realm) + path;
    }

    /** A query may hold what somebody typed. */
    private String shown(String path) {
        int query = path.indexOf('?');
        return "realm " + realm + (query < 0 ? path : path.substring(0, query));
    }

    private record Answer(int status, String body, Optional<String> location) {}

    private Answer send(String method, String target, String what, @Nullable JsonStructure body, Integer... expected)
            throws KeycloakException {
        Answer answer = attempt(method, target, body);
        if (answer.status() == 401) {
            forgetToken();
            answer = attempt(method, target, body);
        }
        boolean done = answer.status() >= 200 && answer.status() < 300
                || List.of(expected).contains(answer.status());
        if (!done) {
            throw new KeycloakException(
                    answer.status(), "%s %s: status %d%s".formatted(method, what, answer.status(), reason(answer)));
        }
        return answer;
    }

    private Answer attempt(String method, String target, @Nullable JsonStructure body) throws KeycloakException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + target)).header("Authorization", "Bearer " + token());
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return exchange(request.method(
                method,
                body == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** What Keycloak says is wrong with what it was sent: a code or a sentence, which never repeats a password. */
    private static String reason(Answer answer) {
        try {
            StrictJson error = StrictJson.parse(answer.body(), MAX_ERROR);
            String member = error.has("errorMessage") ? "errorMessage" : "error";
            String text = error.has(member) ? error.text(member, MAX_ERROR) : "";
            return text.isEmpty() ? "" : ", " + (text.length() > MAX_REASON ? text.substring(0, MAX_REASON) : text);
        } catch (WireException e) {
            return "";
        }
    }

    private String account() {
        return accountRealm + "/" + clientId;
    }

    private String token() throws KeycloakException {
        Optional<String> kept = tokens.get(account(), clock.instant());
        if (kept.isPresent()) {
            return kept.get();
        }
        String form = Map.of("grant_type", "client_credentials", "client_id", clientId, "client_secret", secret)
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        Answer answer = exchange(HttpRequest.newBuilder(
                        URI.create(base + "/realms/" + encoded(accountRealm) + "/protocol/openid-connect/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)));
        if (answer.status() != 200) {
            throw new KeycloakException(
                    answer.status(),
                    "the client %s gets no token of realm %s: status %d%s"
                            .formatted(clientId, accountRealm, answer.status(), reason(answer)));
        }
        try {
            StrictJson json = StrictJson.parse(answer.body(), MAX_BODY);
            String token = json.string("access_token", MAX_TOKEN);
            long seconds = json.number("expires_in", 0, Integer.MAX_VALUE);
            tokens.put(account(), token, clock.instant().plusSeconds(Math.max(0, seconds - EARLIER)));
            return token;
        } catch (WireException e) {
            throw new KeycloakException("the token of realm " + accountRealm + " cannot be read", e);
        }
    }

    private Answer exchange(HttpRequest.Builder builder) throws KeycloakException {
        HttpRequest request = builder.timeout(timeout).build();
        try {
            HttpResponse<byte[]> response = BoundedHttp.send(CLIENT, request, MAX_BODY, TIMEOUT);
            return new Answer(
                    response.statusCode(),
                    new String(response.body(), StandardCharsets.UTF_8),
                    response.headers().firstValue("Location"));
        } catch (BoundedHttp.TooLongException e) {
            throw new KeycloakException(502, "an answer exceeds %d bytes".formatted(MAX_BODY));
        } catch (IOException e) {
            throw new KeycloakException("Keycloak does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeycloakException("interrupted while waiting for Keycloak", e);
        }
    }

    private static JsonValue json(Answer answer) throws KeycloakException {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readValue();
        } catch (JsonException | IllegalStateException e) {
            throw new KeycloakException("Keycloak did not answer with JSON", e);
        }
    }
}
