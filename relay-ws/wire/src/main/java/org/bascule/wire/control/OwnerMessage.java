package org.bascule.wire.control;

import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** What the device's owner decides at the device; the access server shows it and follows, the agent enforces it. */
public sealed interface OwnerMessage extends ControlMessage {

    /**
     * Agent: the owner's switch, after {@code ready} and when it changes. Without it a device is switched on.
     *
     * @param on whether the device lets anybody in
     * @param mode {@code always}, {@code key-switch} or {@code as-left}
     * @param until when it comes on again, by the channel's time; only if it is off for a time
     * @param reason what the owner said; hostile text of up to 200 characters, may be empty
     */
    record Switch(boolean on, String mode, Optional<Instant> until, String reason) implements OwnerMessage {
        static final String TYPE = "switch";
        public static final int MAX_REASON = 200;

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void write(JsonObjectBuilder json) {
            json.add("on", on).add("mode", mode).add("reason", reason);
            until.ifPresent(time -> json.add("until", time.toEpochMilli()));
        }

        static Switch read(StrictJson json) throws WireException {
            if (!json.has("on")) {
                throw WireException.malformed("'on' is missing");
            }
            return new Switch(
                    json.optionalFlag("on"),
                    json.string("mode", 32),
                    json.optionalNumber("until", 0, 1L << 53).map(Instant::ofEpochMilli),
                    json.has("reason") ? json.text("reason", MAX_REASON) : "");
        }
    }
}
