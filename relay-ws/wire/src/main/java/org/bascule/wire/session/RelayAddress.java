package org.bascule.wire.session;

import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.bascule.wire.relay.RelayLimits;

/**
 * A relay as an end sees it.
 *
 * @param id 1 to 64 characters
 * @param url {@code ws} or {@code wss} URL without a trailing slash, e.g. {@code wss://relay.example/relay}
 */
public record RelayAddress(String id, String url) {

    private static final int MAX_RELAYS = 64;

    public RelayAddress {
        if (id.isEmpty() || id.length() > 64) {
            throw new IllegalArgumentException("a relay id has 1 to 64 characters");
        }
        try {
            URI uri = new URI(url);
            boolean webSocket = "ws".equals(uri.getScheme()) || "wss".equals(uri.getScheme());
            if (!webSocket
                    || uri.getHost() == null
                    || uri.getUserInfo() != null
                    || url.endsWith("/")
                    || url.length() > 300) {
                throw new IllegalArgumentException("a relay URL is ws or wss, without user and trailing slash");
            }
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL", e);
        }
    }

    /** Where a session's two ends meet. */
    public URI endpoint(SessionId sid) {
        return URI.create(url + "/v1/" + sid.hex());
    }

    /** Where its round trip is measured. */
    public URI probe() {
        return URI.create(url + "/v1/" + RelayLimits.PROBE);
    }

    public JsonObject toJson() {
        return Json.createObjectBuilder().add("id", id).add("url", url).build();
    }

    public static RelayAddress parse(StrictJson json) throws WireException {
        try {
            return new RelayAddress(json.string("id", 64), json.string("url", 300));
        } catch (IllegalArgumentException e) {
            throw new WireException(WireException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
        }
    }

    /** {@code {relay id: milliseconds}}. */
    public static JsonObject rttsToJson(Map<String, Long> rtts) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        new TreeMap<>(rtts).forEach(json::add);
        return json.build();
    }

    /** Reads the member {@code rtts}, at most 64 entries of 0 to 60,000 ms; absent means none. */
    public static Map<String, Long> rttsFromJson(StrictJson json) throws WireException {
        if (!json.has("rtts")) {
            return Map.of();
        }
        JsonObject object = json.child("rtts").object();
        if (object.size() > MAX_RELAYS) {
            throw new WireException(WireException.Reason.TOO_LARGE, "more than 64 round trips");
        }
        Map<String, Long> rtts = new HashMap<>();
        for (Map.Entry<String, JsonValue> entry : object.entrySet()) {
            if (!(entry.getValue() instanceof JsonNumber number)
                    || number.longValue() < 0
                    || number.longValue() > 60_000) {
                throw WireException.malformed("a round trip is 0 to 60,000 ms");
            }
            rtts.put(entry.getKey(), number.longValue());
        }
        return rtts;
    }
}
