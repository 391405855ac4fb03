package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.control.server.Thing;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Groups and who is in them, from the command line. */
@Command(
        name = "group",
        header = "Groups: list, show, create, rename, describe, move, remove, members, add, remove-member.",
        subcommands = {
            GroupCommand.Listing.class,
            GroupCommand.Show.class,
            GroupCommand.Create.class,
            GroupCommand.Rename.class,
            GroupCommand.Describe.class,
            GroupCommand.Move.class,
            GroupCommand.Remove.class,
            GroupCommand.Members.class,
            GroupCommand.Add.class,
            GroupCommand.RemoveMember.class
        })
final class GroupCommand {

    @Command(name = "list", header = "List the groups that you see, by name.")
    static final class Listing extends ServerAction {

        @Option(names = "--folder", paramLabel = "FOLDER", description = "in it and below: " + References.FOLDER)
        private @Nullable String folder;

        @Mixin
        private Most most = new Most();

        @Parameters(
                arity = "0..1",
                paramLabel = "TEXT",
                description = "only those with this in their name or description")
        private @Nullable String text;

        @Override
        int run(Desk desk) throws CommandException {
            Query query = new Query("/api/groups").with("q", text);
            if (folder != null) {
                query.with("folder", desk.directory().folder(folder).id());
            }
            Table table = new Table("NAME", "FOLDER", "MEMBERS", "DESCRIPTION", "ID");
            return desk.list(
                    query.toString(),
                    most.number(),
                    table,
                    group -> table.add(
                            Output.text(group, "name"),
                            Output.name(group, "folder"),
                            Output.text(group, "members"),
                            Output.text(group, "description"),
                            Output.text(group, "id")));
        }
    }

    @Command(name = "show", header = "Show a group.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(desk.server().get(desk.directory().group(group).path()));
        }
    }

    @Command(name = "create", header = "Create a group.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Option(names = "--in", required = true, paramLabel = "FOLDER", description = "where: " + References.FOLDER)
        private String folder = "";

        @Option(names = "--description", paramLabel = "TEXT", description = "what it is for")
        private @Nullable String description;

        @Parameters(paramLabel = "NAME", description = "its name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder()
                    .add("name", name)
                    .add("folder", desk.directory().folder(folder).id());
            String about = description;
            if (about != null) {
                body.add("description", about);
            }
            JsonObject created = creation.create(desk.server(), "/api/groups", body.build());
            return desk.print(created, "created " + Printable.of(Output.text(created, "id")));
        }
    }

    @Command(name = "rename", header = "Give a group another name.")
    static final class Rename extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "its new name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed = desk.change(desk.directory().group(group), version, "name", Json.createValue(name));
            return desk.print(changed, "renamed to " + Printable.of(Output.text(changed, "name")));
        }
    }

    @Command(name = "describe", header = "Say what a group is for.")
    static final class Describe extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Parameters(index = "1", paramLabel = "TEXT", description = "'' for nothing")
        private String text = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed =
                    desk.change(desk.directory().group(group), version, "description", Json.createValue(text));
            return desk.print(changed, "described");
        }
    }

    @Command(name = "move", header = "Move a group to another folder, whose administrators then manage it.")
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

        @Parameters(paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Override
        int run(Desk desk) throws CommandException {
            String to = desk.directory().folder(target).id();
            Thing thing = desk.directory().group(group);
            if (preview) {
                return Preview.ofMove(desk, thing.id(), to);
            }
            JsonObject changed = desk.change(thing, version, "folder", Json.createValue(to));
            return desk.print(changed, "moved to " + Printable.of(Output.name(changed, "folder")));
        }
    }

    @Command(name = "remove", header = "Remove a group with its permission entries and memberships; its members stay.")
    static final class Remove extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Mixin
        private Asked asked = new Asked();

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().group(group);
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
                    "Remove the group '%s'? Its %s members lose what it gives them."
                            .formatted(
                                    Printable.of(Output.text(found, "name")),
                                    Printable.of(Output.text(found, "members"))));
            desk.server().remove(thing.path(), version.of(found));
            return desk.done(thing.id(), "removed");
        }
    }

    @Command(name = "members", header = "List the direct members of a group.")
    static final class Members extends ServerAction {

        @Parameters(paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("KIND", "NAME", "ID");
            return desk.list(
                    desk.directory().group(group).path() + "/members",
                    table,
                    member -> table.add(
                            Output.text(member, "kind"), Output.text(member, "name"), Output.text(member, "id")));
        }
    }

    private static String membership(Thing group, Thing member) {
        return group.path() + "/members/" + Http.encode(member.id());
    }

    @Command(name = "add", header = "Make a user or another group a member of a group.")
    static final class Add extends ServerAction {

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(index = "0", paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Parameters(index = "1", paramLabel = "PRINCIPAL", description = References.PRINCIPAL)
        private String member = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().principal(member);
            Thing into = desk.directory().group(group);
            if (preview) {
                return Preview.ofMembership(desk, "join", into.id(), thing.id());
            }
            desk.server().put(membership(into, thing));
            return desk.done(thing.id(), "added");
        }
    }

    @Command(name = "remove-member", header = "End a membership.")
    static final class RemoveMember extends ServerAction {

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(index = "0", paramLabel = "GROUP", description = References.GROUP)
        private String group = "";

        @Parameters(index = "1", paramLabel = "PRINCIPAL", description = References.PRINCIPAL)
        private String member = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().principal(member);
            Thing from = desk.directory().group(group);
            if (preview) {
                return Preview.ofMembership(desk, "leave", from.id(), thing.id());
            }
            desk.server().remove(membership(from, thing), "");
            return desk.done(thing.id(), "removed");
        }
    }
}
