package org.bascule.control.command;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is behind devices, from the command line. */
@Command(
        name = "sub-device",
        header = "Sub-devices: list, show, create, change, move, remove.",
        subcommands = {
            SubDeviceCommand.Listing.class,
            SubDeviceCommand.Show.class,
            SubDeviceCommand.Create.class,
            SubDeviceCommand.Change.class,
            SubDeviceCommand.Move.class,
            SubDeviceCommand.Remove.class
        })
final class SubDeviceCommand {

    private static final Pattern SERVICE = Pattern.compile("([a-z]{1,20}):([0-9]{1,5})");

    @Command(name = "list", header = "List what is behind a device.")
    static final class Listing extends ServerAction {

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("NAME", "IP", "MAC", "SERVICES", "DESCRIPTION", "ID");
            return desk.list(
                    desk.directory().device(device).path() + "/sub-devices",
                    table,
                    each -> table.add(
                            Output.text(each, "name"),
                            Output.text(each, "ip"),
                            Output.text(each, "mac"),
                            services(each),
                            Output.text(each, "description"),
                            Output.text(each, "id")));
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

    /** What a sub-device has beside its name. */
    static final class Facts {

        @Option(names = "--ip", paramLabel = "ADDRESS", description = "IP address; '' for none")
        private @Nullable String ip;

        @Option(names = "--mac", paramLabel = "ADDRESS", description = "MAC address; '' for none")
        private @Nullable String mac;

        @Option(names = "--description", paramLabel = "TEXT", description = "what it is; '' for nothing")
        private @Nullable String description;

        @Option(
                names = "--services",
                split = ",",
                paramLabel = "KIND:PORT",
                description =
                        "all that it offers, such as ssh:22,https:443; kinds: http, https, ssh, rdp, vnc, telnet, serial, tcp; '' for nothing")
        private @Nullable List<String> services;

        void addTo(JsonObjectBuilder body) throws CommandException {
            add(body, "ip", ip);
            add(body, "mac", mac);
            add(body, "description", description);
            List<String> given = services;
            if (given != null) {
                JsonArrayBuilder all = Json.createArrayBuilder();
                for (String service : given) {
                    if (!service.isEmpty()) {
                        all.add(service(service));
                    }
                }
                body.add("services", all);
            }
        }

        private static void add(JsonObjectBuilder body, String member, @Nullable String value) {
            if (value != null) {
                body.add(member, value);
            }
        }

        private static JsonObjectBuilder service(String text) throws CommandException {
            Matcher parts = SERVICE.matcher(text);
            if (!parts.matches()) {
                throw new CommandException(
                        ExitCode.USAGE, "a service is a kind and a port such as ssh:22, not " + Printable.of(text));
            }
            return Json.createObjectBuilder().add("kind", parts.group(1)).add("port", Integer.parseInt(parts.group(2)));
        }
    }

    @Command(name = "create", header = "Add something behind a device.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Mixin
        private Facts facts = new Facts();

        @Option(
                names = "--behind",
                required = true,
                paramLabel = "DEVICE",
                description = "behind which: " + References.DEVICE)
        private String device = "";

        @Parameters(paramLabel = "NAME", description = "its name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder().add("name", name);
            facts.addTo(body);
            String path = desk.directory().device(device).path() + "/sub-devices";
            JsonObject created = creation.create(desk.server(), path, body.build());
            return desk.print(created, "created " + Printable.of(Output.text(created, "id")));
        }
    }

    @Command(name = "change", header = "Change name or details of a sub-device; what is not given stays.")
    static final class Change extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private Facts facts = new Facts();

        @Option(names = "--name", paramLabel = "NAME", description = "its new name")
        private @Nullable String name;

        @Parameters(paramLabel = "SUB-DEVICE", description = References.SUB_DEVICE)
        private String subDevice = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder change = Json.createObjectBuilder();
            Facts.add(change, "name", name);
            facts.addTo(change);
            JsonObject body = change.build();
            if (body.isEmpty()) {
                throw new CommandException(
                        ExitCode.USAGE, "say what to change: see 'bascule sub-device change --help'");
            }
            Thing thing = desk.directory().subDevice(subDevice);
            String etag = version.of(desk.server().get(thing.path()));
            JsonObject changed = desk.server().change(thing.path(), etag, body);
            return desk.print(changed, "changed " + Printable.of(Output.text(changed, "name")));
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

    @Command(name = "remove", header = "Remove a sub-device.")
    static final class Remove extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "SUB-DEVICE", description = References.SUB_DEVICE)
        private String subDevice = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().subDevice(subDevice);
            JsonObject found = desk.server().get(thing.path());
            desk.confirm(asked.yes(), "Remove the sub-device '" + Printable.of(Output.text(found, "name")) + "'?");
            desk.server().remove(thing.path(), version.of(found));
            return desk.done(thing.id(), "removed");
        }
    }
}
