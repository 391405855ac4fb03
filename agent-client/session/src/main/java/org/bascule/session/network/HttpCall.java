package org.bascule.session.network;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An HTTP request (RFC 9112). Redirects are not followed. */
public final class HttpCall {

    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS");
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
    private static final int COPY = 64 * 1_024;

    private final String method;
    private final URI url;
    private final Duration within;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private byte[] body = new byte[0];
    private @Nullable Path file;

    /** @param within until the answer's head is here, with connecting and sending */
    public HttpCall(String method, URI url, Duration within) {
        this.method = method;
        this.url = url;
        this.within = within;
    }

    /** Sets a header field. @throws IllegalArgumentException if it holds control characters, or is one that this class writes */
    public HttpCall header(String name, String value) {
        if (Set.of("host", "user-agent", "content-length", "connection", "transfer-encoding")
                .contains(name.toLowerCase(java.util.Locale.ROOT))) {
            throw new IllegalArgumentException("a header field of the connection");
        }
        HttpHead.append(new StringBuilder(), name, value);
        headers.put(name, value);
        return this;
    }

    public HttpCall body(String text) {
        body = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    /** The body is a file's content. */
    public HttpCall body(Path path) {
        file = path;
        return this;
    }

    String method() {
        return method;
    }

    /** Where it goes. */
    public URI url() {
        return url;
    }

    Duration within() {
        return within;
    }

    /** Whether it may be sent again if a kept connection turns out to be closed. */
    boolean isRepeatable() {
        return IDEMPOTENT.contains(method);
    }

    /** Head and a small body leave in one write. */
    void writeTo(OutputStream out, String userAgent) throws IOException {
        StringBuilder head =
                new StringBuilder(method).append(' ').append(Target.of(url)).append(" HTTP/1.1\r\n");
        HttpHead.append(head, "Host", Target.host(url));
        HttpHead.append(head, "User-Agent", userAgent);
        headers.forEach((name, value) -> HttpHead.append(head, name, value));
        Path content = file;
        if (content != null) {
            writeFile(out, head, content);
            return;
        }
        if (body.length > 0 || WITH_BODY.contains(method)) {
            HttpHead.append(head, "Content-Length", String.valueOf(body.length));
        }
        byte[] begin = HttpHead.bytes(head);
        byte[] all = new byte[begin.length + body.length];
        System.arraycopy(begin, 0, all, 0, begin.length);
        System.arraycopy(body, 0, all, begin.length, body.length);
        out.write(all);
        out.flush();
    }

    private static void writeFile(OutputStream out, StringBuilder head, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long length = Files.size(file);
            HttpHead.append(head, "Content-Length", String.valueOf(length));
            out.write(HttpHead.bytes(head));
            byte[] buffer = new byte[COPY];
            for (long left = length; left > 0; ) {
                int count = in.read(buffer, 0, (int) Math.min(left, COPY));
                if (count < 0) {
                    throw new IOException("the file became shorter while it was sent");
                }
                out.write(buffer, 0, count);
                left -= count;
            }
            out.flush();
        }
    }
}
