package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Instant;
import java.util.ArrayList;
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

/** Access for a limited time: asking for it, and deciding. */
@Command(
        name = "request",
        header = "Requests for access: list, create, approve, reject, withdraw.",
        subcommands = {
            RequestCommand.Listing.class,
            RequestCommand.Create.class,
            RequestCommand.Approve.class,
            RequestCommand.Reject.class,
            RequestCommand.Withdraw.class
        })
final class RequestCommand {

    private static final String PATH = "/api/access/requests";
    private static final String ID = "the request's id, as 'bascule request list' shows it";

    private static String decided(JsonObject request) {
        return "%s: %s until %s"
                .formatted(
                        Printable.of(Output.text(request, "state")),
                        Printable.of(String.join(" ", Output.texts(request, "permissions"))),
                        Printable.of(Output.text(request, "until")));
    }

    @Command(name = "list", header = "List your requests and those that you may decide about, newest first.")
    static final class Listing extends ServerAction {

        @Option(names = "--state", paramLabel = "STATE", description = "open or decided")
        private @Nullable String state;

        @Option(names = "--mine", description = "your own alone")
        private boolean mine;

        @Mixin
        private Most most = new Most();

        @Override
        int run(Desk desk) throws CommandException {
            String address = new Query(PATH)
                    .with("state", state)
                    .with("mine", mine ? "true" : "")
                    .toString();
            Table table = new Table("STATE", "USER", "ON", "PERMISSIONS", "UNTIL", "REASON", "ID");
            return desk.list(
                    address,
                    most.number(),
                    table,
                    request -> table.add(
                            Output.text(request, "state"),
                            Output.name(request, "user"),
                            Output.place(Output.object(request, "resource")),
                            String.join(" ", Output.texts(request, "permissions")),
                            Output.text(request, "until"),
                            Output.text(request, "reason"),
                            Output.text(request, "id")));
        }
    }

    @Command(name = "create", header = "Ask for permissions until a time within 30 days.")
    static final class Create extends ServerAction {

        @Mixin
        private Creation creation = new Creation();

        @Option(names = "--until", required = true, paramLabel = "TIME", description = Times.MOMENT)
        private String until = "";

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "what for")
        private String reason = "";

        @Parameters(index = "0", split = ",", paramLabel = "PERMISSION", description = References.PERMISSIONS)
        private List<String> permissions = new ArrayList<>();

        @Parameters(index = "1", paramLabel = "RESOURCE", description = References.RESOURCE)
        private String resource = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder()
                    .add("permissions", Json.createArrayBuilder(permissions))
                    .add("reason", reason)
                    .add(
                            "until",
                            Times.moment(until, desk.around().clock().instant()).toString())
                    .add("resource", desk.directory().resource(resource).id());
            JsonObject created = creation.create(desk.server(), PATH, body.build());
            return desk.print(created, "asked " + Printable.of(Output.text(created, "id")));
        }
    }

    @Command(name = "approve", header = "Give what was asked for; never what you asked for yourself.")
    static final class Approve extends ServerAction {

        @Option(names = "--until", paramLabel = "TIME", description = "sooner than was asked for: " + Times.MOMENT)
        private @Nullable String until;

        @Option(names = "--preview", description = Preview.TEXT)
        private boolean preview;

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            Instant now = desk.around().clock().instant();
            Optional<Instant> sooner = until == null ? Optional.empty() : Optional.of(Times.moment(until, now));
            if (preview) {
                return Preview.of(desk, "add", Json.createArrayBuilder().add(entry(desk, sooner, now)));
            }
            JsonObjectBuilder body = Json.createObjectBuilder();
            sooner.ifPresent(end -> body.add("until", end.toString()));
            JsonObject request = desk.server().act(PATH + "/" + Http.encode(id) + "/approve", body.build());
            return desk.print(request, decided(request));
        }

        /** The entry that the approval would make. */
        private JsonObject entry(Desk desk, Optional<Instant> sooner, Instant now) throws CommandException {
            JsonObject request = desk.server().list(PATH + "?state=open").stream()
                    .filter(each -> Output.text(each, "id").equals(id))
                    .findFirst()
                    .orElseThrow(() ->
                            new CommandException(ExitCode.REFUSED, "there is no such open request that you may see"));
            Instant asked = Times.moment(Output.text(request, "until"), now);
            Instant end = sooner.orElse(asked);
            if (!end.isAfter(now) || end.isAfter(asked)) {
                throw new CommandException(
                        ExitCode.CONFLICT, "it would be refused: the time is over, or longer than was asked for");
            }
            return Json.createObjectBuilder()
                    .add("resource", Output.text(Output.object(request, "resource"), "id"))
                    .add("principal", Output.text(Output.object(request, "user"), "id"))
                    .add("permissions", Json.createArrayBuilder(Output.texts(request, "permissions")))
                    .add("effect", "allow")
                    .add("delegable", false)
                    .add("until", end.toString())
                    .build();
        }
    }

    @Command(name = "reject", header = "Refuse what was asked for.")
    static final class Reject extends ServerAction {

        @Option(names = "--reason", paramLabel = "TEXT", description = "why, for whoever asked")
        private @Nullable String reason;

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObjectBuilder body = Json.createObjectBuilder();
            String why = reason;
            if (why != null) {
                body.add("reason", why);
            }
            JsonObject request = desk.server().act(PATH + "/" + Http.encode(id) + "/reject", body.build());
            return desk.print(request, decided(request));
        }
    }

    @Command(name = "withdraw", header = "Take an own request back.")
    static final class Withdraw extends ServerAction {

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            JsonObject request = desk.server().act(PATH + "/" + Http.encode(id) + "/withdraw");
            return desk.print(request, decided(request));
        }
    }
}
