package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Devices from the command line. */
@Command(
        name = "device",
        header =
                "Devices: list, tags, show, rename, describe, account, assistance, move, tag, untag, rebind, trust, clear-quarantine, revoke, release, remove.",
        subcommands = {
            DeviceCommand.Listing.class,
            DeviceCommand.Tags.class,
            DeviceCommand.Show.class,
            DeviceCommand.Rename.class,
            DeviceCommand.Describe.class,
            DeviceCommand.SetAccount.class,
            AllowAssistance.class,
            DeviceCommand.Move.class,
            DeviceCommand.Tag.class,
            DeviceCommand.Untag.class,
            DeviceCommand.Rebind.class,
            TrustDevice.class,
            DeviceCommand.ClearQuarantine.class,
            DeviceCommand.Revoke.class,
            DeviceCommand.Release.class,
            DeviceCommand.Remove.class
        })
final class DeviceCommand {

    @Command(
            name = "list",
            header = "List devices, or search for them.",
            description =
                    "Words of the search must all be found in name, description, operating system, address or a tag; or tag:x, os:x, ip:x, "
                            + "version:x, online, offline, quarantined, \"quoted text\", and -word for what must not be. Put a search that begins with - behind --.")
    static final class Listing extends ServerAction {

        @Option(names = "--folder", paramLabel = "FOLDER", description = "in it and below: " + References.FOLDER)
        private @Nullable String folder;

        @Option(names = "--state", paramLabel = "STATE", description = "online, offline or quarantined")
        private @Nullable String state;

        @Option(
                names = "--sort",
                paramLabel = "ORDER",
                defaultValue = "name",
                description = "name, -name, state or lastSeen (${DEFAULT-VALUE})")
        private String sort = "";

        @Mixin
        private Most most = new Most();

        @Parameters(arity = "0..*", paramLabel = "SEARCH", description = "what to look for")
        private List<String> search = new ArrayList<>();

        @Override
        int run(Desk desk) throws CommandException {
            Query query = new Query("/api/devices").with("sort", sort).with("state", state);
            if (folder != null) {
                query.with("folder", desk.directory().folder(folder).id());
            }
            if (!search.isEmpty()) {
                query.with("q", String.join(" ", search));
            }
            Table table = new Table("STATE", "NAME", "FOLDER", "TAGS", "OS", "LAST SEEN", "UID");
            return desk.list(
                    query.toString(),
                    most.number(),
                    table,
                    device -> table.add(
                            Output.text(device, "state"),
                            Output.text(device, "name"),
                            Output.text(device, "folderName"),
                            Output.text(device, "tags"),
                            Output.text(device, "os"),
                            Output.text(device, "lastSeen"),
                            Output.text(device, "uid")));
        }
    }

