package org.bascule.agent.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bascule.agent.state.StateException;
import org.bascule.session.tls.TrustedCas;
import org.jspecify.annotations.Nullable;

/** Whom the agent believes in TLS: the authorities of the Java platform, and a private one if it was given. */
public final class ServerTrust {

    private final @Nullable X509ExtendedTrustManager privateCa;

    // guarded by this; most devices with a private authority never need it
    private @Nullable X509ExtendedTrustManager platform;

    private ServerTrust(@Nullable X509ExtendedTrustManager privateCa) {
        this.privateCa = privateCa;
    }

    /** @param pem certificates of private authorities */
    public static ServerTrust of(Optional<byte[]> pem) throws StateException {
        return new ServerTrust(pem.isPresent() ? privateCa(pem.get()) : null);
    }

    private static X509ExtendedTrustManager privateCa(byte[] pem) throws StateException {
        try {
            return TrustedCas.of(new ByteArrayInputStream(pem));
        } catch (CertificateException e) {
            throw new StateException("The file of the certificate authority is not PEM, or holds no certificate.", e);
        } catch (GeneralSecurityException | IOException e) {
            throw new StateException("The certificate authority cannot be used: " + e.getMessage() + ".", e);
        }
    }

    synchronized X509ExtendedTrustManager platform() throws CertificateException {
        if (platform == null) {
            try {
                platform = TrustedCas.ofPlatform();
            } catch (GeneralSecurityException e) {
                throw new CertificateException("the platform's certificate authorities cannot be read", e);
            }
        }
        return platform;
    }

    @Nullable
    X509ExtendedTrustManager privateCa() {
        return privateCa;
    }

    /**
     * A context for one connection. It resumes nothing, so the server's certificate is seen in every handshake.
     *
     * @param seen learns what the server showed
     */
    public SSLContext context(SeenCertificate seen) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new RecordingTrustManager(this, seen)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
    }

    /** TLS 1.3 or 1.2, with the host name checked. */
    public static SSLParameters parameters() {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        return parameters;
    }
}
