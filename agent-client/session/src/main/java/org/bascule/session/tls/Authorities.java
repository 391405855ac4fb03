package org.bascule.session.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts the authorities of a PEM file, if one was given, and those of the Java platform. The platform's are only read when they are needed, since that takes
 * longer than the rest of a command. A server is verified with its host name only.
 */
public final class Authorities extends X509ExtendedTrustManager {

    private static final int MAX_CAUSES = 16;

    private final @Nullable X509ExtendedTrustManager added;

    // guarded by this
    private @Nullable X509ExtendedTrustManager platform;

    private Authorities(@Nullable X509ExtendedTrustManager added) {
        this.added = added;
    }

    /** Those of the Java platform alone. */
    public static Authorities ofPlatform() {
        return new Authorities(null);
    }

    /**
     * Those that are read, and the platform's.
     *
     * @throws CertificateException if there is none, or it is not PEM
     */
    public static Authorities with(InputStream pem) throws IOException, GeneralSecurityException {
        return new Authorities(TrustedCas.of(pem));
    }

    private synchronized X509ExtendedTrustManager platform() throws CertificateException {
        X509ExtendedTrustManager present = platform;
        if (present == null) {
            try {
                present = TrustedCas.ofPlatform();
            } catch (GeneralSecurityException e) {
                throw new CertificateException("the platform's certificate authorities cannot be read", e);
            }
            platform = present;
        }
        return present;
    }

    /** A check by one trust manager. */
    private interface Check {
        void by(X509ExtendedTrustManager manager) throws CertificateException;
    }

    private void verify(X509Certificate[] chain, Check check) throws CertificateException {
        X509ExtendedTrustManager first = added;
        CertificateException refused = null;
        if (first != null) {
            try {
                check.by(first);
                return;
            } catch (CertificateException e) {
                refused = e;
            }
        }
        try {
            check.by(platform());
        } catch (CertificateException e) {
            if (refused == null) {
                refused = e;
            } else {
                refused.addSuppressed(e);
            }
            throw named(chain, refused);
        }
    }

    private CertificateException named(X509Certificate[] chain, CertificateException refused) {
        Throwable cause = refused;
        for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
            if (cause instanceof CertPathBuilderException) {
                UntrustedIssuerException named = UntrustedIssuerException.of(chain, expected());
                named.initCause(refused);
                return named;
            }
            cause = cause.getCause();
        }
        return refused;
    }

    private Optional<X509Certificate> expected() {
        return Optional.ofNullable(added)
                .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()).findFirst());
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        verify(chain, manager -> manager.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        verify(chain, manager -> manager.checkServerTrusted(chain, type, socket));
    }

    /** Without the connection the host name could not be checked. */
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("a server is verified with its host name only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw noServer();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw noServer();
    }

    private static CertificateException noServer() {
        return new CertificateException("this program is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
