package org.bascule.agent.tls;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.bascule.wire.Sha256;

/** What a server showed in the TLS handshake of one connection, after it was verified. */
public final class SeenCertificate {

    private final AtomicReference<X509Certificate> leaf = new AtomicReference<>();

    void record(X509Certificate certificate) {
        leaf.set(certificate);
    }

    /** SHA-256 of the SubjectPublicKeyInfo; empty before the handshake. */
    public Optional<byte[]> spkiHash() {
        return Optional.ofNullable(leaf.get())
                .map(certificate -> Sha256.of(certificate.getPublicKey().getEncoded()));
    }
}
