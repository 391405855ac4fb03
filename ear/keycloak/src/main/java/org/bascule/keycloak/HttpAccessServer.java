package org.bascule.keycloak;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.keycloak.util.JsonSerialization;

/** The internal interface of the access server by HTTP. Thread-safe. */
final class HttpAccessServer implements AccessServer {

    private static final System.Logger LOG = System.getLogger(HttpAccessServer.class.getName());

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final int OK = 200;
    private static final int TOO_MANY = 429;

    private final HttpClient http;
    private final URI base;
    private final String secret;

    /** Realms for which a hint is under way; true if there were more events meanwhile. */
    private final Map<String, Boolean> waking = new ConcurrentHashMap<>();

    /**
     * @param accessUrl the access server's address, without a slash at the end
     * @param secretFile its first line is what the access server knows Keycloak by
     * @param caFile the CAs that may have issued the access server's certificate (PEM), or empty for the platform's
     */
    HttpAccessServer(String accessUrl, Path secretFile, Optional<Path> caFile) {
        this.base = URI.create(accessUrl + "/internal/v1/");
        this.secret = firstLine(secretFile);
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT).version(HttpClient.Version.HTTP_1_1);
        caFile.ifPresent(file -> builder.sslContext(trusting(file)));
        this.http = builder.build();
    }

    @Override
    public String reserve(Source source, Kind kind, Optional<String> userName, Optional<String> userId)
            throws RefusedException {
        Map<String, Object> body = body(source);
        body.put("kind", kind.text());
        userName.ifPresent(name -> body.put("userName", name));
        userId.ifPresent(id -> body.put("userId", id));
        source.userAgent().ifPresent(agent -> body.put("userAgent", agent));
        if (post("attempts", body).get("attempt") instanceof String attempt) {
            return attempt;
        }
        throw RefusedException.unavailable("the access server gave no attempt");
    }

    @Override
    public Duration settle(String attempt, Optional<String> userId, Optional<String> error) throws RefusedException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("outcome", error.isPresent() ? "failure" : "success");
        userId.ifPresent(id -> body.put("userId", id));
        error.ifPresent(code -> body.put("error", code));
        return seconds(post("attempts/" + attempt + "/result", body));
    }

    @Override
    public void failed(Source source, Kind kind, String error) throws RefusedException {
        Map<String, Object> body = body(source);
        body.put("kind", kind.text());
        body.put("error", error);
        post("failures", body);
    }

    @Override
    public void admit(Source source) throws RefusedException {
        post("admission", body(source));
    }

    @Override
    public Requirements requirements(String realm, String userId) throws RefusedException {
        Map<?, ?> answer = post("requirements", Map.of("realm", realm, "userId", userId));
        Object factor = answer.get("secondFactor");
        Object state = answer.get("state");
        if (!Set.of("required", "voluntary").contains(String.valueOf(factor))
                || !Set.of("active", "expired").contains(String.valueOf(state))) {
            throw RefusedException.unavailable("the access server gave no requirements");
        }
        return new Requirements("required".equals(factor), "expired".equals(state));
    }

    @Override
    public void wake(String realm) {
        if (!waking.merge(realm, false, (underWay, more) -> true)) {
            sendWake(realm);
        }
    }

    private void sendWake(String realm) {
        http.sendAsync(request("events", Map.of("realm", realm)), HttpResponse.BodyHandlers.discarding())
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        LOG.log(System.Logger.Level.DEBUG, "the access server was not woken: {0}", failure.toString());
                    }
                    while (!waking.remove(realm, false)) {
                        if (waking.replace(realm, true, false)) {
                            sendWake(realm);
                            return;
                        }
                    }
                });
    }

    private static Map<String, Object> body(Source source) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("realm", source.realm());
        body.put("address", source.address());
        return body;
    }

    /** @return the answer of a question that was granted, never null */
    private Map<?, ?> post(String path, Map<String, ?> body) throws RefusedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request(path, body), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the access server cannot be asked, nobody signs in: {0}",
                    e.toString());
            throw RefusedException.unavailable("the access server does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RefusedException.unavailable("interrupted while the access server was asked");
        }
        Map<?, ?> content = content(answer);
        if (answer.statusCode() == OK) {
            return content;
        }
        if (answer.statusCode() == TOO_MANY) {
            Duration wait = seconds(content);
            throw "busy".equals(content.get("reason")) ? RefusedException.busy(wait) : RefusedException.blocked(wait);
        }
        LOG.log(
                System.Logger.Level.WARNING,
                "the access server answered {0} to {1}, nobody signs in",
                answer.statusCode(),
                path);
        throw RefusedException.unavailable("the access server answered " + answer.statusCode());
    }

    private HttpRequest request(String path, Map<String, ?> body) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWER)
                .header("Authorization", "Bearer " + secret)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JsonSerialization.valueAsString(body)))
                .build();
    }

    private static Map<?, ?> content(HttpResponse<String> answer) throws RefusedException {
        if (answer.body().isBlank()) {
            return Map.of();
        }
        try {
            return JsonSerialization.valueFromString(answer.body(), Map.class);
        } catch (RuntimeException e) {
            throw RefusedException.unavailable("the access server did not answer with JSON");
        }
    }

    private static Duration seconds(Map<?, ?> answer) {
        return answer.get("retryAfter") instanceof Number number
                ? Duration.ofSeconds(Math.max(0, number.longValue()))
                : Duration.ZERO;
    }

    private static String firstLine(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .orElseThrow(() -> new IllegalStateException(file + " is empty"));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the CAs of " + file, e);
        }
    }
}
