package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.control.server.Kind;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What the entries amount to, and inheritance. */
@Command(
        name = "rights",
        header = "Who may do what, and why: explain, everybody, person; cut-off, inherit.",
        subcommands = {
            RightsCommand.Explain.class,
            RightsCommand.Everybody.class,
            RightsCommand.Person.class,
            RightsCommand.CutOff.class,
            RightsCommand.Inherit.class
        })
final class RightsCommand {

    private static String permissions(JsonObject row) {
        return String.join(" ", Output.texts(row, "permissions"));
    }

    @Command(
            name = "explain",
            header = "Show what a user may do on a resource, which entry decides, and which entries lost.")
    static final class Explain extends ServerAction {

        private static final Map<String, String> REASONS = Map.of(
                "no-entry", "no entry says anything",
                "own-entry", "the user's own entry goes before those of groups",
                "group-entry", "an entry of a group",
                "deny-before-allow", "on the same level deny goes before allow",
                "nearer", "it is nearer to the resource than the others");
        private static final Map<String, String> LOSSES = Map.of(
                "farther", "it is farther away",
                "group-behind-user", "the user's own entry goes before it",
                "allow-behind-deny", "deny goes before allow",
                "same", "it says the same on the same level",
                "outside-time", "it does not count at this time",
                "blocked", "inheritance is blocked below it");

        @Option(names = "--check", description = "exit code 4 if PERMISSION, which must be given, is not granted")
        private boolean check;

        @Parameters(index = "0", paramLabel = "USER", description = References.USER)
        private String user = "";

        @Parameters(index = "1", paramLabel = "RESOURCE", description = References.RESOURCE)
        private String resource = "";

        @Parameters(
                index = "2",
                arity = "0..1",
                paramLabel = "PERMISSION",
                description = "only this one, with everything about it")
        private @Nullable String permission;

