package org.bascule.wire.registry;

import java.util.Arrays;
import java.util.Locale;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Answer to a {@link RelayHeartbeat}: {@code {"state","drain"}}.
 *
 * @param drain whether the operator wants this relay to be empty
 */
public record HeartbeatAnswer(State state, boolean drain) {

    private static final int MAX_LENGTH = 4_096;

    /** What the operator said. */
    public enum State {
        /** Nothing yet. */
        PENDING,
        /** Sessions use it. */
        APPROVED,
        /** None ever will. */
        REFUSED;

        /** As it is written. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static State parse(String text) throws WireException {
            return Arrays.stream(values())
                    .filter(state -> state.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> WireException.malformed("not the state of a relay"));
        }
    }

    public String toJson() {
        return Json.createObjectBuilder()
                .add("state", state.text())
                .add("drain", drain)
                .build()
                .toString();
    }

    public static HeartbeatAnswer parse(String text) throws WireException {
        StrictJson json = StrictJson.parse(text, MAX_LENGTH);
        return new HeartbeatAnswer(State.parse(json.string("state", 16)), json.optionalFlag("drain"));
    }
}
