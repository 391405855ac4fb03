package org.bascule.control.command;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.wire.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is behind devices, from the command line. */
@Command(
        name = "sub-device",
        header = "Sub-devices: list, show, move.",
        subcommands = {SubDeviceCommand.Listing.class, SubDeviceCommand.Show.class, SubDeviceCommand.Move.class})
final class SubDeviceCommand {

    @Command(name = "list", header = "List what is behind a device.")
    static final class Listing extends ServerAction {

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            List<JsonObject> found =
                    desk.server().list(desk.directory().device(device).path() + "/sub-devices");
            Table table = new Table("NAME", "IP", "MAC", "SERVICES", "DESCRIPTION", "ID");
            found.forEach(each -> table.add(
                    Output.text(each, "name"),
                    Output.text(each, "ip"),
                    Output.text(each, "mac"),
                    services(each),
                    Output.text(each, "description"),
                    Output.text(each, "id")));
            return desk.list(found, table);
        }

        private static String services(JsonObject each) {
            return each.get("services") instanceof JsonArray
                    ? Output.objects(each, "services").stream()
                            .map(service -> Output.text(service, "kind") + ":" + Output.text(service, "port"))
                            .collect(Collectors.joining(" "))
                    : "";
        }
    }

    @Command(name = "show", header = "Show a sub-device.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "SUB-DEVICE", description = References.SUB_DEVICE)
        private String subDevice = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(
                    desk.server().get(desk.directory().subDevice(subDevice).path()));
        }
    }

    @Command(
            name = "move",
            header = "Move a sub-device to another device; its id and details stay.",
            description =
                    "The permissions on it are those on that device then. Connections to it through the other device end.")
    static final class Move extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(
                names = "--to",
                required = true,
                paramLabel = "DEVICE",
                description = "behind which: " + References.DEVICE)
        private String target = "";

        @Parameters(paramLabel = "SUB-DEVICE", description = References.SUB_DEVICE)
        private String subDevice = "";

        @Override
        int run(Desk desk) throws CommandException {
            String to = desk.directory().device(target).id();
            JsonObject changed =
                    desk.change(desk.directory().subDevice(subDevice), version, "device", Json.createValue(to));
            return desk.print(changed, "moved to the device " + Printable.of(Output.text(changed, "device")));
        }
    }
}
