package org.bascule.agent.enrol;

import java.io.IOException;
import javax.security.auth.x500.X500Principal;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A PKCS#10 request (RFC 2986) that proves possession of the identity key; the names in the certificate are the server's to give. */
public final class CertificateRequest {

    private CertificateRequest() {}

    /** DER. */
    public static byte[] of(DeviceIdentityKey identity) {
        try {
            ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(identity.toJca());
            return new JcaPKCS10CertificationRequestBuilder(
                            new X500Principal("CN=device"), identity.publicKey().toJca())
                    .build(signer)
                    .getEncoded();
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("a P-256 key signs a request", e);
        }
    }
}
