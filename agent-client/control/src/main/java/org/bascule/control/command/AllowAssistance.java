package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Whether people at devices may ask for help. */
@Command(
        name = "assistance",
        header = "Let people at devices ask for help, or no longer.",
        description = "Each device is changed on its own: those that are refused are told, and do not keep the others.")
final class AllowAssistance extends ServerAction {

    /** As the server has it. */
    private static final int MAX = 500;

    private static final String STALE = "urn:bascule:problem:precondition-failed";

    @Option(names = "--until", paramLabel = "TIME", description = "with on, no longer than: " + Times.MOMENT)
    private @Nullable String until;

    @Parameters(index = "0", paramLabel = "on|off", description = "whether they may")
    private String state = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "DEVICE",
            description = "one or more: " + References.DEVICE)
    private List<String> devices = new ArrayList<>();

    @Override
    int run(Desk desk) throws CommandException {
        boolean enabled = Switch.parse("the first argument", state);
        JsonObjectBuilder assistance = Json.createObjectBuilder().add("enabled", enabled);
        if (until != null) {
            if (!enabled) {
                throw new CommandException(ExitCode.USAGE, "--until goes with on");
            }
            assistance.add(
                    "until",
                    Times.moment(until, desk.around().clock().instant()).toString());
        }
        if (devices.size() > MAX) {
            throw new CommandException(ExitCode.USAGE, "at most " + MAX + " devices at once");
        }
        Map<String, JsonObject> found = new LinkedHashMap<>();
        for (String device : devices) {
            Thing thing = desk.directory().device(device);
            found.put(thing.id(), desk.server().get(thing.path()));
        }
        JsonArrayBuilder items = Json.createArrayBuilder();
        found.forEach((uid, device) ->
                items.add(Json.createObjectBuilder().add("uid", uid).add("etag", Output.text(device, "etag"))));
        JsonObject result = desk.server()
                .act(
                        "/api/devices/bulk",
                        Json.createObjectBuilder()
                                .add("devices", items)
                                .add("action", "assistance")
                                .add("assistance", assistance)
                                .build());
        List<JsonObject> refused = Output.objects(result, "refused");
        desk.lines(result, lines(result, refused, found, enabled));
        if (refused.isEmpty()) {
            return ExitCode.OK.code();
        }
        return refused.stream().allMatch(one -> Output.text(one, "type").equals(STALE))
                ? ExitCode.STALE.code()
                : ExitCode.REFUSED.code();
    }

    private static List<String> lines(
            JsonObject result, List<JsonObject> refused, Map<String, JsonObject> found, boolean enabled) {
        List<String> lines = new ArrayList<>();
        int done = Output.texts(result, "done").size();
        lines.add((enabled ? "may ask for help: " : "may not ask for help: ")
                + done
                + (done == 1 ? " device" : " devices"));
        if (!refused.isEmpty()) {
            Table table = Table.wide("REFUSED", "UID", "WHY");
            refused.forEach(one -> table.add(
                    Output.text(found.getOrDefault(Output.text(one, "uid"), JsonValue.EMPTY_JSON_OBJECT), "name"),
                    Output.text(one, "uid"),
                    Output.text(one, "detail")));
            lines.addAll(table.lines());
        }
        return lines;
    }
}
