package org.bascule.control.command;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** API tokens from the command line. */
@Command(
        name = "api-token",
        header = "API tokens, by which programs act as you within limits: create, ls, revoke.",
        subcommands = {ApiTokenCommand.Listing.class, ApiTokenCommand.Create.class, ApiTokenCommand.Revoke.class})
final class ApiTokenCommand {

    private static final String MINE = "/api/me/tokens";

    /** Whose tokens. */
    static final class Whose {

        @Option(names = "--user", paramLabel = "USER", description = "somebody else's: " + References.USER)
        private @Nullable String user;

        String path(Desk desk) throws CommandException {
            return user == null ? MINE : desk.directory().user(user).path() + "/tokens";
        }
    }

    @Command(name = "list", header = "List your tokens, newest first.")
    static final class Listing extends ServerAction {

        @Mixin
        private Whose whose = new Whose();

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("NAME", "PERMISSIONS", "FOLDERS", "EXPIRES", "LAST USED", "FROM", "ID");
            return desk.list(
                    whose.path(desk),
                    table,
                    token -> table.add(
                            Output.text(token, "name"),
                            token.getJsonArray("permissions").stream()
                                    .map(JsonValue::toString)
                                    .map(code -> code.replace("\"", ""))
                                    .collect(Collectors.joining(",")),
                            token.getJsonArray("folders").getValuesAs(JsonObject.class).stream()
                                    .map(folder -> Output.text(folder, "name"))
                                    .collect(Collectors.joining(", ")),
                            Output.text(token, "expires"),
                            Output.text(token, "lastUsed"),
                            Output.text(token, "lastAddress"),
                            Output.text(token, "id")));
        }
    }

    @Command(
            name = "create",
            header =
                    "Create a token and print its text, which is shown this once: for BASCULE_TOKEN, or Authorization: Bearer.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Option(
                names = "--allow",
                required = true,
                split = ",",
                paramLabel = "CODES",
                description = References.PERMISSIONS)
        private List<String> permissions = new ArrayList<>();

        @Option(
                names = "--in",
                required = true,
                paramLabel = "FOLDER",
                description = "where it counts, with what is below; may be repeated: " + References.FOLDER)
        private List<String> folders = new ArrayList<>();

        @Option(
                names = "--valid",
                paramLabel = "TIME",
                defaultValue = "30d",
                description = "how long: 12h, 7d, at most 366d (${DEFAULT-VALUE})")
        private String valid = "";

        @Parameters(paramLabel = "NAME", description = "what it is for")
        private String name = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonArrayBuilder places = Json.createArrayBuilder();
            for (String folder : folders) {
                places.add(desk.directory().folder(folder).id());
            }
            JsonObject created = creation.create(
                    desk.server(),
                    MINE,
                    Json.createObjectBuilder()
                            .add("name", name)
                            .add("permissions", Json.createArrayBuilder(permissions))
                            .add("folders", places)
                            .add("expiresIn", Times.duration(valid).toSeconds())
                            .build());
            return desk.print(created, Printable.of(Output.text(created, "token")));
        }
    }

    @Command(name = "revoke", header = "Revoke a token; sessions that were opened with it end.")
    static final class Revoke extends ServerAction {

        @Mixin
        private Whose whose = new Whose();

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "ID", description = "the token's id")
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            String path = whose.path(desk);
            desk.confirm(asked.yes(), "Revoke the token " + Printable.of(id) + "? What uses it stops working.");
            desk.server().remove(path + "/" + Http.encode(id), "");
            return desk.done(id, "revoked");
        }
    }
}
