package org.bascule.system;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.Optional;

/** The relay that is set for a device. */
final class FixedRelay {

    private FixedRelay() {}

    /** @param relay empty: it is chosen */
    static void set(TheSystem system, String device, Optional<String> relay) {
        Api configuring = system.api("automation");
        String path = "/api/fixed-relays/" + device;
        JsonObject present = configuring.getJson(path);
        var body = Json.createObjectBuilder();
        relay.ifPresent(id -> body.add("relay", id));
        Api.expect(
                200,
                configuring.put(path, body.build().toString(), "If-Match", "\"" + present.getString("etag") + "\""));
    }
}
