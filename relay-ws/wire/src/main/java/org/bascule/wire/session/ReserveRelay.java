package org.bascule.wire.session;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import java.util.ArrayList;
import java.util.List;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayLimits;

/**
 * A relay to go on at after a transport was lost, with a token in reserve: {@code {"id","url","token"}} ({@code docs/protocol/session.md}, "Resuming").
 *
 * @param token compact JWS
 */
public record ReserveRelay(RelayAddress relay, String token) {

    /** In a list. */
    public static final int MAX = 3;
    /** Ids that an end names in a request. */
    public static final int MAX_NAMED = 8;

    /** The member {@code reserve}. */
    public static JsonArray toJson(List<ReserveRelay> reserve) {
        JsonArrayBuilder json = Json.createArrayBuilder();
        for (ReserveRelay one : reserve) {
            json.add(Json.createObjectBuilder(one.relay.toJson()).add("token", one.token));
        }
        return json.build();
    }

    /** Reads the member {@code reserve}; absent means none. */
    public static List<ReserveRelay> read(StrictJson json) throws WireException {
        if (!json.has("reserve")) {
            return List.of();
        }
        List<ReserveRelay> reserve = new ArrayList<>();
        for (StrictJson one : json.children("reserve", MAX)) {
            reserve.add(new ReserveRelay(RelayAddress.parse(one), one.string("token", RelayLimits.MAX_TOKEN)));
        }
        return List.copyOf(reserve);
    }

    /** Relay ids, as an end names them. */
    public static List<String> ids(StrictJson json, String name) throws WireException {
        return json.has(name) ? List.copyOf(json.strings(name, MAX_NAMED, 64)) : List.of();
    }

    @Override
    public String toString() {
        return "ReserveRelay[" + relay + ", REDACTED]";
    }
}
