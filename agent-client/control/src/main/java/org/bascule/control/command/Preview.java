package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.wire.Json;

/** What a change of permissions, a membership, a contract, qualifications, a move or a deletion would do, before it is made. */
final class Preview {

    static final String TEXT =
            "change nothing and show what it would do, on devices and on places: folders, and users and groups with rights of their own; exit code 8 if it would be refused";

    static final String OF_CONDITIONS =
            "change nothing and show who could use what on how many devices no more, or again, right after it; what begins or ends later is not counted";

    private Preview() {}

    /**
     * Shows it.
     *
     * @param what the member of the request that has the changes: {@code add}, {@code remove}, {@code inherit}, {@code move}, {@code join}, {@code leave}, {@code delete},
     *     {@code contracts}, {@code qualifications}
     * @return the exit code
     */
    static int of(Desk desk, String what, JsonArrayBuilder changes) throws CommandException {
        JsonObject result = result(desk, what, changes);
        desk.lines(result, lines(result));
        return result.getBoolean("ownersLeft", true) ? ExitCode.OK.code() : ExitCode.CONFLICT.code();
    }

    /** The same for a membership. */
    static int ofMembership(Desk desk, String what, String group, String member) throws CommandException {
        return of(
                desk,
                what,
                Json.createArrayBuilder()
                        .add(Json.createObjectBuilder().add("group", group).add("member", member)));
    }

    /** The same for a folder, device, user or group that is moved into a folder. */
    static int ofMove(Desk desk, String resource, String folder) throws CommandException {
        return of(
                desk,
                "move",
                Json.createArrayBuilder()
                        .add(Json.createObjectBuilder()
                                .add("resource", resource)
                                .add("folder", folder)));
    }

    /** The same for the contract that a folder would have of its own; {@link JsonValue#NULL} for none. */
    static int ofContract(Desk desk, String folder, JsonValue contract) throws CommandException {
        return of(
                desk,
                "contracts",
                Json.createArrayBuilder()
                        .add(Json.createObjectBuilder().add("folder", folder).add("contract", contract)));
    }

    /** The same for all that a user would be qualified for. */
    static int ofQualifications(Desk desk, String user, JsonArrayBuilder items) throws CommandException {
        return of(
                desk,
                "qualifications",
                Json.createArrayBuilder()
                        .add(Json.createObjectBuilder().add("user", user).add("items", items)));
    }

    /** The same for a folder, user or group that is deleted. */
    static int ofDeletion(Desk desk, String id) throws CommandException {
        return of(desk, "delete", Json.createArrayBuilder().add(id));
    }

    /** Tells, before somebody is asked whether to delete it, whom that takes rights away from. What cannot be worked out does not keep anybody from it. */
    static void warn(Desk desk, String id) {
        try {
            lines(result(desk, "delete", Json.createArrayBuilder().add(id))).forEach(desk.around()::warn);
        } catch (CommandException e) {
            desk.around().warn("what it would do to rights could not be shown: " + e.getMessage());
        }
    }

    private static JsonObject result(Desk desk, String what, JsonArrayBuilder changes) throws CommandException {
        return desk.server()
                .act(
                        "/api/access/preview",
                        Json.createObjectBuilder().add(what, changes).build());
    }

    private static List<String> lines(JsonObject result) {
        List<JsonObject> effects = Output.objects(result, "effects");
        Table table = new Table(
                "WHO", "PERMISSION", "DEVICES GAINED", "DEVICES LOST", "PLACES GAINED", "PLACES LOST", "USERS");
        effects.forEach(effect -> table.add(
                Output.name(effect, "principal"),
                Output.text(effect, "permission"),
                Output.text(effect, "gained"),
                Output.text(effect, "lost"),
                Output.text(effect, "placesGained"),
                Output.text(effect, "placesLost"),
                Output.text(effect, "users")));
        List<String> lines =
                new ArrayList<>(effects.isEmpty() ? List.of("it would change nobody's rights") : table.lines());
        effects.forEach(effect -> {
            elsewhere(lines, effect, "lost", "placesLost", "would lose");
            elsewhere(lines, effect, "gained", "placesGained", "would gain");
        });
        int sessions = result.getInt("sessionsEnding", 0);
        if (sessions > 0) {
            lines.add(sessions + " running sessions would end");
        }
        if (!result.getBoolean("ownersLeft", true)) {
            lines.add("it would be refused: the domain would have no owner");
        }
        return lines;
    }

    /** In words, because zeros of devices look like nothing. */
    private static void elsewhere(List<String> lines, JsonObject effect, String devices, String places, String what) {
        int number = effect.getInt(places, 0);
        if (number > 0 && effect.getInt(devices, 0) == 0) {
            String name = Output.name(effect, "principal");
            lines.add("%s %s %s on no device, but on %s"
                    .formatted(
                            name.isEmpty() ? "somebody whom you do not see" : Printable.of(name),
                            what,
                            Output.text(effect, "permission"),
                            number == 1 ? "1 folder, user or group" : number + " folders, users or groups"));
        }
    }
}
