package org.bascule.agent.owner;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** What the owner wants of the switch. */
public sealed interface SwitchOrder {

    /** For itself: the key's command is not the one that an order is an argument of. */
    String KEY = "key";

    /** Let people in. */
    record On() implements SwitchOrder {}

    /**
     * Let nobody in.
     *
     * @param length at least a second, at most {@link SwitchSetting#LONGEST}; without it for good
     * @param reason for the people who want in; at most {@link SwitchSetting#MAX_REASON} characters
     */
    record Off(Optional<Duration> length, String reason) implements SwitchOrder {}

    /** Another mode; whether it is on or off stays. */
    record Mode(SwitchMode mode, Optional<KeySwitch> key) implements SwitchOrder {}

    /** {@code {"on":true}}, {@code {"on":false,"seconds":60,"reason":"…"}} or {@code {"mode":"key-switch","key":{"gpio":"…"}}}. */
    static SwitchOrder parse(StrictJson json) throws WireException {
        if (json.has("mode")) {
            SwitchMode mode = SwitchMode.of(json.string("mode", 32));
            Optional<KeySwitch> key = json.has(KEY) ? KeySwitch.parse(json.child(KEY)) : Optional.empty();
            if ((mode == SwitchMode.KEY_SWITCH) != key.isPresent()) {
                throw WireException.malformed(
                        "a command or an input goes with the mode 'key-switch', and with no other");
            }
            return new Mode(mode, key);
        }
        if (!json.has("on")) {
            throw WireException.malformed("'on' or 'mode' is missing");
        }
        return json.optionalFlag("on")
                ? new On()
                : new Off(
                        json.optionalNumber("seconds", 1, SwitchSetting.LONGEST.toSeconds())
                                .map(Duration::ofSeconds),
                        json.has("reason") ? json.text("reason", SwitchSetting.MAX_REASON) : "");
    }

    default JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder();
        if (this instanceof Mode change) {
            json.add("mode", change.mode().text());
            change.key().ifPresent(key -> {
                JsonObjectBuilder read = Json.createObjectBuilder();
                key.addTo(read);
                json.add(KEY, read);
            });
        } else if (this instanceof Off off) {
            json.add("on", false).add("reason", off.reason());
            off.length().ifPresent(length -> json.add("seconds", length.toSeconds()));
        } else {
            json.add("on", true);
        }
        return json.build();
    }

    /** @param who who says so, for the log */
    default SwitchSetting applyTo(SwitchSetting present, String who, Moment now) {
        if (this instanceof Mode change) {
            return present.in(change.mode(), change.key(), who, now);
        }
        if (this instanceof Off off) {
            return present.switchedOff(off.length(), off.reason(), who, now);
        }
        return present.switchedOn(who, now);
    }
}