    @Command(name = "tags", header = "List the tags of the devices that you see.")
    static final class Tags extends ServerAction {

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("TAG", "DEVICES");
            return desk.list(
                    "/api/tags", table, tag -> table.add(Output.text(tag, "name"), Output.text(tag, "devices")));
        }
    }

    @Command(name = "show", header = "Show a device.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(
                    desk.server().get(desk.directory().device(device).path()));
        }
    }

    @Command(name = "rename", header = "Give a device another name.")
    static final class Rename extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "its new name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed = desk.change(desk.directory().device(device), version, "name", Json.createValue(name));
            return desk.print(changed, "renamed to " + Printable.of(Output.text(changed, "name")));
        }
    }

    @Command(name = "describe", header = "Say what a device is.")
    static final class Describe extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Parameters(index = "1", paramLabel = "TEXT", description = "'' for nothing")
        private String text = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed =
                    desk.change(desk.directory().device(device), version, "description", Json.createValue(text));
            return desk.print(changed, "described");
        }
    }

    @Command(name = "account", header = "Set the account that terminals and commands run as.")
    static final class SetAccount extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Parameters(index = "1", paramLabel = "ACCOUNT", description = "'' leaves it to the agent")
        private String account = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed =
                    desk.change(desk.directory().device(device), version, "account", Json.createValue(account));
            return desk.print(changed, "account set to '" + Printable.of(Output.text(changed, "account")) + "'");
        }
    }

    @Command(name = "move", header = "Move a device to another folder; certificate and history stay.")
    static final class Move extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(
                names = "--to",
                required = true,
                paramLabel = "FOLDER",
                description = "into which: " + References.FOLDER)
        private String target = "";

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            String to = desk.directory().folder(target).id();
            Thing thing = desk.directory().device(device);
            if (preview) {
                return Preview.ofMove(desk, thing.id(), to);
            }
            JsonObject changed = desk.change(thing, version, "folder", Json.createValue(to));
            return desk.print(changed, "moved to " + Printable.of(Output.text(changed, "folderName")));
        }
    }

    /** Changes the set of tags. */
    abstract static class Tagging extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "TAG", description = "one or more tags")
        private List<String> tags = new ArrayList<>();

        abstract void change(Set<String> present, List<String> given);

        @Override
        final int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().device(device);
            JsonObject found = desk.server().get(thing.path());
            Set<String> wanted = new LinkedHashSet<>(Output.texts(found, "tags"));
            change(wanted, tags);
            JsonArrayBuilder all = Json.createArrayBuilder();
            wanted.forEach(all::add);
            JsonObject changed = desk.server()
                    .change(
                            thing.path(),
                            version.of(found),
                            Json.createObjectBuilder().add("tags", all).build());
            return desk.print(changed, "tags: " + Printable.of(Output.text(changed, "tags")));
        }
    }

    @Command(name = "tag", header = "Give a device tags.")
    static final class Tag extends Tagging {
        @Override
        void change(Set<String> present, List<String> given) {
            present.addAll(given);
        }
    }

    @Command(name = "untag", header = "Take tags from a device.")
    static final class Untag extends Tagging {
        @Override
        void change(Set<String> present, List<String> given) {
            given.forEach(present::remove);
        }
    }

    @Command(
            name = "rebind",
            header = "Accept the changed hardware of a device, after the words of its key were compared.",
            description =
                    "For a device that is refused because its machine changed. 'bascule-agent status' shows the words there; a program gives them as --words.")
    static final class Rebind extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private ComparedWords compared = new ComparedWords();

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().device(device);
            JsonObject found = desk.server().get(thing.path());
            compared.require(
                    desk,
                    Output.texts(found, "words"),
                    "Does the machine of '" + Printable.of(Output.text(found, "name"))
                            + "' show the same words? Bind the device to it?");
            desk.server()
                    .act(
                            thing.path() + "/rebind",
                            version.of(found),
                            Json.createObjectBuilder()
                                    .add("fingerprint", Output.text(found, "fingerprint"))
                                    .build());
            return desk.done(thing.id(), "bound to its new hardware");
        }
    }

    @Command(name = "clear-quarantine", header = "Allow a device that was taken for a clone to come back.")
    static final class ClearQuarantine extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().device(device);
            desk.act(thing, version, "clear-quarantine");
            return desk.done(thing.id(), "cleared");
        }
    }

    /** Ends something about a device that cannot be undone from here. */
    abstract static class Ending extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "DEVICE", description = References.DEVICE)
        private String device = "";

        abstract String question(String name);

        /** What is to be said before the question. */
        void warn(Desk desk, Thing thing) throws CommandException {
            // most of what ends takes nothing along
        }

        /**
         * Ends it.
         *
         * @param found the device as the question was about it
         * @return what was done, in a word
         */
        abstract String done(Desk desk, Thing thing, Version wanted, JsonObject found) throws CommandException;

        @Override
        final int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().device(device);
            JsonObject found = desk.server().get(thing.path());
            if (!asked.yes()) {
                warn(desk, thing);
            }
            desk.confirm(asked.yes(), question("'" + Printable.of(Output.text(found, "name")) + "'"));
            return desk.done(thing.id(), done(desk, thing, version, found));
        }
    }

    @Command(
            name = "revoke",
            header = "Revoke the certificates of a device: channel and sessions end at once.",
            description = "The device keeps its place and must be paired or enrolled anew.")
    static final class Revoke extends Ending {

        @Override
        String question(String name) {
            return "Revoke the device " + name + "? It must be paired or enrolled anew.";
        }

        @Override
        String done(Desk desk, Thing thing, Version wanted, JsonObject found) throws CommandException {
            desk.act(thing, wanted, found, "revoke");
            return "revoked";
        }
    }

    @Command(name = "release", header = "Revoke a device and let its machine be registered elsewhere.")
    static final class Release extends Ending {

        @Override
        String question(String name) {
            return "Release the device " + name + "? Its machine can be registered elsewhere.";
        }

        @Override
        String done(Desk desk, Thing thing, Version wanted, JsonObject found) throws CommandException {
            desk.act(thing, wanted, found, "release");
            return "released";
        }
    }

    @Command(
            name = "remove",
            header = "Remove a device: its channel and sessions end, its certificate is revoked.",
            description = "Shows what goes with it, as far as you see it, and asks.")
    static final class Remove extends Ending {

        @Override
        String question(String name) {
            return "Remove the device " + name + "?";
        }

        @Override
        void warn(Desk desk, Thing thing) throws CommandException {
            desk.around().warn(Losses.ofDevice(desk.server().get(thing.path() + "/deletion")));
        }

        @Override
        String done(Desk desk, Thing thing, Version wanted, JsonObject found) throws CommandException {
            desk.server().remove(thing.path(), wanted.of(found));
            return "removed";
        }
    }
}
