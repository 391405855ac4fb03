package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
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

/** Folders from the command line. */
@Command(
        name = "folder",
        header = "Folders: list, tree, show, create, rename, describe, quota, move, remove.",
        subcommands = {
            FolderCommand.Listing.class,
            FolderCommand.Tree.class,
            FolderCommand.Show.class,
            FolderCommand.Create.class,
            FolderCommand.Rename.class,
            FolderCommand.Describe.class,
            FolderCommand.Quota.class,
            FolderCommand.Move.class,
            FolderCommand.Remove.class
        })
final class FolderCommand {

    @Command(name = "list", header = "List the topmost folders that you see, or those in a folder.")
    static final class Listing extends ServerAction {

        @Parameters(arity = "0..1", paramLabel = "FOLDER", description = References.FOLDER)
        private @Nullable String folder;

        @Override
        int run(Desk desk) throws CommandException {
            String in = folder;
            Table table = new Table("NAME", "DEVICES", "FOLDERS", "DESCRIPTION", "ID");
            String address = new Query("/api/folders")
                    .with(
                            "parent",
                            in == null ? null : desk.directory().folder(in).id())
                    .toString();
            return desk.list(
                    address,
                    table,
                    each -> table.add(
                            Output.text(each, "name"),
                            Output.text(each, "devices"),
                            Output.text(each, "children"),
                            Output.text(each, "description"),
                            Output.text(each, "id")));
        }
    }

    @Command(name = "tree", header = "Show every folder that you see, or a folder with all below it, as a tree.")
    static final class Tree extends ServerAction {

        @Parameters(arity = "0..1", paramLabel = "FOLDER", description = References.FOLDER)
        private @Nullable String folder;

        @Override
        int run(Desk desk) throws CommandException {
            String top = folder == null ? "" : desk.directory().folder(folder).id();
            List<JsonObject> folders = desk.server().list("/api/folders?all=true").stream()
                    .filter(each -> top.isEmpty() || isIn(each, top))
                    .toList();
            if (folders.isEmpty() && !top.isEmpty()) {
                throw new CommandException(ExitCode.REFUSED, "there is no such folder that you may see");
            }
            return desk.lines(folders, FolderTree.of(folders).lines());
        }

        private static boolean isIn(JsonObject folder, String top) {
            return Output.text(folder, "id").equals(top)
                    || Output.objects(folder, "path").stream()
                            .anyMatch(above -> Output.text(above, "id").equals(top));
        }
    }

    @Command(name = "show", header = "Show a folder.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(
                    desk.server().get(desk.directory().folder(folder).path()));
        }
    }

    @Command(name = "create", header = "Create a folder.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Option(names = "--in", required = true, paramLabel = "FOLDER", description = "where: " + References.FOLDER)
        private String parent = "";

        @Option(names = "--description", paramLabel = "TEXT", description = "what it is for")
        private @Nullable String description;

        @Parameters(paramLabel = "NAME", description = "its name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder()
                    .add("parent", desk.directory().folder(parent).id())
                    .add("name", name);
            String about = description;
            if (about != null) {
                body.add("description", about);
            }
            JsonObject created = creation.create(desk.server(), "/api/folders", body.build());
            return desk.print(created, "created " + Printable.of(Output.text(created, "id")));
        }
    }

    @Command(name = "rename", header = "Give a folder another name.")
    static final class Rename extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "its new name")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed = desk.change(desk.directory().folder(folder), version, "name", Json.createValue(name));
            return desk.print(changed, "renamed to " + Printable.of(Output.text(changed, "name")));
        }
    }

    @Command(name = "describe", header = "Say what a folder is for.")
    static final class Describe extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Parameters(index = "1", paramLabel = "TEXT", description = "'' for nothing")
        private String text = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed =
                    desk.change(desk.directory().folder(folder), version, "description", Json.createValue(text));
            return desk.print(changed, "described");
        }
    }

    @Command(name = "quota", header = "Limit the concurrent sessions in a folder and below.")
    static final class Quota extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(index = "0", paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Parameters(index = "1", paramLabel = "N", description = "so many at once, or 'none' for no limit")
        private String limit = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject changed = desk.change(desk.directory().folder(folder), version, "quota", quota());
            return desk.print(changed, "limited to " + (limit.equals("none") ? "no number" : Printable.of(limit)));
        }

        private JsonValue quota() throws CommandException {
            if (limit.equals("none")) {
                return JsonValue.NULL;
            }
            try {
                return Json.createValue(Integer.parseInt(limit));
            } catch (NumberFormatException e) {
                throw new CommandException(ExitCode.USAGE, "a quota is a number or 'none'", e);
            }
        }
    }

    @Command(name = "move", header = "Move a folder with everything in it.")
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

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Override
        int run(Desk desk) throws CommandException {
            String to = desk.directory().folder(target).id();
            Thing thing = desk.directory().folder(folder);
            if (preview) {
                return Preview.ofMove(desk, thing.id(), to);
            }
            JsonObject changed = desk.change(thing, version, "parent", Json.createValue(to));
            return desk.print(changed, "moved to " + Printable.of(Output.place(changed)));
        }
    }

    @Command(
            name = "remove",
            header = "Remove a folder with everything in it and below.",
            description =
                    "Shows what goes with it and whom it takes rights elsewhere away from, as far as you see it, and asks.")
    static final class Remove extends ServerAction {

        private static final int NAMES = 20;

        @Mixin
        private Version version = new Version();

        @Mixin
        private Asked asked = new Asked();

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(paramLabel = "FOLDER", description = References.FOLDER)
        private String folder = "";

        @Override
        int run(Desk desk) throws CommandException {
            Thing thing = desk.directory().folder(folder);
            if (preview) {
                return Preview.ofDeletion(desk, thing.id());
            }
            JsonObject found = desk.server().get(thing.path());
            if (!asked.yes()) {
                JsonObject goes = desk.server().get(thing.path() + "/deletion");
                desk.around().warn(Losses.ofFolder(goes));
                names(goes).forEach(desk.around()::warn);
                Preview.warn(desk, thing.id());
            }
            desk.confirm(asked.yes(), "Remove the folder '" + Printable.of(Output.place(found)) + "'?");
            desk.server().remove(thing.path(), version.of(found));
            return desk.done(thing.id(), "removed");
        }

        private static List<String> names(JsonObject goes) {
            List<String> names =
                    Output.texts(goes, "names").stream().limit(NAMES).toList();
            int more = goes.getInt("devices", 0) - names.size();
            Table table = new Table("DEVICE");
            names.forEach(table::add);
            List<String> lines = new ArrayList<>(table.lines().subList(1, names.size() + 1));
            if (more > 0 && !names.isEmpty()) {
                lines.add("and " + more + " more devices");
            }
            return lines.stream().map(line -> "  " + line).toList();
        }
    }
}
