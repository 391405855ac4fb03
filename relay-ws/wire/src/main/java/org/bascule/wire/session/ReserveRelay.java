package org.bascule.wire.session;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayLimits;

/**
 * A relay to go on at after a transport was lost, with a token in reserve: {@code {"id","url","token","way"}} ({@code docs/protocol/session.md}, "Resuming").
 *
 * @param token compact JWS
 * @param way as both ends measured it when the session began; {@link RelayWay#UNKNOWN} where nobody says it
 */
public record ReserveRelay(RelayAddress relay, String token, RelayWay way) {

    /** In a list. */
    public static final int MAX = 3;
    /** Ids that an end names in a request. */
    public static final int MAX_NAMED = 8;

    /** Without the way. */
    public ReserveRelay(RelayAddress relay, String token) {
        this(relay, token, RelayWay.UNKNOWN);
    }

    /** The same with what both ends measured. */
    public ReserveRelay measured(Map<String, Long> client, Map<String, Long> device) {
        return new ReserveRelay(relay, token, RelayWay.of(relay.id(), client, device));
    }

    /** The member {@code reserve}. */
    public static JsonArray toJson(List<ReserveRelay> reserve) {
        JsonArrayBuilder json = Json.createArrayBuilder();
        for (ReserveRelay one : reserve) {
            JsonObjectBuilder member =
                    Json.createObjectBuilder(one.relay.toJson()).add("token", one.token);
            if (!one.way.equals(RelayWay.UNKNOWN)) {
                member.add("way", one.way.toJson());
            }
            json.add(member);
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
            reserve.add(new ReserveRelay(
                    RelayAddress.parse(one), one.string("token", RelayLimits.MAX_TOKEN), RelayWay.read(one)));
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
