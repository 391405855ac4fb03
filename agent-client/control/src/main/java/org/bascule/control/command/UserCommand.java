package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Users from the command line: references and their rights, not accounts and passwords. */
@Command(
        name = "user",
        header = "Users: list, show, create, rename, move, remove.",
        subcommands = {
            UserCommand.Listing.class,
            UserCommand.Show.class,
            UserCommand.Create.class,
            UserCommand.Rename.class,
            UserCommand.Move.class,
            UserCommand.Remove.class
        })
final class UserCommand {

    @Command(name = "list", header = "List the users that you see, by name.")
    static final class Listing extends ServerAction {

        @Option(names = "--folder", paramLabel = "FOLDER", description = "in it and below: " + References.FOLDER)
        private @Nullable String folder;

        @Option(names = "--group", paramLabel = "GROUP", description = "direct members of it: " + References.GROUP)
        private @Nullable String group;

        @Mixin
        private Most most = new Most();

        @Parameters(arity = "0..1", paramLabel = "TEXT", description = "only those with this in their name")
        private @Nullable String text;

        @Override
        int run(Desk desk) throws CommandException {
            Query query = new Query("/api/users").with("q", text);
            if (folder != null) {
                query.with("folder", desk.directory().folder(folder).id());
            }
            if (group != null) {
                query.with("group", desk.directory().group(group).id());
            }
            Table table = new Table("NAME", "FOLDER", "GROUPS", "SIGNED IN", "ID");
            return desk.list(
                    query.toString(),
                    most.number(),
                    table,
                    user -> table.add(
                            Output.text(user, "name"),
                            Output.name(user, "folder"),
                            groups(user),
                            user.getBoolean("pending", false) ? "never" : Output.text(user, "lastSignIn"),
                            Output.text(user, "id")));
        }

        /** The server names the first of them; a cell is shortened at its end, so the number goes before. */
        private static String groups(JsonObject user) {
            List<String> names = Output.objects(user, "groups").stream()
                    .map(each -> Output.text(each, "name"))
                    .toList();
            int count = user.getInt("groupCount", names.size());
            return (count > names.size() ? count + ": " : "") + String.join(", ", names);
        }
    }

    @Command(name = "show", header = "Show a user.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "USER", description = References.USER)
        private String user = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(desk.server().get(desk.directory().user(user).path()));
        }
    }

    @Command(
            name = "create",
            header = "Make a reference to somebody who has not signed in yet.",
            description = "The first sign-in under the name binds it, once. Rights can be granted before that.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Option(names = "--in", required = true, paramLabel = "FOLDER", description = "where: " + References.FOLDER)
        private String folder = "";

        @Parameters(paramLabel = "NAME", description = "the name to sign in with")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject created = creation.create(
                    desk.server(),
                    "/api/users",
                    Json.createObjectBuilder()
                            .add("name", name)
                            .add("folder", desk.directory().folder(folder).id())
                            .build());
            return desk.print(created, "created " + Printable.of(Output.text(created, "id")));
        }
    }

    @Command(
            name = "rename",
            header = "Give a user another name.",
            description = "It is the name to sign in with, also of somebody who has an account already."
                    + " Who comes with a company's provider is renamed there.")
    static final class Rename extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "USER", description = References.USER)
        private String user = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "the new name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed = desk.change(desk.directory().user(user), version, "name", Json.createValue(name));
            return desk.print(changed, "renamed to " + Printable.of(Output.text(changed, "name")));
        }
    }

    @Command(name = "move", header = "Move a user to another folder, whose administrators then manage the user.")
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

        @Parameters(paramLabel = "USER", description = References.USER)
        private String user = "";

        @Override
        int run(Desk desk) throws CommandException {
            String to = desk.directory().folder(target).id();
            Thing thing = desk.directory().user(user);
            if (preview) {
                return Preview.ofMove(desk, thing.id(), to);
            }
            JsonObject changed = desk.change(thing, version, "folder", Json.createValue(to));
            return desk.print(changed, "moved to " + Printable.of(Output.name(changed, "folder")));
        }
    }

    @Command(name = "remove", header = "Remove a user with all permission entries and memberships.")
    static final class Remove extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private Asked asked = new Asked();

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(paramLabel = "USER", description = References.USER)
        private String user = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().user(user);
            if (preview) {
                return Preview.ofDeletion(desk, thing.id());
            }
            JsonObject found = desk.server().get(thing.path());
            if (!asked.yes()) {
                desk.around().warn(Losses.ofPrincipal(desk.server().get(thing.path() + "/deletion")));
                Preview.warn(desk, thing.id());
            }
            desk.confirm(
                    asked.yes(),
                    "Remove the user '" + Printable.of(Output.text(found, "name"))
                            + "' with all permission entries and memberships?");
            desk.server().remove(thing.path(), version.of(found));
            return desk.done(thing.id(), "removed");
        }
    }
}
