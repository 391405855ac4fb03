package org.bascule.domain.identity;

import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.domain.audit.Operation;
import org.bascule.domain.audit.Outcome;
import org.bascule.domain.http.BoundedHttp;
import org.bascule.domain.identity.RealmEvent.Source;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The lists of events of one realm (Keycloak's Admin REST API, {@code GET /admin/realms/{realm}/events} and {@code …/admin-events}), read with a service account.
 */
final class RealmEvents {

    static final int PAGE = 100;

    /** What the type of a user's event says. Keycloak tells a change of password or TOTP twice, the second time under an older name, which is left out. */
    private static final Map<String, Operation> OPERATIONS = Map.ofEntries(
            Map.entry("LOGIN", Operation.LOGIN),
            Map.entry("IMPERSONATE", Operation.LOGIN),
            Map.entry("OAUTH2_DEVICE_CODE_TO_TOKEN", Operation.LOGIN),
            // not by itself, but where it fails
            Map.entry("LOGIN_ERROR", Operation.LOGIN),
            Map.entry("CODE_TO_TOKEN_ERROR", Operation.LOGIN),
            Map.entry("REFRESH_TOKEN_ERROR", Operation.LOGIN),
            Map.entry("CLIENT_LOGIN_ERROR", Operation.LOGIN),
            Map.entry("OAUTH2_DEVICE_AUTH_ERROR", Operation.LOGIN),
            Map.entry("OAUTH2_DEVICE_VERIFY_USER_CODE_ERROR", Operation.LOGIN),
            Map.entry("OAUTH2_DEVICE_CODE_TO_TOKEN_ERROR", Operation.LOGIN),
            Map.entry("IDENTITY_PROVIDER_LOGIN_ERROR", Operation.LOGIN),
            Map.entry("IDENTITY_PROVIDER_FIRST_LOGIN_ERROR", Operation.LOGIN),
            Map.entry("IDENTITY_PROVIDER_POST_LOGIN_ERROR", Operation.LOGIN),
            Map.entry("LOGOUT", Operation.LOGOUT),
            Map.entry("LOGOUT_ERROR", Operation.LOGOUT),
            Map.entry("REVOKE_GRANT", Operation.LOGOUT),
            Map.entry("UPDATE_CREDENTIAL", Operation.FACTOR_CHANGED),
            Map.entry("UPDATE_CREDENTIAL_ERROR", Operation.FACTOR_CHANGED),
            Map.entry("REMOVE_CREDENTIAL", Operation.FACTOR_CHANGED),
            Map.entry("REMOVE_CREDENTIAL_ERROR", Operation.FACTOR_CHANGED),
            Map.entry("SEND_RESET_PASSWORD", Operation.ACCOUNT_RESET),
            Map.entry("SEND_RESET_PASSWORD_ERROR", Operation.ACCOUNT_RESET),
            Map.entry("RESET_PASSWORD", Operation.ACCOUNT_RESET),
            Map.entry("RESET_PASSWORD_ERROR", Operation.ACCOUNT_RESET),
            Map.entry("VERIFY_EMAIL", Operation.ACCOUNT_CHANGED),
            Map.entry("VERIFY_EMAIL_ERROR", Operation.ACCOUNT_CHANGED),
            Map.entry("FEDERATED_IDENTITY_LINK", Operation.ACCOUNT_CHANGED),
            Map.entry("DELETE_ACCOUNT", Operation.ACCOUNT_CHANGED),
            Map.entry("USER_DISABLED_BY_TEMPORARY_LOCKOUT", Operation.ACCOUNT_LOCKED),
            Map.entry("USER_DISABLED_BY_PERMANENT_LOCKOUT", Operation.ACCOUNT_LOCKED));

    private static final String PASSWORD = "password";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** To the last byte. */
    private static final Duration WHOLE = Duration.ofSeconds(20);

    private static final int MAX_BODY = 1 << 23;
    /** Of a token's payload. */
    private static final int MAX_TOKEN = 16 * 1_024;
    /** A token is good for longer. */
    private static final long TOKEN_NANOS = Duration.ofSeconds(30).toNanos();

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

    /**
     * Events since a time, oldest first, at most {@code max}; those without an operation among them, so that whoever asks knows how far it has read. What this
     * server's own account did has none.
     */
    List<RealmEvent> events(Source source, Instant since, int max)
            throws IOException, WireException, InterruptedException {
        Access access = access();
        URI uri = URI.create("%s/admin/realms/%s/%s?direction=asc&dateFrom=%d&first=0&max=%d"
                .formatted(base, realm, source.path(), since.toEpochMilli(), max));
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + access.token())
                .GET()
                .build();
        List<RealmEvent> events = new ArrayList<>();
        for (JsonValue event : array(send(request))) {
            if (event instanceof JsonObject object) {
                StrictJson json = StrictJson.of(object);
                events.add(source == Source.USER ? ofUser(json) : ofAdministration(json, access.subject()));
            }
        }
        return events;
    }

    private static RealmEvent ofUser(StrictJson event) throws WireException {
        JsonObject details = event.has("details") ? event.child("details").object() : JsonValue.EMPTY_JSON_OBJECT;
        String type = shortened(event.object().get("type"));
        String error = shortened(event.object().get("error"));
        String credential = shortened(details.get("credential_type"));
        StringBuilder detail = new StringBuilder(client(shortened(event.object().get("clientId"))))
                .append(type.toLowerCase(Locale.ROOT).replace('_', ' '));
        for (String more : List.of(credential, error)) {
            detail.append(more.isEmpty() ? "" : ": " + more);
        }
        @Nullable Operation operation = OPERATIONS.get(type);
        return new RealmEvent(
                id(event),
                time(event),
                operation == Operation.FACTOR_CHANGED && credential.equals(PASSWORD)
                        ? Operation.PASSWORD_CHANGED
                        : operation,
                type.endsWith("_ERROR") || operation == Operation.ACCOUNT_LOCKED ? Outcome.DENIED : Outcome.SUCCESS,
                shortened(event.object().get("userId")),
                shortened(details.get("username")),
                shortened(event.object().get("ipAddress")),
                shortened(event.object().get("sessionId")),
                detail.toString(),
                shortened(details.get("user_agent")));
    }

    private static String client(String id) {
        return switch (id) {
            case "" -> "";
            case "bascule-web" -> "browser: ";
            case "bascule-cli" -> "command line: ";
            default -> id + ": ";
        };
    }

    private static RealmEvent ofAdministration(StrictJson event, String own) throws WireException {
        JsonObject by = event.has("authDetails") ? event.child("authDetails").object() : JsonValue.EMPTY_JSON_OBJECT;
        String who = shortened(by.get("userId"));
        String error = shortened(event.object().get("error"));
        String what = "%s %s %s"
                .formatted(
                        shortened(event.object().get("operationType")).toLowerCase(Locale.ROOT),
                        shortened(event.object().get("resourceType"))
                                .toLowerCase(Locale.ROOT)
                                .replace('_', ' '),
                        shortened(event.object().get("resourcePath")));
        return new RealmEvent(
                id(event),
                time(event),
                who.equals(own) ? null : Operation.REALM_CHANGED,
                error.isEmpty() ? Outcome.SUCCESS : Outcome.DENIED,
                who,
                "",
                shortened(by.get("ipAddress")),
                "",
                error.isEmpty() ? what : what + ": " + error,
                "");
    }

    private static String id(StrictJson event) throws WireException {
        String id = event.string("id", 64);
        if (!ID.matcher(id).matches()) {
            throw WireException.malformed("an event's id has other characters than expected");
        }
        return id;
    }

    private static Instant time(StrictJson event) throws WireException {
        return Instant.ofEpochMilli(event.number("time", 0, 1L << 50));
    }

    /** A hostile text may be as long as it likes; what is kept is not. */
    private static String shortened(@Nullable JsonValue value) {
        if (!(value instanceof JsonString text)) {
            return "";
        }
        String string = text.getString();
        return string.length() <= MAX_TEXT ? string : string.substring(0, MAX_TEXT);
    }

    /**
     * A token of the service account.
     *
     * @param subject whose events are this server's own
     */
    private record Access(String token, String subject, long since) {}

    private @Nullable Access access;

    private Access access() throws IOException, WireException, InterruptedException {
        @Nullable Access known = access;
        if (known == null || System.nanoTime() - known.since() > TOKEN_NANOS) {
            known = requestAccess();
            access = known;
        }
        return known;
    }

    private Access requestAccess() throws IOException, WireException, InterruptedException {
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
        String token = StrictJson.parse(send(request), MAX_BODY).string("access_token", MAX_TOKEN);
        return new Access(token, subject(token), System.nanoTime());
    }

    /** It came from the realm itself: nothing is to be verified. */
    private static String subject(String token) throws WireException {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw WireException.malformed("the access token is not a signed one");
        }
        String payload = new String(B64.decode(parts[1]), StandardCharsets.UTF_8);
        return StrictJson.parse(payload, MAX_TOKEN).string("sub", 64);
    }

    private static String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = BoundedHttp.send(CLIENT, request, MAX_BODY, WHOLE);
        if (response.statusCode() != 200) {
            throw new IOException("status %d of %s"
                    .formatted(response.statusCode(), request.uri().getPath()));
        }
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static JsonArray array(String text) throws WireException {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readArray();
        } catch (JsonException | IllegalStateException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a JSON array", e);
        }
    }
}
