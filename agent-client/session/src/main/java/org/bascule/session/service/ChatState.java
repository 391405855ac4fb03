package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Who can read at the device ({@code docs/protocol/chat.md}).
 *
 * @param readers where the chat is open there, sorted: {@code page}, {@code terminal}, {@code window}; nowhere if it is empty
 * @param display whether a window will come up with the next message
 * @param shown number of the newest message that was shown there, 0 before the first
 */
public record ChatState(List<String> readers, boolean display, long shown) {

    private static final String DEVICE = "device";

    public ChatState {
        readers = List.copyOf(readers);
    }

    public JsonObject toEvent() {
        return Json.createObjectBuilder()
                .add(
                        DEVICE,
                        Json.createObjectBuilder()
                                .add("readers", Json.createArrayBuilder(readers))
                                .add("display", display)
                                .add("shown", shown))
                .build();
    }

    /** Empty if the event is another one. */
    public static Optional<ChatState> parseEvent(StrictJson event) throws WireException {
        Optional<StrictJson> device = event.optionalChild(DEVICE);
        if (device.isEmpty()) {
            return Optional.empty();
        }
        StrictJson json = device.get();
        return Optional.of(new ChatState(
                json.strings("readers", 8, 16), json.optionalFlag("display"), json.number("shown", 0, 1L << 53)));
    }
}
