package org.bascule.wire.trust;

import jakarta.json.JsonObject;
import java.security.MessageDigest;
import java.util.List;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/**
 * A device says with its old identity key which one comes next. Who remembers the old key believes the new one without asking anybody.
 *
 * @param signature 64 bytes by the old key
 */
public record Continuity(DeviceIdentityPublicKey old, DeviceIdentityPublicKey next, byte[] signature) {

    /** Links that a client is shown: at a key every 60 days, more than five years. */
    public static final int MAX_LINKS = 32;

    private static final String LABEL = "bascule/1 continuity";

    public static Continuity sign(DeviceIdentityKey old, String uid, String domain, DeviceIdentityPublicKey next) {
        return new Continuity(old.publicKey(), next, old.sign(signedBytes(uid, domain, old.publicKey(), next)));
    }

    /** Fails unless the old key signed exactly this for the device. */
    public void verify(String uid, String domain) throws WireException {
        old.verify(signedBytes(uid, domain, old, next), signature);
    }

    private static byte[] signedBytes(
            String uid, String domain, DeviceIdentityPublicKey old, DeviceIdentityPublicKey next) {
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .lp(uid)
                .lp(domain)
                .bytes(old.thumbprint())
                .bytes(next.thumbprint())
                .toByteArray();
    }

    /**
     * Whether verified links lead from a key that is remembered to the one that is shown.
     *
     * @param links oldest first; those before the remembered key are not needed
     * @param remembered SHA-256 of its SubjectPublicKeyInfo
     */
    public static boolean leads(
            List<Continuity> links, String uid, String domain, byte[] remembered, DeviceIdentityPublicKey shown) {
        byte[] reached = remembered;
        for (Continuity link : links) {
            if (MessageDigest.isEqual(link.old().thumbprint(), reached)) {
                try {
                    link.verify(uid, domain);
                } catch (WireException e) {
                    return false;
                }
                reached = link.next().thumbprint();
            }
        }
        return MessageDigest.isEqual(reached, shown.thumbprint());
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("old", B64.encode(old.spki()))
                .add("next", B64.encode(next.spki()))
                .add("signature", B64.encode(signature))
                .build();
    }

    public static Continuity parse(StrictJson json) throws WireException {
        return new Continuity(
                DeviceIdentityPublicKey.parse(json.bytesUpTo("old", 128)),
                DeviceIdentityPublicKey.parse(json.bytesUpTo("next", 128)),
                json.bytes("signature", 64));
    }
}
