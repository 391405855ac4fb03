package org.bascule.wire.session;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.log.TreeHead;

/**
 * Body of {@code POST /api/sessions}: what somebody wants to do on a device, and why.
 *
 * @param heads sizes of the tree heads that the client remembers, by tree: the answer proves that the newest one goes on from it
 */
public record SessionRequest(String device, Operations operations, Optional<String> reason, Map<String, Long> heads) {

    /** Trees that a client names. */
    public static final int MAX_HEADS = 16;

    public SessionRequest {
        heads = Map.copyOf(heads);
    }

    /** Of a client that has seen no head. */
    public SessionRequest(String device, Operations operations, Optional<String> reason) {
        this(device, operations, reason, Map.of());
    }

    public String toJson() {
        JsonArrayBuilder names = Json.createArrayBuilder();
        operations.names().forEach(names::add);
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("device", device).add("operations", names);
        reason.ifPresent(value -> json.add("reason", value));
        if (!heads.isEmpty()) {
            JsonObjectBuilder sizes = Json.createObjectBuilder();
            heads.forEach(sizes::add);
            json.add("heads", sizes);
        }
        return json.build().toString();
    }

    public static SessionRequest parse(StrictJson json) throws WireException {
        return new SessionRequest(
                json.string("device", 36),
                Operations.of(json.strings("operations", 16, 128)),
                json.optionalString("reason", 500),
                heads(json));
    }

    private static Map<String, Long> heads(StrictJson json) throws WireException {
        Map<String, Long> heads = new HashMap<>();
        Optional<StrictJson> sizes = json.optionalChild("heads");
        if (sizes.isPresent()) {
            if (sizes.get().object().size() > MAX_HEADS) {
                throw WireException.malformed("at most %d heads".formatted(MAX_HEADS));
            }
            for (String tree : sizes.get().object().keySet()) {
                heads.put(tree, sizes.get().number(tree, 0, TreeHead.MAX_SIZE));
            }
        }
        return heads;
    }
}
