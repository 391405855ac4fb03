package org.bascule.launcher.access;

import jakarta.json.Json;
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
        JsonObject list = send("GET", "/api/devices?size=200&q=" + name, Optional.empty(), 200);
        return list.getJsonArray("items").getValuesAs(JsonObject.class).stream()
                .filter(device -> name.equals(device.getString("name", "")))
                .map(device -> device.getString("uid"))
                // UUIDs of version 7 sort by time
                .max(Comparator.naturalOrder());
    }

    /** Sets the account that terminals and commands on a device run as. */
    public void setAccount(String uid, String account) throws IOException, InterruptedException {
        String path = "/api/devices/" + uid;
        String version =
                call("GET", path, Optional.empty()).headers().firstValue("ETag").orElse("*");
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .header("If-Match", version)
                .method(
                        "PATCH",
                        HttpRequest.BodyPublishers.ofString(Json.createObjectBuilder()
                                .add("account", account)
                                .build()
                                .toString()))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("PATCH " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
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
        HttpRequest.Builder request = request(path);
        body.ifPresent(json -> request.header("Content-Type", "application/json"));
        request.method(
                method,
                body.map(json -> HttpRequest.BodyPublishers.ofString(json.toString()))
                        .orElse(HttpRequest.BodyPublishers.noBody()));
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + accessToken)
                .header("Accept", "application/json");
    }

    private static JsonObject json(HttpResponse<String> answer) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw new IOException("the access server did not answer with JSON", e);
        }
    }
}
