package org.bascule.session.tls;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trust managers for the certificate authorities of a PEM file, and for those of the Java platform. */
public final class TrustedCas {

    private TrustedCas() {}

    /**
     * Trusts the certificates that are read, and no others.
     *
     * @throws CertificateException if there is none, or it is not PEM
     */
    public static X509ExtendedTrustManager of(InputStream pem) throws IOException, GeneralSecurityException {
        Collection<? extends Certificate> cas =
                CertificateFactory.getInstance("X.509").generateCertificates(pem);
        if (cas.isEmpty()) {
            throw new CertificateException("there is no certificate");
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Certificate ca : cas) {
            store.setCertificateEntry("ca-" + store.size(), ca);
        }
        return manager(store);
    }

    /** Trusts the authorities of the Java platform. */
    public static X509ExtendedTrustManager ofPlatform() throws GeneralSecurityException {
        return manager(null);
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("the platform has no X.509 trust manager");
    }
}
