package org.bascule.wire.session;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Body of {@code POST /api/sessions}: what somebody wants to do on a device, and why. */
public record SessionRequest(String device, Operations operations, Optional<String> reason) {

    public String toJson() {
        JsonArrayBuilder names = Json.createArrayBuilder();
        operations.names().forEach(names::add);
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("device", device).add("operations", names);
        reason.ifPresent(value -> json.add("reason", value));
        return json.build().toString();
    }

    public static SessionRequest parse(StrictJson json) throws WireException {
        return new SessionRequest(
                json.string("device", 36),
                Operations.of(json.strings("operations", 16, 128)),
                json.optionalString("reason", 500));
    }
}
