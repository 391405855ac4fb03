package org.bascule.control.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;

/** Requests with bounded answers. One for the whole program, since relays are reached through the same client. */
public final class Http {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(30);
    private static final int MAX_ANSWER = 8 << 20;

    /** An answer, whatever its status. */
    public record Answer(int status, String body) {
        public boolean isOk() {
            return status >= 200 && status < 300;
        }
    }

    private final HttpClient client;

    private Http(HttpClient client) {
        this.client = client;
    }

    /**
     * A client that trusts the platform's CAs.
     *
     * @param ca PEM file with one more CA
     */
    public static Http trusting(Optional<Path> ca) throws CommandException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofSeconds(10));
        if (ca.isPresent()) {
            try {
                builder.sslContext(AddedCa.context(ca.get()));
            } catch (IOException e) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "no CA certificates could be read from "
                                + Printable.of(ca.get().toString()),
                        e);
            }
        }
        return new Http(builder.build());
    }

    /** The CA file of the environment. */
    public static Optional<Path> caOf(Surroundings around) {
        return around.variable(Surroundings.CA).map(Path::of).map(Path::toAbsolutePath);
    }

    /** For WebSocket connections with the same trust. */
    public HttpClient client() {
        return client;
    }

    public Answer get(URI url, Optional<String> bearer) throws CommandException {
        return send(request(url, bearer).GET());
    }

    public Answer post(URI url, String json, Optional<String> bearer) throws CommandException {
        return send(request(url, bearer)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public Answer put(URI url, String json, Optional<String> bearer) throws CommandException {
        return send(request(url, bearer)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    /**
     * Any request with JSON.
     *
     * @param body empty for none
     * @param headers further ones
     */
    public Answer json(String method, URI url, String body, Map<String, String> headers, Optional<String> bearer)
            throws CommandException {
        HttpRequest.Builder request = request(url, bearer);
        headers.forEach(request::header);
        if (body.isEmpty()) {
            return send(request.method(method, HttpRequest.BodyPublishers.noBody()));
        }
        return send(request.header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Posts a file, in as much time as it takes to send one of the greatest size over a slow line. */
    public Answer upload(URI url, Path file, Map<String, String> headers, Optional<String> bearer)
            throws CommandException, IOException {
        HttpRequest.Builder request = request(url, bearer).timeout(UPLOAD_TIMEOUT);
        headers.forEach(request::header);
        return send(request.POST(HttpRequest.BodyPublishers.ofFile(file)));
    }

    /** Posts a form, as OAuth does. */
    public Answer postForm(URI url, Map<String, String> form) throws CommandException {
        String body = form.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(request(url, Optional.empty())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Percent-encodes a value of a query. */
    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static HttpRequest.Builder request(URI url, Optional<String> bearer) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).timeout(TIMEOUT).header("Accept", "application/json");
        bearer.ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    private Answer send(HttpRequest.Builder builder) throws CommandException {
        HttpRequest request = builder.build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                byte[] body = in.readNBytes(MAX_ANSWER + 1);
                if (body.length > MAX_ANSWER) {
                    throw new CommandException(ExitCode.FAILED, "the answer of " + server(request) + " is too long");
                }
                return new Answer(response.statusCode(), new String(body, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw explain(request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.CONNECTION, "interrupted", e);
        }
    }

    /**
     * Copies a long answer as it comes.
     *
     * @return empty if it was copied, otherwise the answer that refused it
     */
    public Optional<Answer> download(URI url, Optional<String> bearer, OutputStream to) throws CommandException {
        HttpRequest request =
                request(url, bearer).setHeader("Accept", "*/*").GET().build();
        try {
            HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream in = response.body()) {
                if (response.statusCode() == 200) {
                    in.transferTo(to);
                    return Optional.empty();
                }
                String body = new String(in.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8);
                return Optional.of(new Answer(response.statusCode(), body));
            }
        } catch (IOException e) {
            throw explain(request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.CONNECTION, "interrupted", e);
        }
    }

    private static String server(HttpRequest request) {
        return Printable.of(String.valueOf(request.uri().getAuthority()));
    }

    private static CommandException explain(HttpRequest request, IOException e) {
        String server = server(request);
        if (hasCause(e, SSLException.class)) {
            return new CommandException(
                    ExitCode.SECURITY,
                    "the certificate of " + server + " is not trusted: is a CA file needed (--ca, BASCULE_CA)?",
                    e);
        }
        if (hasCause(e, ConnectException.class) || e instanceof HttpConnectTimeoutException) {
            return new CommandException(ExitCode.CONNECTION, "no connection to " + server, e);
        }
        return new CommandException(ExitCode.CONNECTION, "the connection to " + server + " was lost", e);
    }

    private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return true;
            }
        }
        return false;
    }
}