        @Override
        int run(Desk desk) throws CommandException {
            if (check && permission == null) {
                throw new CommandException(ExitCode.USAGE, "--check needs a permission");
            }
            JsonObject all = desk.server()
                    .get(new Query("/api/access/effective")
                            .with("user", desk.directory().user(user).id())
                            .with(
                                    "resource",
                                    desk.directory().resource(resource).id())
                            .toString());
            List<JsonObject> items = Output.objects(all, "items").stream()
                    .filter(item -> permission == null
                            || Output.text(item, "permission").equals(permission))
                    .toList();
            if (permission != null && items.isEmpty()) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "there is no permission " + Printable.of(permission)
                                + ": 'bascule grant permissions' lists them");
            }
            JsonObject shown = Json.createObjectBuilder(all)
                    .add("items", Json.createArrayBuilder(items))
                    .build();
            desk.lines(shown, permission == null ? table(items) : sentences(all, items));
            boolean granted = items.stream().allMatch(item -> item.getBoolean("granted", false));
            return check && !granted ? ExitCode.REFUSED.code() : ExitCode.OK.code();
        }

        private static List<String> table(List<JsonObject> items) {
            Table table = new Table("PERMISSION", "GRANTED", "BECAUSE OF", "ON", "WHY", "LOST");
            items.forEach(item -> {
                JsonObject deciding = Output.object(item, "deciding");
                table.add(
                        Output.text(item, "permission"),
                        item.getBoolean("granted", false) ? "yes" : "no",
                        Output.name(deciding, "principal"),
                        deciding.isEmpty() ? "" : Output.place(Output.object(deciding, "resource")),
                        Output.text(item, "reason"),
                        String.valueOf(Output.objects(item, "lost").size()));
            });
            return table.lines();
        }

        private static List<String> sentences(JsonObject all, List<JsonObject> items) {
            List<String> lines = new ArrayList<>();
            for (JsonObject item : items) {
                lines.add("%s: %s for %s on %s"
                        .formatted(
                                Printable.of(Output.text(item, "permission")),
                                item.getBoolean("granted", false) ? "granted" : "not granted",
                                Printable.of(Output.name(all, "user")),
                                Printable.of(Output.place(Output.object(all, "resource")))));
                JsonObject deciding = Output.object(item, "deciding");
                String reason = said(REASONS, Output.text(item, "reason"));
                lines.add(deciding.isEmpty() ? "because: " + reason : "because: " + entry(deciding) + ": " + reason);
                Output.objects(item, "lost")
                        .forEach(lost -> lines.add("lost:    " + entry(Output.object(lost, "entry")) + ": "
                                + said(LOSSES, Output.text(lost, "why"))));
            }
            return lines;
        }

        private static String said(Map<String, String> words, String code) {
            return words.getOrDefault(code, Printable.of(code));
        }

        private static String entry(JsonObject entry) {
            JsonObject principal = Output.object(entry, "principal");
            String window = Times.text(entry);
            return Printable.of("%s for %s %s on %s%s"
                    .formatted(
                            Output.text(entry, "effect"),
                            Output.text(principal, "kind"),
                            Output.text(principal, "name"),
                            Output.place(Output.object(entry, "resource")),
                            window.isEmpty() ? "" : ", " + window));
        }
    }

    @Command(name = "everybody", header = "List all who may do anything on a resource, as far as you see users.")
    static final class Everybody extends ServerAction {

        @Mixin
        private Most most = new Most();

        @Parameters(paramLabel = "RESOURCE", description = References.RESOURCE)
        private String resource = "";

        @Override
        int run(Desk desk) throws CommandException {
            String address = new Query("/api/access/everybody")
                    .with("resource", desk.directory().resource(resource).id())
                    .toString();
            Table table = Table.wide("USER", "PERMISSIONS");
            return desk.list(
                    address,
                    most.number(),
                    table,
                    holder -> table.add(Output.name(holder, "user"), permissions(holder)));
        }
    }

    @Command(name = "person", header = "List the places where a user's permissions begin or change.")
    static final class Person extends ServerAction {

        @Mixin
        private Most most = new Most();

        @Parameters(paramLabel = "USER", description = References.USER)
        private String user = "";

        @Override
        int run(Desk desk) throws CommandException {
            String address = new Query("/api/access/person")
                    .with("user", desk.directory().user(user).id())
                    .toString();
            Table table = Table.wide("WHERE", "KIND", "DEVICES", "PERMISSIONS");
            return desk.list(
                    address,
                    most.number(),
                    table,
                    place -> table.add(
                            Output.place(Output.object(place, "resource")),
                            Output.text(Output.object(place, "resource"), "kind"),
                            Output.text(place, "devices"),
                            permissions(place)));
        }
    }

    @Command(
            name = "cut-off",
            header = "List what does not inherit of what is directly in a folder, whether you see it or not.",
            description = "Joins it again: bascule rights inherit --on KIND:ID --etag VERSION")
    static final class CutOff extends ServerAction {

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Mixin
        private Most most = new Most();

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().folder(folder);
            List<JsonObject> found = desk.server().list(thing.path() + "/cut-off", most.number());
            Table table = new Table("NAME", "KIND", "ID", "VERSION");
            found.forEach(one -> table.add(
                    Output.text(one, "name"),
                    Output.text(one, "kind"),
                    Output.text(one, "id"),
                    Output.text(one, "etag")));
            return desk.list(found, table);
        }
    }

    @Command(name = "inherit", header = "Cut a folder or device off from the entries above it, or join it again.")
    static final class Inherit extends ServerAction {

        private static final class Way {
            @Option(names = "--on", description = "entries above count")
            private boolean on;

            @Option(names = "--off", description = "entries above do not count, denials neither")
            private boolean off;
        }

        @Mixin
        private Version version = new Version();

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @ArgGroup(multiplicity = "1")
        private Way way = new Way();

        @Parameters(
                paramLabel = "RESOURCE",
                description = "folder or device: unique name, or path; an id as folder:ID or device:ID")
        private String resource = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().resource(resource);
            if (thing.kind() != Kind.FOLDER && thing.kind() != Kind.DEVICE) {
                throw new CommandException(ExitCode.USAGE, "only folders and devices inherit");
            }
            boolean inherit = way.on && !way.off;
            if (preview) {
                return Preview.of(
                        desk,
                        "inherit",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("resource", thing.id())
                                        .add("inherit", inherit)));
            }
            desk.server()
                    .replace(
                            "/api/access/inheritance/" + Http.encode(thing.id()),
                            version(desk, thing),
                            Json.createObjectBuilder().add("inherit", inherit).build());
            return desk.done(thing.id(), way.on ? "inherits" : "does not inherit");
        }

        /** Who joins again what he does not see knows its version from the list of what is cut off, and cannot read it. */
        private String version(Desk desk, Thing thing) throws CommandException {
            Optional<String> given = version.given();
            return given.isPresent() ? given.get() : version.of(desk.server().get(thing.path()));
        }
    }
}
