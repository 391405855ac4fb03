package org.bascule.agent.owner;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * What the switch is now.
 *
 * @param on whether anybody is let in
 * @param until when it comes on again, by this machine's clock; present only if it is off for a time
 * @param by who or what made it so; empty if nobody did
 * @param at since when
 * @param reason what the owner said, or why the switch cannot be read; may be empty
 */
public record SwitchState(boolean on, SwitchMode mode, Optional<Instant> until, String by, Instant at, String reason) {

    private static final int MAX_TEXT = 1_000;

    public JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("on", on)
                .add("mode", mode.text())
                .add("by", by)
                .add("at", at.toString())
                .add("reason", reason);
        until.ifPresent(time -> json.add("until", time.toString()));
        return json.build();
    }

    public static SwitchState parse(StrictJson json) throws WireException {
        try {
            return new SwitchState(
                    json.optionalFlag("on"),
                    SwitchMode.of(json.string("mode", 32)),
                    json.optionalString("until", 40).map(Instant::parse),
                    json.text("by", MAX_TEXT),
                    Instant.parse(json.string("at", 40)),
                    json.text("reason", MAX_TEXT));
        } catch (DateTimeException e) {
            throw new WireException(WireException.Reason.MALFORMED, "not a time", e);
        }
    }
}
