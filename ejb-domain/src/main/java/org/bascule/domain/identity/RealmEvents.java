package org.bascule.domain.identity;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** The event list of one realm (Keycloak's Admin REST API, {@code GET /admin/realms/{realm}/events}), read with a service account. */
final class RealmEvents {

    static final int PAGE = 100;

    /** The client of the command line. What people do with a browser at {@code bascule-web} the web application records itself. */
    private static final String CLI = "bascule-cli";

    /** At any client. */
    private static final String FAILED = "LOGIN_ERROR";

    private static final Map<String, Operation> OPERATIONS = new TreeMap<>(Map.of(
            FAILED,
            Operation.LOGIN,
            "LOGIN",
            Operation.LOGIN,
            "OAUTH2_DEVICE_CODE_TO_TOKEN",
            Operation.LOGIN,
            "OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR",
            Operation.LOGIN,
            "LOGOUT",
            Operation.LOGOUT,
            "REVOKE_GRANT",
            Operation.LOGOUT));

    private static final String TYPES =
            OPERATIONS.keySet().stream().map(type -> "type=" + type).collect(Collectors.joining("&"));

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_BODY = 1 << 20;
    private static final int MAX_TEXT = 256;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]+");
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final String base;
    private final String realm;
    private final String clientId;
    private final String secret;

    RealmEvents(String base, String realm, String clientId, String secret) {
        this.base = base;
        this.realm = URLEncoder.encode(realm, StandardCharsets.UTF_8);
        this.clientId = clientId;
        this.secret = secret;
    }

    /** One page of events since a time, oldest first; those without an operation among them, so that whoever asks knows how far it has read. */
    List<RealmEvent> events(Instant since, int page) throws IOException, WireException, InterruptedException {
        URI uri = URI.create("%s/admin/realms/%s/events?%s&direction=asc&dateFrom=%d&first=%d&max=%d"
                .formatted(base, realm, TYPES, since.toEpochMilli(), page * PAGE, PAGE));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token())
                .GET()
                .build();
        List<RealmEvent> events = new ArrayList<>();
        for (JsonValue event : array(send(request))) {
            if (event instanceof JsonObject object) {
                events.add(event(StrictJson.of(object)));
            }
        }
        return events;
    }

    private static RealmEvent event(StrictJson event) throws WireException {
        String id = event.string("id", 64);
        if (!ID.matcher(id).matches()) {
            throw WireException.malformed("an event's id has other characters than expected");
        }
        String name = "";
        if (event.has("details")) {
            name = shortened(event.child("details").object().get("username"));
        }
        String type = shortened(event.object().get("type"));
        boolean cli = shortened(event.object().get("clientId")).equals(CLI);
        String error = shortened(event.object().get("error"));
        return new RealmEvent(
                id,
                Instant.ofEpochMilli(event.number("time", 0, 1L << 50)),
                type.equals(FAILED) || cli ? OPERATIONS.get(type) : null,
                type.endsWith("_ERROR") ? Outcome.DENIED : Outcome.SUCCESS,
                shortened(event.object().get("userId")),
                name,
                shortened(event.object().get("ipAddress")),
                error.isEmpty()
                        ? "command line: " + type.toLowerCase(Locale.ROOT).replace('_', ' ')
                        : error);
    }

    /** A hostile text may be as long as it likes; what is kept is not. */
    private static String shortened(@Nullable JsonValue value) {
        if (!(value instanceof JsonString text)) {
            return "";
        }
        String string = text.getString();
        return string.length() <= MAX_TEXT ? string : string.substring(0, MAX_TEXT);
    }

    private String token() throws IOException, WireException, InterruptedException {
        String form = Map.of("grant_type", "client_credentials", "client_id", clientId, "client_secret", secret)
                .entrySet()
                .stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("%s/realms/%s/protocol/openid-connect/token".formatted(base, realm)))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build();
        return StrictJson.parse(send(request), MAX_BODY).string("access_token", 16 * 1_024);
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("status %d of %s"
                        .formatted(response.statusCode(), request.uri().getPath()));
            }
            byte[] bytes = body.readNBytes(MAX_BODY + 1);
            if (bytes.length > MAX_BODY) {
                throw new IOException("the answer exceeds %d bytes".formatted(MAX_BODY));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static JsonArray array(String text) throws WireException {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readArray();
        } catch (JsonException | IllegalStateException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a JSON array", e);
        }
    }
}
