package org.bascule.session.network;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLServerSocket;

/** A TLS server that answers each connection once with "hello". */
final class TlsServer implements AutoCloseable {

    private final SSLServerSocket listening;
    private final TestCertificate certificate;
    final AtomicInteger shaken = new AtomicInteger();

    /**
     * Opens it.
     *
     * @param issuer a distinguished name, of its self-signed certificate
     * @param host what that is for
     * @param port 0 for any
     */
    TlsServer(String issuer, String host, int port) throws IOException, GeneralSecurityException {
        this(issuer, host, InetAddress.getLoopbackAddress(), port);
    }

    /** On another address, which {@code host} may be. */
    TlsServer(String issuer, String host, InetAddress address, int port) throws IOException, GeneralSecurityException {
        certificate = new TestCertificate(issuer, host);
        listening =
                (SSLServerSocket) certificate.context().getServerSocketFactory().createServerSocket(port, 10, address);
    }

    SSLServerSocket socket() {
        return listening;
    }

    TlsServer start() {
        Thread thread = new Thread(this::accept, "tls-server");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
                byte[] request = new byte[4_000];
                if (socket.getInputStream().read(request) > 0) {
                    shaken.incrementAndGet();
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
                                    .getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException e) {
                // a client that trusts somebody else, or the end
            }
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    InputStream pem() throws GeneralSecurityException {
        return new ByteArrayInputStream(certificate.pem().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
