package org.bascule.wire.session;

import java.util.Map;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofPublicKey;
import org.bascule.wire.log.TreeHead;

/**
 * Body of {@code PUT /api/sessions/{sid}/handshake}: the client's half, and the key its relay token will be bound to.
 *
 * @param log size of the tree head that is in {@code m1}; 0 from a client that does not say
 */
public record HandshakeRequest(byte[] m1, RelayProofPublicKey relayKey, Map<String, Long> rtts, long log) {

    /** Bytes of a handshake message. */
    public static final int MAX_M1 = 4_096;

    public HandshakeRequest {
        rtts = Map.copyOf(rtts);
    }

    /** Of a client that does not say which head is in m1. */
    public HandshakeRequest(byte[] m1, RelayProofPublicKey relayKey, Map<String, Long> rtts) {
        this(m1, relayKey, rtts, 0);
    }

    public String toJson() {
        return Json.createObjectBuilder()
                .add("m1", B64.encode(m1))
                .add("relayKey", B64.encode(relayKey.point()))
                .add("rtts", RelayAddress.rttsToJson(rtts))
                .add("log", log)
                .build()
                .toString();
    }

    public static HandshakeRequest parse(StrictJson json) throws WireException {
        return new HandshakeRequest(
                json.bytesUpTo("m1", MAX_M1),
                RelayProofPublicKey.parse(json.bytes("relayKey", RelayProofPublicKey.LENGTH)),
                RelayAddress.rttsFromJson(json),
                json.optionalNumber("log", 0, TreeHead.MAX_SIZE).orElse(0L));
    }
}
