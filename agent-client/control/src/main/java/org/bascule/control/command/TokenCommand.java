package org.bascule.control.command;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.Http;
import org.bascule.control.signin.Account;
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
    static final class Listing implements Action {

        @Mixin
        private Output output = new Output();

        @Override
        public int run(Surroundings around) throws CommandException {
            List<JsonObject> tokens = new Account(around).server().list(PATH);
            Table table = new Table("FOLDER", "USED", "OF", "EXPIRES", "BY", "ID");
            tokens.forEach(token -> table.add(
                    Output.text(token, "folderName"),
                    Output.text(token, "used"),
                    Output.text(token, "uses"),
                    Output.text(token, "expires"),
                    Output.text(token, "createdBy"),
                    Output.text(token, "id")));
            output.list(around, tokens, table);
            return ExitCode.OK.code();
        }
    }

    @Command(name = "create", header = "Create a token and print its text, which is shown this once.")
    static final class Create implements Action {

        @Mixin
        private Output output = new Output();

        @Option(
                names = "--in",
                required = true,
                paramLabel = "FOLDER",
                description = "where its devices go: id, unique name, or path such as /Customers/North")
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

        @Override
        public int run(Surroundings around) throws CommandException {
            long seconds = duration(valid).toSeconds();
            AccessServer server = new Account(around).server();
            JsonObject created = server.create(
                    PATH,
                    Json.createObjectBuilder()
                            .add("folder", server.folderAt(folder))
                            .add("expiresIn", seconds)
                            .add("uses", uses)
                            .build());
            output.print(around, created, Printable.of(Output.text(created, "token")));
            return ExitCode.OK.code();
        }

        private static Duration duration(String text) throws CommandException {
            String upper = text.toUpperCase(Locale.ROOT);
            try {
                return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
            } catch (DateTimeParseException e) {
                throw new CommandException(
                        ExitCode.USAGE, "a time is a number with s, m, h or d, not " + Printable.of(text), e);
            }
        }
    }

    @Command(name = "delete", header = "Delete a token; devices that it enrolled stay.")
    static final class Delete implements Action {

        @Option(names = "--yes", description = "do not ask")
        private boolean yes;

        @Parameters(paramLabel = "ID", description = "the token's id")
        private String id = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            AccessServer server = new Account(around).server();
            Output.confirm(around, yes, "Delete the token " + Printable.of(id) + "?");
            server.remove(PATH + "/" + Http.encode(id), "");
            return ExitCode.OK.code();
        }
    }
}
