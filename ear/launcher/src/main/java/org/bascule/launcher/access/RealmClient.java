package org.bascule.launcher.access;

import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.wire.Json;

/**
 * The command line's client ({@code bascule-cli}) of one realm, with the login form filled in by program.
 *
 * <p>Authorization code with PKCE (RFC 7636) and a loopback redirect (RFC 8252) to which nobody listens: the code is read from the redirect.
 */
public final class RealmClient {

    private static final String CLIENT = "bascule-cli";
    private static final String REDIRECT = "http://127.0.0.1/signed-in";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MAX_STEPS = 10;
    private static final Pattern FORM = Pattern.compile("<form[^>]*\\baction=\"([^\"]+)\"");

    private final URI realm;

    /**
     * @param keycloak Keycloak's address, without a slash at the end
     * @param realm name of the realm
     */
    public RealmClient(String keycloak, String realm) {
        this.realm = URI.create(keycloak + "/realms/" + realm + "/protocol/openid-connect/");
    }

    /**
     * Signs in with name and password and returns an offline token: the API token of that user.
     *
     * @throws IOException if the realm asks for anything else than a password, or refuses
     */
    public String signIn(String user, String password) throws IOException, InterruptedException {
        HttpClient http = client(HttpClient.Redirect.NEVER, true);
        String verifier = randomText();
        String state = randomText();
        Map<String, String> query = new LinkedHashMap<>();
        query.put("client_id", CLIENT);
        query.put("response_type", "code");
        query.put("scope", "openid offline_access");
        query.put("redirect_uri", REDIRECT);
        query.put("state", state);
        query.put("code_challenge", challenge(verifier));
        query.put("code_challenge_method", "S256");
        URI next = realm.resolve("auth?" + form(query));
        HttpResponse<String> answer = send(http, HttpRequest.newBuilder(next));
        boolean asked = false;
        for (int step = 0; step < MAX_STEPS; step++) {
            Optional<String> location = answer.headers().firstValue("location");
            if (location.isPresent() && location.get().startsWith(REDIRECT)) {
                return exchange(code(location.get(), state), verifier);
            }
            if (location.isPresent()) {
                answer = send(http, HttpRequest.newBuilder(answer.uri().resolve(location.get())));
            } else if (!asked && answer.body().contains("name=\"password\"")) {
                asked = true;
                answer = post(http, action(answer), Map.of("username", user, "password", password));
            } else {
                throw new IOException(
                        user + " could not sign in: the realm answered " + answer.statusCode() + " with another page");
            }
        }
        throw new IOException(user + " could not sign in: too many redirects");
    }

    /**
     * A short-lived access token for the REST API.
     *
     * @param apiToken what {@link #signIn} returned
     * @return empty if the realm does not accept the token any more
     */
    public Optional<String> accessToken(String apiToken) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(
                client(HttpClient.Redirect.NEVER, false),
                realm.resolve("token"),
                Map.of("grant_type", "refresh_token", "client_id", CLIENT, "refresh_token", apiToken));
        return answer.statusCode() == 200 ? Optional.of(json(answer).getString("access_token")) : Optional.empty();
    }

    private String exchange(String code, String verifier) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(
                client(HttpClient.Redirect.NEVER, false),
                realm.resolve("token"),
                Map.of(
                        "grant_type", "authorization_code",
                        "client_id", CLIENT,
                        "code", code,
                        "redirect_uri", REDIRECT,
                        "code_verifier", verifier));
        if (answer.statusCode() != 200) {
            throw new IOException("the realm did not exchange the code: "
                    + json(answer).getString("error_description", "no reason given"));
        }
        return json(answer).getString("refresh_token");
    }

    private static String code(String location, String state) throws IOException {
        Map<String, String> query = Arrays.stream(
                        URI.create(location).getRawQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        if (!state.equals(query.get("state"))) {
            throw new IOException("the realm answered with another state");
        }
        String code = query.get("code");
        if (code == null) {
            throw new IOException("the realm refused: " + query.get("error"));
        }
        return code;
    }

    private static URI action(HttpResponse<String> page) throws IOException {
        Matcher form = FORM.matcher(page.body());
        if (!form.find()) {
            throw new IOException("the login page has no form");
        }
        return page.uri().resolve(form.group(1).replace("&amp;", "&"));
    }

    private static HttpClient client(HttpClient.Redirect redirect, boolean cookies) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(redirect)
                .connectTimeout(PATIENCE)
                .version(HttpClient.Version.HTTP_1_1);
        if (cookies) {
            builder.cookieHandler(new LoopbackCookies());
        }
        return builder.build();
    }

    private static HttpResponse<String> post(HttpClient http, URI target, Map<String, String> fields)
            throws IOException, InterruptedException {
        return send(
                http,
                HttpRequest.newBuilder(target)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(fields))));
    }

    private static HttpResponse<String> send(HttpClient http, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonObject json(HttpResponse<String> answer) throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readObject();
        } catch (JsonException e) {
            throw new IOException("the realm did not answer with JSON", e);
        }
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String randomText() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String challenge(String verifier) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Sends secure cookies back without TLS, as browsers do on the loopback interface. */
    private static final class LoopbackCookies extends CookieManager {

        private static final Pattern SECURE = Pattern.compile("(?i);\\s*secure(?=;|$)");

        LoopbackCookies() {
            super(null, CookiePolicy.ACCEPT_ALL);
        }

        @Override
        public void put(URI uri, Map<String, List<String>> headers) throws IOException {
            Map<String, List<String>> plain = new HashMap<>(headers);
            plain.replaceAll((name, values) -> "set-cookie".equalsIgnoreCase(name)
                    ? values.stream()
                            .map(value -> SECURE.matcher(value).replaceAll(""))
                            .toList()
                    : values);
            super.put(uri, plain);
        }
    }
}
