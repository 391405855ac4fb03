package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Enrolment tokens from the command line. */
@Command(
        name = "token",
        header = "Enrolment tokens, by which devices are installed: list, create, delete.",
        subcommands = {TokenCommand.Listing.class, TokenCommand.Create.class, TokenCommand.Delete.class})
final class TokenCommand {

    private static final String PATH = "/api/enrolment-tokens";

    @Command(name = "list", header = "List the tokens that you may manage, newest first.")
    static final class Listing extends ServerAction {

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("FOLDER", "USED", "OF", "EXPIRES", "BY", "ID");
            return desk.list(
                    PATH,
                    table,
                    token -> table.add(
                            Output.text(token, "folderName"),
                            Output.text(token, "used"),
                            Output.text(token, "uses"),
                            Output.text(token, "expires"),
                            Output.text(token, "createdBy"),
                            Output.text(token, "id")));
        }
    }

    @Command(name = "create", header = "Create a token and print its text, which is shown this once.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Option(
                names = "--in",
                required = true,
                paramLabel = "FOLDER",
                description = "where its devices go: " + References.FOLDER)
        private String folder = "";

        @Option(
                names = "--uses",
                paramLabel = "N",
                defaultValue = "1",
                description = "how many devices it is for (${DEFAULT-VALUE})")
        private int uses;

        @Option(
                names = "--valid",
                paramLabel = "TIME",
                defaultValue = "1d",
                description = "how long: 30m, 12h, 7d (${DEFAULT-VALUE})")
        private String valid = "";

        @Option(
                names = "--file",
                paramLabel = "FILE",
                description =
                        "writes an enrolment file for headless devices instead of printing the token; never over an existing file")
        private @Nullable Path file;

        @Option(
                names = "--file-ca",
                paramLabel = "FILE",
                description = "PEM file of the private authority that the devices are to trust for the server")
        private @Nullable Path authority;

        @Option(
                names = "--install",
                description = "prints the line that installs the agent on a device, too: its script asks for the token")
        private boolean install;

        @Override
        int run(Desk desk) throws CommandException {
            if (file == null && authority != null) {
                throw new CommandException(ExitCode.USAGE, "--file-ca belongs to --file");
            }
            if (file != null && install) {
                throw new CommandException(ExitCode.USAGE, "--install and --file exclude each other");
            }
            Optional<String> line = install ? Optional.of(installLine(desk)) : Optional.empty();
            // before a token is made that would be lost
            Optional<EnrolmentFile> wanted = file == null
                    ? Optional.empty()
                    : Optional.of(EnrolmentFile.prepared(file, Optional.ofNullable(authority)));
            long seconds = Times.duration(valid).toSeconds();
            JsonObject created = creation.create(
                    desk.server(),
                    PATH,
                    Json.createObjectBuilder()
                            .add("folder", desk.directory().folder(folder).id())
                            .add("expiresIn", seconds)
                            .add("uses", uses)
                            .build());
            if (wanted.isPresent()) {
                wanted.get().write(created);
                return desk.done(
                        Output.text(created, "id"),
                        "created, written to " + wanted.get().shown());
            }
            String token = Printable.of(Output.text(created, "token"));
            return line.isEmpty()
                    ? desk.print(created, token)
                    : desk.lines(
                            Json.createObjectBuilder(created)
                                    .add("installCommand", line.get())
                                    .build(),
                            List.of(Printable.of(line.get()), token));
        }

        private static String installLine(Desk desk) throws CommandException {
            JsonObject installer = desk.server().get("/api/agent-installer");
            if (installer.isNull("command")) {
                throw new CommandException(
                        ExitCode.FAILED, "This server hands out no agent; its operator sets AGENT_FILES.");
            }
            return installer.getString("command");
        }
    }

    @Command(name = "delete", header = "Delete a token; devices that it enrolled stay.")
    static final class Delete extends ServerAction {

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "ID", description = "the token's id")
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            desk.confirm(asked.yes(), "Delete the token " + Printable.of(id) + "?");
            desk.server().remove(PATH + "/" + Http.encode(id), "");
            return desk.done(id, "deleted");
        }
    }
}
