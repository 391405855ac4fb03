package org.bascule.session.service;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Arguments of {@code watch} ({@code docs/protocol/watch.md}): {@code {"sid":"…"}} for what runs in a session, with {@code "tool":1} for what one of its tools shows.
 *
 * @param tool as the list has it
 */
public record WatchRequest(SessionId sid, Optional<Integer> tool) {

    /** Tools that a list has. */
    public static final int MAX_TOOLS = 64;

    private static final int MAX_NAMES = 16;
    private static final int MAX_NAME = 256;

    public JsonObject toJson() {
        JsonObjectBuilder json = Json.createObjectBuilder().add("sid", sid.hex());
        tool.ifPresent(number -> json.add("tool", number));
        return json.build();
    }

    public static WatchRequest parse(JsonObject arguments) throws WireException {
        StrictJson json = StrictJson.of(arguments);
        return new WatchRequest(
                SessionId.parse(json.string("sid", 32)),
                json.has("tool") ? Optional.of((int) json.number("tool", 1, Integer.MAX_VALUE)) : Optional.empty());
    }

    /**
     * Something that can be watched.
     *
     * @param number unique within its session
     * @param service such as {@code terminal}: how its bytes are to be shown
     */
    public record Tool(int number, String service) {}

    /** {@code {"tools":[{"tool":1,"service":"terminal"}]}}: all of them, whenever they change. */
    public static JsonObject toolsEvent(List<Tool> tools) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        tools.forEach(tool ->
                array.add(Json.createObjectBuilder().add("tool", tool.number()).add("service", tool.service())));
        return Json.createObjectBuilder().add("tools", array).build();
    }

    /** Empty if it is another event. */
    public static Optional<List<Tool>> parseToolsEvent(JsonObject event) throws WireException {
        if (!event.containsKey("tools")) {
            return Optional.empty();
        }
        List<Tool> tools = new ArrayList<>();
        for (StrictJson tool : StrictJson.of(event).children("tools", MAX_TOOLS)) {
            tools.add(new Tool((int) tool.number("tool", 1, Integer.MAX_VALUE), tool.string("service", 64)));
        }
        return Optional.of(tools);
    }

    /** {@code {"picture":{"cols":…,"rows":…}}}: what follows begins anew, so whoever shows it empties the screen. */
    public static JsonObject pictureEvent(TerminalSize size) {
        return Json.createObjectBuilder().add("picture", size.toJson()).build();
    }

    /** Empty if it is another event. */
    public static Optional<TerminalSize> parsePictureEvent(JsonObject event) throws WireException {
        Optional<StrictJson> picture = StrictJson.of(event).optionalChild("picture");
        return picture.isPresent()
                ? Optional.of(TerminalSize.parse(picture.get().object()))
                : Optional.empty();
    }

    /** {@code {"watchers":["Ada"]}}: on each stream of a session that is watched, whenever they change; empty when nobody watches any more. */
    public static JsonObject watchersEvent(List<String> names) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        names.forEach(array::add);
        return Json.createObjectBuilder().add("watchers", array).build();
    }

    /** Names are hostile text. Empty if it is another event. */
    public static Optional<List<String>> parseWatchersEvent(JsonObject event) throws WireException {
        return event.containsKey("watchers")
                ? Optional.of(StrictJson.of(event).strings("watchers", MAX_NAMES, MAX_NAME))
                : Optional.empty();
    }
}
