package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Size of a terminal in characters, each 1 to 1,000: arguments of {@code terminal}, and its event {@code resize}. */
public record TerminalSize(int columns, int rows) {

    private static final int MAX = 1_000;

    public TerminalSize {
        if (columns < 1 || columns > MAX || rows < 1 || rows > MAX) {
            throw new IllegalArgumentException("a terminal has 1 to 1000 columns and rows");
        }
    }

    /** {@code {"cols":80,"rows":24}}. */
    public JsonObject toJson() {
        return Json.createObjectBuilder().add("cols", columns).add("rows", rows).build();
    }

    public static TerminalSize parse(JsonObject arguments) throws WireException {
        StrictJson json = StrictJson.of(arguments);
        return new TerminalSize((int) json.number("cols", 1, MAX), (int) json.number("rows", 1, MAX));
    }

    /** {@code {"resize":{"cols":…,"rows":…}}}. */
    public JsonObject toResizeEvent() {
        return Json.createObjectBuilder().add("resize", toJson()).build();
    }

    /** Empty if it is another event. */
    public static Optional<TerminalSize> parseResizeEvent(JsonObject event) throws WireException {
        Optional<StrictJson> resize = StrictJson.of(event).optionalChild("resize");
        return resize.isPresent() ? Optional.of(parse(resize.get().object())) : Optional.empty();
    }
}
