package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bascule.control.CommandException;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Requests for help that were raised at devices. */
@Command(
        name = "assist",
        header = "Requests for help from devices: list, take, close.",
        subcommands = {AssistCommand.Listing.class, AssistCommand.Take.class, AssistCommand.Close.class})
final class AssistCommand {

    private static final String PATH = "/api/assistance";
    private static final String ID = "the request's id, as 'bascule assist list' shows it";

    @Command(name = "list", header = "List requests for help, latest first.")
    static final class Listing extends ServerAction {

        @Option(names = "--state", paramLabel = "STATE", description = "open, taken, closed or expired")
        private @Nullable String state;

        @Mixin
        private Most most = new Most();

        @Override
        int run(Desk desk) throws CommandException {
            String address = new Query(PATH).with("state", state).toString();
            Table table = new Table("STATE", "DEVICE", "TEXT", "CONTACT", "RAISED", "TAKEN BY", "ID");
            return desk.list(
                    address,
                    most.number(),
                    table,
                    request -> table.add(
                            Output.text(request, "state"),
                            Output.name(request, "device"),
                            Output.text(request, "text"),
                            contact(request),
                            Output.text(request, "raised"),
                            Output.text(request, "takenBy"),
                            Output.text(request, "id")));
        }

        /** How to reach who asked, as far as it was said. */
        private static String contact(JsonObject request) {
            JsonObject contact = Output.object(request, "contact");
            return Stream.of("name", "phone", "email")
                    .map(member -> Output.text(contact, member))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(", "));
        }
    }

    @Command(name = "take", header = "Say that you look after it.")
    static final class Take extends ServerAction {

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject request = desk.server().act(PATH + "/" + Http.encode(id) + "/take");
            return desk.print(request, "taken: " + Printable.of(Output.name(request, "device")));
        }
    }

    @Command(name = "close", header = "Say that it is done.")
    static final class Close extends ServerAction {

        @Option(names = "--comment", paramLabel = "TEXT", description = "what was done")
        private @Nullable String comment;

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder();
            String done = comment;
            if (done != null) {
                body.add("comment", done);
            }
            JsonObject request = desk.server().act(PATH + "/" + Http.encode(id) + "/close", body.build());
            return desk.print(request, "closed: " + Printable.of(Output.name(request, "device")));
        }
    }
}
