package org.bascule.control.command;

import jakarta.json.JsonObject;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tags as such; {@code device tag} gives one to a device. */
@Command(
        name = "tag",
        header = "Tags of devices: list, rename, delete.",
        subcommands = {TagCommand.Listing.class, TagCommand.Rename.class, TagCommand.Delete.class})
final class TagCommand {

    private static final String PATH = "/api/tags";

    private static String path(String tag) {
        return PATH + "?tag=" + Http.encode(tag);
    }

    @Command(name = "list", header = "List the tags of the devices that you see.")
    static final class Listing extends ServerAction {

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("TAG", "DEVICES");
            return desk.list(PATH, table, tag -> table.add(Output.text(tag, "name"), Output.text(tag, "devices")));
        }
    }

    @Command(
            name = "rename",
            header = "Rename a tag on all devices that you see.",
            description = "You must be allowed to configure every one of them.")
    static final class Rename extends ServerAction {

        @Parameters(index = "0", paramLabel = "TAG", description = "the tag")
        private String tag = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "its new name")
        private String name = "";

        @Option(names = "--merge", description = "if there is a tag of that name, the two become one")
        private boolean merge;

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject done = desk.server()
                    .change(
                            path(tag),
                            "",
                            Json.createObjectBuilder()
                                    .add("name", name)
                                    .add("merge", merge)
                                    .build());
            return desk.print(done, "renamed on " + Output.text(done, "devices") + " devices");
        }
    }

    @Command(
            name = "delete",
            header = "Take a tag from all devices that you see.",
            description = "You must be allowed to configure every one of them.")
    static final class Delete extends ServerAction {

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "TAG", description = "the tag")
        private String tag = "";

        @Override
        int run(Desk desk) throws CommandException {
            desk.confirm(asked.yes(), "Delete the tag '" + Printable.of(tag) + "' from all devices?");
            desk.server().remove(path(tag), "");
            return desk.done(tag, "deleted");
        }
    }
}
