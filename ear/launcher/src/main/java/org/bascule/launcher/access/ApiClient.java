package org.bascule.launcher.access;

import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import org.bascule.wire.Json;

/** A few calls of the REST API with a bearer token (docs/protocol/api.md). */
public final class ApiClient {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private final String url;
    private final String accessToken;

    /**
     * @param url the web application's address, without a slash at the end
     * @param accessToken see {@link RealmClient#accessToken}
     */
    public ApiClient(String url, String accessToken) {
        this.url = url;
        this.accessToken = accessToken;
    }

    /** Creates an enrolment token for the root folder and returns its text. */
    public String createEnrolmentToken(int uses, Duration validity) throws IOException, InterruptedException {
        JsonObject request = Json.createObjectBuilder()
                .add("folder", rootFolder())
                .add("expiresIn", validity.toSeconds())
                .add("uses", uses)
                .build();
        return send("POST", "/api/enrolment-tokens", Optional.of(request), 201).getString("token");
    }

    /** The uid of the device of that name that was added last, if there is one. */
    public Optional<String> newestDevice(String name) throws IOException, InterruptedException {
        JsonObject list = send("GET", "/api/devices?limit=200&q=" + name, Optional.empty(), 200);
        return list.getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(device -> name.equals(device.getString("name", "")))
                .map(device -> device.getString("uid"))
                // UUIDs of version 7 sort by time
                .max(Comparator.naturalOrder());
    }

    /** Sets the account that terminals and commands on a device run as. */
    public void setAccount(String uid, String account) throws IOException, InterruptedException {
        JsonObject change = Json.createObjectBuilder().add("account", account).build();
        HttpResponse<String> answer = changeDevice("PATCH", uid, Optional.of(change));
        if (answer.statusCode() != 200) {
            throw new IOException("the account of a device was not set: " + answer.statusCode() + " " + answer.body());
        }
    }

    /** Removes a device; does nothing if there is none with that uid. */
    public void removeDevice(String uid) throws IOException, InterruptedException {
        HttpResponse<String> answer = changeDevice("DELETE", uid, Optional.empty());
        if (answer.statusCode() != 204 && answer.statusCode() != 404) {
            throw new IOException("a device was not removed: " + answer.statusCode() + " " + answer.body());
        }
    }

    private HttpResponse<String> changeDevice(String method, String uid, Optional<JsonObject> body)
            throws IOException, InterruptedException {
        HttpResponse<String> now = call("GET", "/api/devices/" + uid, Optional.empty());
        Optional<String> version = now.headers().firstValue("ETag");
        return version.isEmpty() ? now : call(method, "/api/devices/" + uid, body, version);
    }

    /** Whether the installation has a key set, so that devices can be enrolled. */
    public boolean hasKeySet() throws IOException, InterruptedException {
        HttpResponse<String> answer = call("GET", "/api/installation", Optional.empty());
        return answer.statusCode() == 200
                && !json(answer).getString("keySet", "").isEmpty();
    }

    /** The device with that uid, or empty. */
    public Optional<JsonObject> deviceByUid(String uid) throws IOException, InterruptedException {
        HttpResponse<String> answer = call("GET", "/api/devices/" + uid, Optional.empty());
        return answer.statusCode() == 200 ? Optional.of(json(answer)) : Optional.empty();
    }

    private String rootFolder() throws IOException, InterruptedException {
        return send("GET", "/api/folders", Optional.empty(), 200)
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(folder -> folder.getOrDefault("parent", JsonValue.NULL) == JsonValue.NULL)
                .map(folder -> folder.getString("id"))
                .findFirst()
                .orElseThrow(() -> new IOException("the domain has no root folder that this user may see"));
    }

    private JsonObject send(String method, String path, Optional<JsonObject> body, int expected)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = call(method, path, body);
        if (answer.statusCode() != expected) {
            throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return json(answer);
    }

    private HttpResponse<String> call(String method, String path, Optional<JsonObject> body)
            throws IOException, InterruptedException {
        return call(method, path, body, Optional.empty());
    }

    private HttpResponse<String> call(String method, String path, Optional<JsonObject> body, Optional<String> version)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + accessToken)
                .header("Accept", "application/json");
        body.ifPresent(json -> request.header("Content-Type", "application/json"));
        version.ifPresent(tag -> request.header("If-Match", tag));
        request.method(
                method,
                body.map(json -> HttpRequest.BodyPublishers.ofString(json.toString()))
                        .orElse(HttpRequest.BodyPublishers.noBody()));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject json(HttpResponse<String> answer) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw new IOException("the access server did not answer with JSON", e);
        }
    }
}
