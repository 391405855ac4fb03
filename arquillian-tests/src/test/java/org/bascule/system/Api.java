package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The REST API as automation uses it: with a bearer token, or with none. */
final class Api {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TIMEOUT)
            .build();
    private final String url;
    private final Optional<String> token;
    private final String address = TheSystem.anAddress();

    Api(String url, Optional<String> token) {
        this.url = url;
        this.token = token;
    }

    HttpResponse<String> get(String path, String... headers) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody(), headers);
    }

    HttpResponse<String> post(String path, String json, String... headers) {
        return send("POST", path, HttpRequest.BodyPublishers.ofString(json), with(headers));
    }

    HttpResponse<String> patch(String path, String json, String... headers) {
        return send("PATCH", path, HttpRequest.BodyPublishers.ofString(json), with(headers));
    }

    HttpResponse<String> put(String path, String json, String... headers) {
        return send("PUT", path, HttpRequest.BodyPublishers.ofString(json), with(headers));
    }

    /** For requests that no HTTP library would send. */
    Optional<String> token() {
        return token;
    }

    private static String[] with(String... headers) {
        if (List.of(headers).stream().anyMatch("Content-Type"::equalsIgnoreCase)) {
            return headers;
        }
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = "application/json";
        return all;
    }

    HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).method(method, body);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        if (!List.of(headers).contains("X-Forwarded-For")) {
            request.header("X-Forwarded-For", address);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return answer(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** The answer to a {@code GET} as it comes over the wire. */
    HttpResponse<byte[]> bytes(String path, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).headers(headers);
        token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
        return answer(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private <T> HttpResponse<T> answer(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        try {
            return http.send(request, body);
        } catch (IOException e) {
            throw new AssertionError(request.method() + " " + request.uri() + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    JsonObject getJson(String path) {
        return json(expect(200, get(path)));
    }

    List<JsonObject> items(String path) {
        return getJson(path).getJsonArray("items").getValuesAs(JsonObject.class);
    }

    String rootFolder() {
        return items("/api/folders").stream()
                .filter(folder -> folder.isNull("parent"))
                .findFirst()
                .orElseThrow()
                .getString("id");
    }

    /** With all that is in it, as it is now. */
    void deleteFolder(String id) {
        String path = "/api/folders/" + id;
        String etag = getJson(path).getString("etag");
        expect(204, send("DELETE", path, HttpRequest.BodyPublishers.noBody(), "If-Match", '"' + etag + '"'));
    }

    /** @return the text of a new enrolment token for the root folder */
    String enrolmentToken(int uses, int expiresInSeconds) {
        JsonObject request = Json.createObjectBuilder()
                .add("folder", rootFolder())
                .add("expiresIn", expiresInSeconds)
                .add("uses", uses)
                .build();
        return json(expect(201, post("/api/enrolment-tokens", request.toString())))
                .getString("token");
    }

    static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
        if (answer.statusCode() != status) {
            throw new AssertionError("%s answered %d instead of %d: %s"
                    .formatted(answer.uri(), answer.statusCode(), status, answer.body()));
        }
        return answer;
    }

    static JsonObject json(HttpResponse<String> answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw new AssertionError(
                    "%s answered %d with no JSON: %s".formatted(answer.uri(), answer.statusCode(), answer.body()), e);
        }
    }
}
