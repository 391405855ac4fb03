package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bascule.control.CommandException;
import org.bascule.control.server.Thing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Devices whose machine needs a person. */
@Command(
        name = "alarm",
        header = "Alarms about devices: list, acknowledge.",
        description = {
            "claimed: somebody tried to register the machine again; 'acknowledge' it.",
            "hardware-changed: the machine is refused until 'bascule device rebind' accepts it.",
            "clone: two machines came with one key; 'bascule device clear-quarantine' or 'revoke' decides."
        },
        subcommands = {AlarmCommand.Listing.class, AlarmCommand.Acknowledge.class})
final class AlarmCommand {

    @Command(name = "list", header = "List the devices that you see with what is wrong with them.")
    static final class Listing extends ServerAction {

        @Mixin
        private Most most = new Most();

        @Override
        int run(Desk desk) throws CommandException {
            Map<String, JsonObject> devices = new LinkedHashMap<>();
            for (Query query : List.of(
                    new Query("/api/devices").with("q", "alarm"),
                    new Query("/api/devices").with("state", "quarantined"))) {
                desk.server()
                        .list(query.toString(), most.number())
                        .forEach(device -> devices.putIfAbsent(Output.text(device, "uid"), device));
            }
            List<JsonObject> found =
                    devices.values().stream().limit(most.number()).toList();
            Table table = new Table("ALARM", "NAME", "FOLDER", "CLAIMED", "LAST SEEN", "UID");
            found.forEach(device -> table.add(
                    kinds(device),
                    Output.text(device, "name"),
                    Output.text(device, "folderName"),
                    Output.text(device, "claimed"),
                    Output.text(device, "lastSeen"),
                    Output.text(device, "uid")));
            return desk.list(found, table);
        }

        /** Under the names that the live event has. */
        private static String kinds(JsonObject device) {
            List<String> kinds = new ArrayList<>();
            if (!Output.text(device, "claimed").isEmpty()) {
                kinds.add("claimed");
            }
            if (Output.text(device, "hardware").equals("changed")) {
                kinds.add("hardware-changed");
            }
            if (device.getBoolean("quarantined", false)) {
                kinds.add("clone");
            }
            return String.join(", ", kinds);
        }
    }

    @Command(
            name = "acknowledge",
            header =
                    "Say that somebody has seen that a machine was claimed; the alarm comes again with the next attempt.")
    static final class Acknowledge extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().device(device);
            desk.act(thing, version, "acknowledge-claim");
            return desk.done(thing.id(), "acknowledged");
        }
    }
}
