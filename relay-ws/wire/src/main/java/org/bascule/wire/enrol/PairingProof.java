package org.bascule.wire.enrol;

import org.bascule.wire.B64;
import org.bascule.wire.Bytes;
import org.bascule.wire.Json;
import org.bascule.wire.Sha256;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.DeviceIdentityKey;
import org.bascule.wire.keys.DeviceIdentityPublicKey;

/**
 * Body of {@code POST /api/pair/{id}}: what became of it? The signature proves possession of the key that the code was given for, and says which root was shown
 * at the machine, so that somebody in between who showed another one is noticed.
 *
 * @param rootHash SHA-256 of the root that the agent was shown
 */
public record PairingProof(byte[] rootHash, byte[] signature) {

    public static final int NONCE = 32;
    private static final String LABEL = "bascule/1 pairing";

    public static PairingProof sign(DeviceIdentityKey identity, String id, byte[] nonce, byte[] rootHash) {
        return new PairingProof(rootHash, identity.sign(signedBytes(id, nonce, rootHash)));
    }

    public void verify(DeviceIdentityPublicKey identity, String id, byte[] nonce) throws WireException {
        identity.verify(signedBytes(id, nonce, rootHash), signature);
    }

    private static byte[] signedBytes(String id, byte[] nonce, byte[] rootHash) {
        return Bytes.writer()
                .ascii(LABEL)
                .u8(0)
                .lp(id)
                .bytes(nonce)
                .bytes(rootHash)
                .toByteArray();
    }

    public String toJson() {
        return Json.createObjectBuilder()
                .add("rootHash", B64.encode(rootHash))
                .add("signature", B64.encode(signature))
                .build()
                .toString();
    }

    public static PairingProof parse(StrictJson json) throws WireException {
        return new PairingProof(json.bytes("rootHash", Sha256.LENGTH), json.bytes("signature", 64));
    }
}
