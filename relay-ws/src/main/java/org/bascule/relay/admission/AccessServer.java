package org.bascule.relay.admission;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.bascule.relay.registry.Registry;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.trust.KeySet;
import org.jspecify.annotations.Nullable;

/**
 * What a relay asks of its access server: the key set from {@code GET {access}/api/installation}, which the caller verifies, so that the transport need not be trusted; and
 * {@code POST {access}/api/relays/heartbeat} and {@code …/traffic}.
 */
public final class AccessServer implements InstallationSource, Registry {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_ANSWER = 64 * 1_024;
    private static final int MAX_DETAIL = 300;

    private final String base;
    private final Optional<SSLSocketFactory> tls;

    /**
     * @param access URL of the access server, with or without a trailing slash
     * @param tls trust for a private CA, or the platform's
     */
    public AccessServer(URI access, Optional<SSLSocketFactory> tls) {
        String url = access.toString();
        this.base = url.endsWith("/") ? url : url + "/";
        this.tls = tls;
    }

    @Override
    public String fetchKeySet() throws IOException, WireException {
        return StrictJson.parse(ask("api/installation", null), MAX_ANSWER).string("keySet", KeySet.MAX_LENGTH);
    }

    /**
     * Hands over a heartbeat and returns the answer as text.
     *
     * @throws IOException saying what the server says, if it does not take it
     */
    @Override
    public String heartbeat(String signed) throws IOException {
        return ask(
                "api/relays/heartbeat",
                Json.createObjectBuilder().add("heartbeat", signed).build().toString());
    }

    @Override
    public void traffic(String signed) throws IOException {
        ask(
                "api/relays/traffic",
                Json.createObjectBuilder().add("traffic", signed).build().toString());
    }

    private String ask(String path, @Nullable String body) throws IOException {
        URLConnection opened = URI.create(base + path).toURL().openConnection();
        if (!(opened instanceof HttpURLConnection connection)) {
            throw new IOException("not an http or https URL");
        }
        if (connection instanceof HttpsURLConnection https) {
            tls.ifPresent(https::setSSLSocketFactory);
        }
        connection.setConnectTimeout((int) TIMEOUT.toMillis());
        connection.setReadTimeout((int) TIMEOUT.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Accept", "application/json");
        try {
            if (body != null) {
                send(connection, body.getBytes(StandardCharsets.UTF_8));
            }
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException("status " + status + " from the access server" + detail(connection));
            }
            return read(connection.getInputStream());
        } finally {
            connection.disconnect();
        }
    }

    private static void send(HttpURLConnection connection, byte[] body) throws IOException {
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(body.length);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(body);
        }
    }

    private static String read(InputStream answer) throws IOException {
        try (InputStream in = answer) {
            byte[] body = in.readNBytes(MAX_ANSWER + 1);
            if (body.length > MAX_ANSWER) {
                throw new IOException("the answer of the access server is too long");
            }
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What the problem says (RFC 9457), for the log: one line, bounded. */
    private static String detail(HttpURLConnection connection) throws IOException {
        InputStream body = connection.getErrorStream();
        if (body == null) {
            return "";
        }
        try {
            String detail = StrictJson.parse(read(body), MAX_ANSWER).string("detail", MAX_DETAIL);
            return ": " + detail.replaceAll("\\p{C}", "");
        } catch (WireException e) {
            return "";
        }
    }
}
