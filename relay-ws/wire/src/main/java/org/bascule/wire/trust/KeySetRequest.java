package org.bascule.wire.trust;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootSigningKey;

/** What the access server asks the operator to sign with the offline root: the claims of a {@link KeySet} as plain JSON. */
public record KeySetRequest(
        String issuer, long seq, List<KeySet.Entry> keys, List<X509Certificate> certificateAuthorities) {

    public KeySetRequest {
        keys = List.copyOf(keys);
        certificateAuthorities = List.copyOf(certificateAuthorities);
    }

    public static KeySetRequest parse(String json) throws WireException {
        // the root is not known to the server yet; any key will do to read the rest
        KeySet set = KeySet.read(
                StrictJson.parse(json, KeySet.MAX_LENGTH),
                RootSigningKey.generate().publicKey());
        return new KeySetRequest(set.issuer(), set.seq(), set.keys(), set.certificateAuthorities());
    }

    public String toJson() {
        return new KeySet(issuer, RootSigningKey.generate().publicKey(), seq, keys, certificateAuthorities)
                .claims()
                .toString();
    }

    /** Signs it offline; the result goes back to the access server as its key set file. */
    public String sign(RootSigningKey root, Instant at) {
        return new KeySet(issuer, root.publicKey(), seq, keys, certificateAuthorities).sign(root, at);
    }
}
