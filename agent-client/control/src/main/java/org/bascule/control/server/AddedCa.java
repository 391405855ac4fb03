package org.bascule.control.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bascule.session.tls.TrustedCas;
import org.jspecify.annotations.Nullable;

/**
 * TLS that trusts the CAs of a PEM file and the platform's. The platform's are only read when a certificate is not from the file, since that
 * takes longer than the rest of a command. Host names are verified by either, as the connection asks for it.
 */
final class AddedCa extends X509ExtendedTrustManager {

    private final X509ExtendedTrustManager added;

    // guarded by this
    private @Nullable X509ExtendedTrustManager platform;

    private AddedCa(X509ExtendedTrustManager added) {
        this.added = added;
    }

    static SSLContext context(Path pem) throws IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AddedCa(TrustedCas.of(in))}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificates in " + pem, e);
        }
    }

    private synchronized X509ExtendedTrustManager platform() throws CertificateException {
        X509ExtendedTrustManager present = platform;
        if (present == null) {
            try {
                present = TrustedCas.ofPlatform();
            } catch (GeneralSecurityException e) {
                throw new CertificateException("the platform's CAs cannot be read", e);
            }
            platform = present;
        }
        return present;
    }

    /** A check by one trust manager. */
    private interface Check {
        void by(X509ExtendedTrustManager manager) throws CertificateException;
    }

    private void either(Check check) throws CertificateException {
        try {
            check.by(added);
        } catch (CertificateException e) {
            check.by(platform());
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        either(manager -> manager.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        either(manager -> manager.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        either(manager -> manager.checkServerTrusted(chain, type));
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
        return added.getAcceptedIssuers();
    }
}
