package org.bascule.wire.control;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Something that happened at a device and belongs in the audit log.
 *
 * @param time by the device's channel clock
 * @param code operation code, 1 to 64 characters
 * @param detail 0 to 1,000 characters, hostile text
 * @param count how often, for aggregated events
 */
public record DeviceEvent(Instant time, String code, Optional<SessionId> sid, String detail, long count) {

    private static final int MAX_CODE = 64;
    static final int MAX_DETAIL = 1_000;

    public DeviceEvent {
        if (code.isEmpty() || code.length() > MAX_CODE || detail.length() > MAX_DETAIL || count < 1) {
            throw new IllegalArgumentException(
                    "an event has a code of 1 to 64, a detail of at most 1,000 characters and a positive count");
        }
    }

    public JsonObject toJson() {
        JsonObjectBuilder json =
                Json.createObjectBuilder().add("time", time.toString()).add("code", code);
        sid.ifPresent(value -> json.add("sid", value.hex()));
        if (!detail.isEmpty()) {
            json.add("detail", detail);
        }
        return json.add("count", count).build();
    }

    public static DeviceEvent parse(StrictJson json) throws WireException {
        try {
            Optional<String> sid = json.optionalString("sid", 32);
            return new DeviceEvent(
                    Instant.parse(json.string("time", 40)),
                    json.string("code", MAX_CODE),
                    sid.isPresent() ? Optional.of(SessionId.parse(sid.get())) : Optional.empty(),
                    json.has("detail") ? json.text("detail", MAX_DETAIL) : "",
                    json.has("count") ? json.number("count", 1, Integer.MAX_VALUE) : 1);
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }
}
