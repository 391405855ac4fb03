package org.bascule.domain.pki;

import java.io.IOException;
import org.bascule.domain.refusal.Problem;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityPublicKey;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A PKCS#10 request (RFC 2986) whose signature proved that the device holds the key. Nothing but the key is taken from it: subject and
 * attributes are ignored.
 */
public record CertificateRequest(DeviceIdentityPublicKey key) {

    /** Fails with {@code CSR_INVALID} unless this is a request for a P-256 key, signed by it. */
    public static CertificateRequest parse(byte[] der) throws RefusedException {
        try {
            PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
            DeviceIdentityPublicKey key = DeviceIdentityPublicKey.parse(
                    request.getSubjectPublicKeyInfo().getEncoded("DER"));
            if (request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key.toJca()))) {
                return new CertificateRequest(key);
            }
        } catch (IOException
                | WireException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException
                | ClassCastException e) {
            throw invalid();
        }
        throw invalid();
    }

    private static RefusedException invalid() {
        return new RefusedException(
                Problem.CSR_INVALID,
                "The certificate request is not a PKCS#10 request for a P-256 key signed by that key.");
    }
}
