package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A realm as Keycloak has it, past the access server. */
final class RealmAdmin {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final String keycloak;
    private final String accountRealm;
    private final String realm;
    private final String client;
    private final String secret;

    RealmAdmin(String keycloak, String accountRealm, String realm, String client, String secret) {
        this.keycloak = keycloak;
        this.accountRealm = accountRealm;
        this.realm = realm;
        this.client = client;
        this.secret = secret;
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Whether there is such a realm. */
    boolean exists() {
        return send(HttpRequest.newBuilder(
                                URI.create(keycloak + "/realms/" + realm + "/.well-known/openid-configuration")))
                        .statusCode()
                == 200;
    }

    JsonObject object(String path) {
        return value(path).asJsonObject();
    }

    List<JsonObject> list(String path) {
        JsonArray array = value(path).asJsonArray();
        return array.getValuesAs(JsonObject.class);
    }

    private JsonValue value(String path) {
        HttpResponse<String> answer = Api.expect(200, call("GET", "/" + realm + path, Optional.empty()));
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readValue();
        }
    }

    /** Makes the realm. */
    void create(JsonObject representation) {
        Api.expect(201, call("POST", "", Optional.of(representation.toString())));
    }

    HttpResponse<String> change(String method, String path, String body) {
        return call(method, "/" + realm + path, Optional.of(body));
    }

    private HttpResponse<String> call(String method, String path, Optional<String> body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(keycloak + "/admin/realms" + path))
                .header("Authorization", "Bearer " + token())
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body.map(HttpRequest.BodyPublishers::ofString).orElse(HttpRequest.BodyPublishers.noBody()));
        return send(request);
    }

    private String token() {
        String form = "grant_type=client_credentials&client_id=" + client + "&client_secret=" + encoded(secret);
        return Api.json(Api.expect(
                        200,
                        send(HttpRequest.newBuilder(URI.create(
                                        keycloak + "/realms/" + accountRealm + "/protocol/openid-connect/token"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .POST(HttpRequest.BodyPublishers.ofString(form)))))
                .getString("access_token");
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
