package org.bascule.agent.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Verifies with the private authority, then with the platform's; records the leaf only after one of them was content. */
final class RecordingTrustManager extends X509ExtendedTrustManager {

    private final ServerTrust trust;
    private final SeenCertificate seen;

    RecordingTrustManager(ServerTrust trust, SeenCertificate seen) {
        this.trust = trust;
        this.seen = seen;
    }

    private interface Check {
        void with(X509ExtendedTrustManager manager) throws CertificateException;
    }

    private void verify(X509Certificate[] chain, Check check) throws CertificateException {
        X509ExtendedTrustManager privateCa = trust.privateCa();
        if (privateCa == null) {
            check.with(trust.platform());
        } else {
            try {
                check.with(privateCa);
            } catch (CertificateException e) {
                try {
                    check.with(trust.platform());
                } catch (CertificateException second) {
                    e.addSuppressed(second);
                    throw e;
                }
            }
        }
        seen.record(chain[0]);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        verify(chain, manager -> manager.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        verify(chain, manager -> manager.checkServerTrusted(chain, authType, socket));
    }

    /** Without the connection the host name could not be checked. */
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("a server is verified with its host name only");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("an agent is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
