package org.bascule.session.network;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A TCP connection to a server, with TLS or without. */
final class Connection implements Closeable {

    private final Socket raw;
    private final @Nullable SSLSocket tls;
    private final BufferedHead in;
    private final OutputStream out;

    Connection(Socket raw, @Nullable SSLSocket tls) throws IOException {
        this.raw = raw;
        this.tls = tls;
        Socket top = tls == null ? raw : tls;
        this.in = new BufferedHead(top.getInputStream());
        this.out = top.getOutputStream();
    }

    Socket raw() {
        return raw;
    }

    BufferedHead in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    /** How long one read may wait; 0 for ever. */
    void readTimeout(int millis) throws IOException {
        (tls == null ? raw : tls).setSoTimeout(millis);
    }

    /** What the server showed in the handshake, verified. */
    Optional<X509Certificate> certificate() {
        if (tls == null) {
            return Optional.empty();
        }
        try {
            return tls.getSession().getPeerCertificates()[0] instanceof X509Certificate leaf
                    ? Optional.of(leaf)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /** Closes at once, whatever other threads do with it. TLS says nothing more: that could block. */
    void cut() {
        closeQuietly(raw);
    }

    /** Closes with TLS's good-bye, which may block. */
    @Override
    public void close() {
        if (tls != null) {
            closeQuietly(tls);
        }
        closeQuietly(raw);
    }

    static void closeQuietly(Closeable what) {
        try {
            what.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }
}
