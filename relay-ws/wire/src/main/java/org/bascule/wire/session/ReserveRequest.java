package org.bascule.wire.session;

import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.OptionalLong;
import org.bascule.wire.B64;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.keys.RelayProofPublicKey;

/**
 * Body of {@code POST /api/sessions/{sid}/relays}: asks for new tokens in reserve.
 *
 * @param relayKey the key that they will be bound to
 * @param relays ids of the relays held, in order
 * @param struck ids of those that this end does not want to use
 * @param lost the attempt whose transport was lost; empty while there is one
 */
public record ReserveRequest(
        RelayProofPublicKey relayKey, List<String> relays, List<String> struck, OptionalLong lost) {

    public ReserveRequest {
        relays = List.copyOf(relays);
        struck = List.copyOf(struck);
    }

    public String toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("relayKey", B64.encode(relayKey.point()))
                .add("relays", Json.createArrayBuilder(relays))
                .add("struck", Json.createArrayBuilder(struck));
        lost.ifPresent(attempt -> json.add("lost", attempt));
        return json.build().toString();
    }

    public static ReserveRequest parse(StrictJson json) throws WireException {
        return new ReserveRequest(
                RelayProofPublicKey.parse(json.bytes("relayKey", RelayProofPublicKey.LENGTH)),
                ReserveRelay.ids(json, "relays"),
                ReserveRelay.ids(json, "struck"),
                json.optionalNumber("lost", 0, 0xffff_ffffL)
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty));
    }
}
