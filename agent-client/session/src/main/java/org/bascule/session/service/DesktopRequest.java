package org.bascule.session.service;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Arguments of {@code desktop} ({@code docs/protocol/desktop.md}): {@code {"mode":"view"}}, {@code {"mode":"control","display":":0","screen":"64"}} or
 * {@code {"mode":"view","vnc":{"host":"192.168.1.7","port":5900}}}.
 *
 * @param mode how it begins
 * @param display empty for the one that is in front; none with {@code vnc}
 * @param screen id of a monitor; empty for all
 * @param vnc the server whose screen is meant; empty for a display of the device
 */
public record DesktopRequest(Mode mode, Optional<String> display, String screen, Optional<VncRequest> vnc) {

    private static final Pattern DISPLAY = Pattern.compile(":[0-9]{1,4}(\\.[0-9]{1,2})?");
    private static final int MAX_SCREEN = 64;

    /** A display of the device. */
    public DesktopRequest(Mode mode, Optional<String> display, String screen) {
        this(mode, display, screen, Optional.empty());
    }

    /** Whether mouse and keyboard count. */
    public enum Mode {
        VIEW("view"),
        CONTROL("control");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        public static Mode parse(String text) throws WireException {
            for (Mode mode : values()) {
                if (mode.text.equals(text)) {
                    return mode;
                }
            }
            throw WireException.malformed("'mode' is view or control");
        }
    }

    public JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("mode", mode.text());
        display.ifPresent(name -> json.add("display", name));
        if (!screen.isEmpty()) {
            json.add("screen", screen);
        }
        vnc.ifPresent(server -> json.add("vnc", server.toJson()));
        return json.build();
    }

    public static DesktopRequest parse(JsonObject arguments) throws WireException {
        StrictJson json = StrictJson.of(arguments);
        Optional<String> display = json.optionalString("display", 16);
        if (display.isPresent() && !DISPLAY.matcher(display.get()).matches()) {
            throw WireException.malformed("'display' is no name of a display of this device");
        }
        Optional<StrictJson> server = json.optionalChild("vnc");
        if (display.isPresent() && server.isPresent()) {
            throw WireException.malformed("'display' and 'vnc' exclude each other");
        }
        return new DesktopRequest(
                Mode.parse(json.string("mode", 16)),
                display,
                json.has("screen") ? json.text("screen", MAX_SCREEN) : "",
                server.isPresent() ? Optional.of(VncRequest.parse(server.get())) : Optional.empty());
    }
}
