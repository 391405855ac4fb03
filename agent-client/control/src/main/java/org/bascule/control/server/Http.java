package org.bascule.control.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.session.network.HttpAnswer;
import org.bascule.session.network.HttpCall;
import org.bascule.session.network.Network;
import org.bascule.session.network.NoConnectionException;
import org.bascule.session.network.Proxies;
import org.bascule.session.network.ProxyException;
import org.bascule.session.network.Tls;
import org.bascule.session.network.UserAgent;
import org.bascule.session.tls.Authorities;
import org.bascule.session.tls.UntrustedIssuerException;

/** Requests with bounded answers. One for the whole program, since relays are reached through the same network. */
public final class Http {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration UPLOAD_TIMEOUT = Duration.ofMinutes(30);
    private static final String USER_AGENT =
            UserAgent.of("bascule", Http.class.getPackage().getImplementationVersion());
    private static final int MAX_ANSWER = 8 << 20;

    /** An answer, whatever its status. */
    public record Answer(int status, String body) {
        public boolean isOk() {
            return status >= 200 && status < 300;
        }
    }

    private final Network network;

    private Http(Network network) {
        this.network = network;
    }

    /**
     * A client that trusts the platform's CAs, and goes through the proxy of the environment.
     *
     * @param ca PEM file with one more CA
     */
    public static Http trusting(Optional<Path> ca, Surroundings around) throws CommandException {
        Tls tls = Tls.resuming(ca.isPresent() ? with(ca.get()) : Authorities.ofPlatform());
        try {
            return new Http(new Network(tls, Proxies.of(around.environment(), Optional.empty()), USER_AGENT));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static Authorities with(Path ca) throws CommandException {
        try (InputStream in = Files.newInputStream(ca)) {
            return Authorities.with(in);
        } catch (IOException | GeneralSecurityException e) {
            throw new CommandException(
                    ExitCode.USAGE, "no CA certificates could be read from " + Printable.of(ca.toString()), e);
        }
    }

    /** The CA file of the environment. */
    public static Optional<Path> caOf(Surroundings around) {
        return around.variable(Surroundings.CA).map(Path::of).map(Path::toAbsolutePath);
    }

    /** For WebSocket connections with the same trust. */
    public Network network() {
        return network;
    }

    public Answer get(URI url, Optional<String> bearer) throws CommandException {
        return send(request("GET", url, bearer));
    }

    public Answer post(URI url, String json, Optional<String> bearer) throws CommandException {
        return send(request("POST", url, bearer)
                .header("Content-Type", "application/json")
                .body(json));
    }

    public Answer put(URI url, String json, Optional<String> bearer) throws CommandException {
        return send(request("PUT", url, bearer)
                .header("Content-Type", "application/json")
                .body(json));
    }

    /**
     * Any request with JSON.
     *
     * @param body empty for none
     * @param headers further ones
     */
    public Answer json(String method, URI url, String body, Map<String, String> headers, Optional<String> bearer)
            throws CommandException {
        HttpCall request = request(method, url, bearer);
        headers.forEach(request::header);
        return send(
                body.isEmpty()
                        ? request
                        : request.header("Content-Type", "application/json").body(body));
    }

    /** Posts a file, in as much time as it takes to send one of the greatest size over a slow line. */
    public Answer upload(URI url, Path file, Map<String, String> headers, Optional<String> bearer)
            throws CommandException, IOException {
        HttpCall request = request("POST", url, bearer, UPLOAD_TIMEOUT).body(file);
        headers.forEach(request::header);
        return send(request);
    }

    /** Posts a form, as OAuth does. */
    public Answer postForm(URI url, Map<String, String> form) throws CommandException {
        String body = form.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return send(request("POST", url, Optional.empty())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(body));
    }

    /** Percent-encodes a value of a query. */
    public static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static HttpCall request(String method, URI url, Optional<String> bearer) {
        return request(method, url, bearer, TIMEOUT);
    }

    private static HttpCall request(String method, URI url, Optional<String> bearer, Duration within) {
        HttpCall request = new HttpCall(method, url, within).header("Accept", "application/json");
        bearer.ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return request;
    }

    private Answer send(HttpCall request) throws CommandException {
        try (HttpAnswer answer = network.send(request)) {
            byte[] body = answer.body().readNBytes(MAX_ANSWER + 1);
            if (body.length > MAX_ANSWER) {
                throw new CommandException(ExitCode.FAILED, "the answer of " + server(request) + " is too long");
            }
            return new Answer(answer.status(), new String(body, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw explain(request, e);
        }
    }

    /**
     * Copies a long answer as it comes.
     *
     * @return empty if it was copied, otherwise the answer that refused it
     */
    public Optional<Answer> download(URI url, Optional<String> bearer, OutputStream to) throws CommandException {
        HttpCall request = request("GET", url, bearer).header("Accept", "*/*");
        try (HttpAnswer answer = network.send(request)) {
            if (answer.status() == 200) {
                answer.body().transferTo(to);
                return Optional.empty();
            }
            String body = new String(answer.body().readNBytes(MAX_ANSWER), StandardCharsets.UTF_8);
            return Optional.of(new Answer(answer.status(), body));
        } catch (IOException e) {
            throw explain(request, e);
        }
    }

    private static String server(HttpCall request) {
        return Printable.of(String.valueOf(request.url().getAuthority()));
    }

    private static CommandException explain(HttpCall request, IOException e) {
        String server = server(request);
        Optional<UntrustedIssuerException> issuer = cause(e, UntrustedIssuerException.class);
        if (issuer.isPresent()) {
            return new CommandException(
                    ExitCode.SECURITY,
                    "the certificate of " + server + " is not trusted: "
                            + Printable.of(String.valueOf(issuer.get().getMessage())) + " (--ca, BASCULE_CA)",
                    e);
        }
        if (cause(e, SSLException.class).isPresent()) {
            return new CommandException(
                    ExitCode.SECURITY,
                    "the certificate of " + server + " is not trusted: is a CA file needed (--ca, BASCULE_CA)?",
                    e);
        }
        if (e instanceof NoConnectionException) {
            String proxy = cause(e, ProxyException.class)
                    .map(refused -> ": " + Printable.of(String.valueOf(refused.getMessage())))
                    .orElse("");
            return new CommandException(ExitCode.CONNECTION, "no connection to " + server + proxy, e);
        }
        return new CommandException(ExitCode.CONNECTION, "the connection to " + server + " was lost", e);
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
        }
        return Optional.empty();
    }
}
