package org.bascule.control.command;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Folders from the command line. */
@Command(
        name = "folder",
        header = "Folders: list, show, create.",
        subcommands = {FolderCommand.Listing.class, FolderCommand.Show.class, FolderCommand.Create.class})
final class FolderCommand {

    private static final String FOLDER = "id, unique name, or path such as /Customers/North";

    private static Table table(List<JsonObject> folders) {
        Table table = new Table("NAME", "DEVICES", "FOLDERS", "DESCRIPTION", "ID");
        folders.forEach(folder -> table.add(
                Output.text(folder, "name"),
                Output.text(folder, "devices"),
                Output.text(folder, "children"),
                Output.text(folder, "description"),
                Output.text(folder, "id")));
        return table;
    }

    @Command(name = "list", header = "List the topmost folders that you see, or those in a folder.")
    static final class Listing implements Action {

        @Mixin
        private Output output = new Output();

        @Parameters(arity = "0..1", paramLabel = "FOLDER", description = FOLDER)
        private @Nullable String folder;

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            String in = folder;
            List<JsonObject> folders =
                    server.list(in == null ? "/api/folders" : "/api/folders?parent=" + server.folderAt(in));
            output.list(around, folders, table(folders));
            return ExitCode.OK.code();
        }
    }

    @Command(name = "show", header = "Show a folder.")
    static final class Show implements Action {

        @Mixin
        private Output output = new Output();

        @Parameters(paramLabel = "FOLDER", description = FOLDER)
        private String folder = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            output.members(around, server.get("/api/folders/" + server.folderAt(folder)));
            return ExitCode.OK.code();
        }
    }

    @Command(name = "create", header = "Create a folder.")
    static final class Create implements Action {

        @Mixin
        private Output output = new Output();

        @Option(names = "--in", required = true, paramLabel = "FOLDER", description = "where: " + FOLDER)
        private String parent = "";

        @Option(names = "--description", paramLabel = "TEXT", description = "what it is for")
        private @Nullable String description;

        @Parameters(paramLabel = "NAME", description = "its name")
        private String name = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            JsonObjectBuilder body = Json.createObjectBuilder()
                    .add("parent", server.folderAt(parent))
                    .add("name", name);
            String about = description;
            if (about != null) {
                body.add("description", about);
            }
            JsonObject created = server.create("/api/folders", body.build());
            output.print(around, created, "created " + Printable.of(Output.text(created, "id")));
            return ExitCode.OK.code();
        }
    }
}
