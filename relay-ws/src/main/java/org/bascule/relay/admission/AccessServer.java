package org.bascule.relay.admission;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.trust.KeySet;

/** The key set from {@code GET {access}/api/installation}. What comes is verified by the caller, so the transport need not be trusted. */
public final class AccessServer implements InstallationSource {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_ANSWER = 64 * 1_024;

    private final URI url;
    private final Optional<SSLSocketFactory> tls;

    /**
     * @param access URL of the access server, with or without a trailing slash
     * @param tls trust for a private CA, or the platform's
     */
    public AccessServer(URI access, Optional<SSLSocketFactory> tls) {
        String base = access.toString();
        this.url = URI.create((base.endsWith("/") ? base : base + "/") + "api/installation");
        this.tls = tls;
    }

    @Override
    public String fetchKeySet() throws IOException, WireException {
        return StrictJson.parse(new String(get(), StandardCharsets.UTF_8), MAX_ANSWER)
                .string("keySet", KeySet.MAX_LENGTH);
    }

    private byte[] get() throws IOException {
        URLConnection opened = url.toURL().openConnection();
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
            int status = connection.getResponseCode();
            if (status != 200) {
                throw new IOException("status " + status + " from the access server");
            }
            try (InputStream in = connection.getInputStream()) {
                byte[] body = in.readNBytes(MAX_ANSWER + 1);
                if (body.length > MAX_ANSWER) {
                    throw new IOException("the answer of the access server is too long");
                }
                return body;
            }
        } finally {
            connection.disconnect();
        }
    }
}
