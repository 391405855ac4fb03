package org.bascule.wire.session;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * How far the two ends of a session are from its relay: {@code {"client","device"}}, each only where that end has measured it.
 *
 * @param client round trip in milliseconds, 0 to 60,000
 * @param device the same
 */
public record RelayWay(Optional<Long> client, Optional<Long> device) {

    public static final RelayWay UNKNOWN = new RelayWay(Optional.empty(), Optional.empty());

    private static final long MAX_MILLIS = 60_000;

    /** To a relay, of what both ends measured. */
    public static RelayWay of(String relay, Map<String, Long> client, Map<String, Long> device) {
        return new RelayWay(Optional.ofNullable(client.get(relay)), Optional.ofNullable(device.get(relay)));
    }

    JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        client.ifPresent(millis -> json.add("client", millis));
        device.ifPresent(millis -> json.add("device", millis));
        return json.build();
    }

    /** Reads the member {@code way}; absent means unknown. */
    static RelayWay read(StrictJson json) throws WireException {
        Optional<StrictJson> way = json.optionalChild("way");
        return way.isEmpty()
                ? UNKNOWN
                : new RelayWay(
                        way.get().optionalNumber("client", 0, MAX_MILLIS),
                        way.get().optionalNumber("device", 0, MAX_MILLIS));
    }
}
