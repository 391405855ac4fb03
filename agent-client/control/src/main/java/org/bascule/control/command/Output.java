package org.bascule.control.command;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How administrative commands answer: with {@code --json} as the API does, otherwise for people. */
class Output {

    private static final int MAX_REPLY = 100;

    @Option(names = "--json", description = "print JSON, with the members of the API")
    private boolean json;

    /** An object, or one sentence about it. */
    void print(Surroundings around, JsonObject object, String sentence) {
        around.println(json ? Printable.json(object.toString()) : sentence);
    }

    /** An object, or its members, one in a line. */
    void members(Surroundings around, JsonObject object) {
        if (json) {
            around.println(Printable.json(object.toString()));
            return;
        }
        Table table = Table.wide("WHAT", "VALUE");
        object.forEach((name, value) -> {
            table.add(name, text(value));
        });
        table.lines().forEach(around::println);
    }

    /** What was done to something, where the API has no answer: {@code {"id":…,"done":"removed"}}. */
    void done(Surroundings around, String id, String what) {
        print(around, Json.createObjectBuilder().add("id", id).add("done", what).build(), Printable.of(what));
    }

    /** A list that comes page by page, or a table of it. */
    Rows rows(Surroundings around, Table table, Consumer<JsonObject> row) {
        return new Rows(around, json, table, row);
    }

    /** A list, or a table of it. */
    void list(Surroundings around, List<JsonObject> items, Table table) {
        list(around, items, table.lines());
    }

    /** A list, or these lines about it. */
    void list(Surroundings around, List<JsonObject> items, List<String> lines) {
        if (json) {
            JsonArrayBuilder array = Json.createArrayBuilder();
            items.forEach(array::add);
            around.println(Printable.json(
                    Json.createObjectBuilder().add("items", array).build().toString()));
        } else {
            lines.forEach(around::println);
        }
    }

    /** The text of a member; empty if it is null or missing. */
    static String text(JsonObject object, String member) {
        return text(object.get(member));
    }

    static String text(@Nullable JsonValue value) {
        if (value == null || value == JsonValue.NULL) {
            return "";
        }
        if (value instanceof JsonString string) {
            return string.getString();
        }
        if (value instanceof JsonArray array) {
            return array.stream().map(Output::text).collect(Collectors.joining(" "));
        }
        return value instanceof JsonObject object && object.get("name") instanceof JsonString name
                ? name.getString()
                : value.toString();
    }

    /** The name of an object that is a member, such as {@code folder}; empty if it is null or missing. */
    static String name(JsonObject object, String member) {
        return object.get(member) instanceof JsonObject named ? text(named, "name") : "";
    }

    /** An object that is a member; an empty one if it is null or missing. */
    static JsonObject object(JsonObject object, String member) {
        return object.get(member) instanceof JsonObject found ? found : JsonValue.EMPTY_JSON_OBJECT;
    }

    /** The objects of a list that is a member. */
    static List<JsonObject> objects(JsonObject object, String member) {
        return object.get(member) instanceof JsonArray array
                ? array.stream()
                        .filter(JsonObject.class::isInstance)
                        .map(JsonValue::asJsonObject)
                        .toList()
                : List.of();
    }

    /** The texts of a list that is a member. */
    static List<String> texts(JsonObject object, String member) {
        return object.get(member) instanceof JsonArray array
                ? array.stream().map(Output::text).toList()
                : List.of();
    }

    /** Where something is: {@code /Customers/North/pump 1}, with what the caller sees of the folders above. */
    static String place(JsonObject resource) {
        if (text(resource, "name").isEmpty()) {
            return text(resource, "id");
        }
        return objects(resource, "path").stream()
                        .map(folder -> "/" + text(folder, "name"))
                        .collect(Collectors.joining())
                + "/"
                + text(resource, "name");
    }

    /** Goes on after "yes" at the terminal or with {@code --yes}; a program that is not asked by a person is refused. */
    static void confirm(Surroundings around, boolean yes, String question) throws CommandException {
        if (!yes) {
            confirm(around, question, "use --yes");
        }
    }

    /**
     * Goes on after "yes" at the terminal.
     *
     * @param otherwise what a program does instead
     */
    static void confirm(Surroundings around, String question, String otherwise) throws CommandException {
        around.warn(question + " Type yes:");
        if (!line(around).strip().equals("yes")) {
            throw new CommandException(ExitCode.NOT_CONFIRMED, "nothing was done: confirm with yes, or " + otherwise);
        }
    }

    /** What is typed at the terminal, at most 100 bytes. */
    static String line(Surroundings around) throws CommandException {
        byte[] reply = new byte[MAX_REPLY];
        int length = 0;
        try {
            int next = around.in().read();
            while (next >= 0 && next != '\n' && length < MAX_REPLY) {
                reply[length++] = (byte) next;
                next = around.in().read();
            }
        } catch (IOException e) {
            throw new CommandException(ExitCode.NOT_CONFIRMED, "nothing was done: standard input cannot be read", e);
        }
        return new String(reply, 0, length, StandardCharsets.UTF_8);
    }
}
