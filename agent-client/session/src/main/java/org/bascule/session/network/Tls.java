package org.bascule.session.network;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS as row DEV-4 wants it: version 1.3 or 1.2, forward secrecy, AES-256, the server's host name checked. Thread-safe. */
public final class Tls {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    private static final String[] SUITES = {
        "TLS_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    };

    private static final String GROUPS = "jdk.tls.namedGroups";

    static {
        offerP256First();
    }

    private final X509ExtendedTrustManager trust;
    private final @Nullable SSLContext shared;

    private Tls(X509ExtendedTrustManager trust, @Nullable SSLContext shared) {
        this.trust = trust;
        this.shared = shared;
    }

    /**
     * For all of TLS in this process that begins after this, unless it is set already: P-256 is offered before X25519. Servers on a JDK take the client's first, and their native cryptography has no X25519 (decision 0056).
     */
    public static void offerP256First() {
        if (System.getProperty(GROUPS) == null) {
            System.setProperty(GROUPS, "secp256r1,x25519,secp384r1,secp521r1");
        }
    }

    /** Connections resume earlier sessions of the same server, which spares a certificate check. */
    public static Tls resuming(X509ExtendedTrustManager trust) {
        return new Tls(trust, context(trust));
    }

    /** Nothing is resumed, so the server's certificate is seen and checked in every handshake. */
    public static Tls fresh(X509ExtendedTrustManager trust) {
        return new Tls(trust, null);
    }

    private static SSLContext context(X509ExtendedTrustManager trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {trust}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** Shakes hands over a connected socket. @throws javax.net.ssl.SSLException if the server's certificate or its TLS is not accepted */
    SSLSocket handshake(Socket raw, String host, int port) throws IOException {
        SSLContext context = shared == null ? context(trust) : shared;
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(PROTOCOLS.clone());
        parameters.setCipherSuites(SUITES.clone());
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
