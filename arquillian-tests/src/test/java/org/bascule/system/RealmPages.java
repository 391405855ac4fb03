package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The pages of a realm by themselves, as the command line opens them: client {@code bascule-cli} with a loopback redirect. */
final class RealmPages {

    private static final String VERIFIER = "a-verifier-of-more-than-the-forty-three-characters-it-needs";

    private final Page page;
    private final String realmUrl;
    private final String redirect;

    RealmPages(Page page, String realmUrl) {
        this.page = page;
        this.realmUrl = realmUrl;
        this.redirect = "http://127.0.0.1:" + Listener.PORT + "/signed-in";
    }

    /** Listens for redirects, as the command line does while somebody signs in. */
    private static final class Listener {

        static final int PORT = listen();

        private static int listen() {
            try {
                HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                server.createContext("/", exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.close();
                });
                server.setExecutor(Executors.newCachedThreadPool(work -> {
                    Thread thread = new Thread(work, "redirects");
                    thread.setDaemon(true);
                    return thread;
                }));
                server.start();
                return server.getAddress().getPort();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** @param more parameters of the authorization request */
    Response open(Map<String, String> more) {
        Map<String, String> query = new java.util.LinkedHashMap<>(Map.of(
                "client_id", "bascule-cli",
                "response_type", "code",
                "scope", "openid",
                "redirect_uri", redirect,
                "state", "s",
                "code_challenge", challenge(),
                "code_challenge_method", "S256"));
        query.putAll(more);
        return page.navigate(realmUrl + "/protocol/openid-connect/auth?" + form(query));
    }

    /** Waits for the end of the sign-in. @return the claims of the ID token */
    JsonObject signedIn() {
        page.waitForURL(Pattern.compile(Pattern.quote(redirect) + "\\?.*code=.*"));
        Matcher code = Pattern.compile("[?&]code=([^&]+)").matcher(page.url());
        assertThat(code.find()).isTrue();
        Answer answer = post(
                Proxy.NO_PROXY,
                "/protocol/openid-connect/token",
                Map.of(
                        "grant_type",
                        "authorization_code",
                        "client_id",
                        "bascule-cli",
                        "code",
                        URLDecoder.decode(code.group(1), StandardCharsets.UTF_8),
                        "redirect_uri",
                        redirect,
                        "code_verifier",
                        VERIFIER));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        String[] parts = json(answer.body()).getString("id_token").split("\\.");
        return json(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
    }

    /** An answer of the realm. */
    record Answer(int status, String body) {}

    Answer post(Proxy from, String path, Map<String, String> fields) {
        return post(from, realmUrl + path, fields, Map.of());
    }

    static Answer post(Proxy from, String url, Map<String, String> fields, Map<String, String> headers) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection(from);
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/x-www-form-urlencoded");
            headers.forEach(connection::setRequestProperty);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(form(fields).getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new AssertionError(url + " got no answer", e);
        }
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static String challenge() {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
