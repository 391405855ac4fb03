package org.bascule.wire.enrol;

import java.time.DateTimeException;
import java.time.Instant;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RootPublicKey;

/**
 * Answer of {@code POST /api/pair}.
 *
 * @param id names the pairing afterwards
 * @param nonce 32 bytes, for {@link PairingProof}
 * @param interval seconds between questions
 * @param root what the agent shows as words and pins
 */
public record PairingOpened(
        String id, PairingCode code, byte[] nonce, Instant expires, int interval, RootPublicKey root) {

    private static final int MAX_LENGTH = 8 * 1_024;

    public String toJson() {
        return Json.createObjectBuilder()
                .add("id", id)
                .add("code", code.shown())
                .add("nonce", B64.encode(nonce))
                .add("expires", expires.toString())
                .add("interval", interval)
                .add("root", B64.encode(root.raw()))
                .build()
                .toString();
    }

    public static PairingOpened parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        try {
            return new PairingOpened(
                    json.string("id", 36),
                    PairingCode.typed(json.string("code", 20))
                            .orElseThrow(() -> WireException.malformed("not a pairing code")),
                    json.bytes("nonce", PairingProof.NONCE),
                    Instant.parse(json.string("expires", 40)),
                    (int) json.number("interval", 1, 60),
                    RootPublicKey.parse(json.bytes("root", RootPublicKey.LENGTH)));
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }
}
