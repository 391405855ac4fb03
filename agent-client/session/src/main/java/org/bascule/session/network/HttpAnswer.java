package org.bascule.session.network;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** An answer whose body is read from the connection. To be closed; what is not read then is given up with the connection. */
public final class HttpAnswer implements Closeable {

    private static final int READ_TIMEOUT_MS = 60_000;

    private final HttpHead head;
    private final HttpBody body;

    /** @param keep called when the body was read to its end and the connection can carry another request */
    HttpAnswer(String method, HttpHead head, Connection connection, Runnable keep) throws IOException {
        this.head = head;
        boolean lasting = head.minor() >= 1 && !head.has("Connection", "close");
        connection.readTimeout(READ_TIMEOUT_MS);
        body = new HttpBody(connection, length(method), lasting ? keep : connection::close);
    }

    /** Section 6.3 of RFC 9112. */
    private long length(String method) throws IOException {
        if (method.equals("HEAD") || head.status() == 204 || head.status() == 304) {
            return 0;
        }
        List<String> codings = head.all("Transfer-Encoding");
        if (!codings.isEmpty()) {
            if (codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked")) {
                return HttpBody.CHUNKED;
            }
            throw new MalformedAnswerException("an unknown transfer coding");
        }
        List<String> lengths = head.all("Content-Length").stream().distinct().toList();
        if (lengths.isEmpty()) {
            return HttpBody.TO_THE_END;
        }
        if (lengths.size() > 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
            throw new MalformedAnswerException("a malformed length");
        }
        return Long.parseLong(lengths.get(0));
    }

    public int status() {
        return head.status();
    }

    /** The first header field of that name. */
    public Optional<String> header(String name) {
        return head.first(name);
    }

    public InputStream body() {
        return body;
    }

    @Override
    public void close() {
        body.close();
    }
}
