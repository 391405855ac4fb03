package org.bascule.wire.enrol;

import java.time.Instant;
import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/**
 * Body of {@code POST /api/enrol/reset}: a device says, signed by its identity key, that this key will not be used again. Worth nothing to a thief: it can only be
 * used to revoke, and for a few minutes.
 *
 * @param time whole seconds
 */
public record ResetNotice(String uid, Instant time, byte[] signature) {

    private static final String LABEL = "bascule/1 reset";

    public static ResetNotice sign(DeviceIdentityKey identity, String uid, String domain, Instant time) {
        Instant whole = Instant.ofEpochSecond(time.getEpochSecond());
        return new ResetNotice(uid, whole, identity.sign(signedBytes(uid, domain, whole)));
    }

    public void verify(DeviceIdentityPublicKey identity, String domain) throws WireException {
        identity.verify(signedBytes(uid, domain, time), signature);
    }

    private static byte[] signedBytes(String uid, String domain, Instant time) {
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .lp(uid)
                .lp(domain)
                .u64(time.getEpochSecond())
                .toByteArray();
    }

    public String toJson() {
        return Json.createObjectBuilder()
                .add("uid", uid)
                .add("time", time.getEpochSecond())
                .add("signature", B64.encode(signature))
                .build()
                .toString();
    }

    public static ResetNotice parse(StrictJson json) throws WireException {
        return new ResetNotice(
                json.string("uid", 36),
                Instant.ofEpochSecond(json.number("time", 0, 1L << 40)),
                json.bytes("signature", 64));
    }
}
