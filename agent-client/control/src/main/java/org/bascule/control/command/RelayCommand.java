package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The relays of the installation, for its operator. */
@Command(
        name = "relay",
        header = "Relays, for the installation's operator: list, approve, refuse, remove, drain.",
        subcommands = {
            RelayCommand.Listing.class,
            RelayCommand.Approve.class,
            RelayCommand.Refuse.class,
            RelayCommand.Remove.class,
            RelayCommand.Drain.class
        })
final class RelayCommand {

    private static final String PATH = "/api/installation/relays";
    private static final String ID = "the relay's id, as 'bascule relay list' shows it";

    private static String path(String id) {
        return PATH + "/" + Http.encode(id);
    }

    private static String words(Desk desk, String id) throws CommandException {
        return desk.server().list(PATH).stream()
                .filter(relay -> Output.text(relay, "id").equals(id))
                .findFirst()
                .map(relay -> Output.text(relay, "words"))
                .orElseThrow(
                        () -> new CommandException(ExitCode.REFUSED, "there is no relay '" + Printable.of(id) + "'"));
    }

    /** Approved, and whatever of that keeps it from being used. */
    private static String state(JsonObject relay) {
        List<String> state = new ArrayList<>(List.of(Output.text(relay, "state")));
        if (relay.getBoolean("drain", false)) {
            state.add("to be empty");
        } else if (relay.getBoolean("draining", false)) {
            state.add("draining");
        }
        if (relay.getBoolean("silent", false)) {
            state.add("silent");
        }
        return String.join(", ", state);
    }

    private static String load(JsonObject relay) {
        String sessions = Output.text(relay, "sessions");
        return relay.isNull("sessions") ? sessions : sessions + " of " + Output.text(relay, "capacity");
    }

    @Command(name = "list", header = "List all relays, with the words of their keys and how busy they are.")
    static final class Listing extends ServerAction {

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table("ID", "STATE", "SESSIONS", "REGION", "URL", "LAST HEARD", "WORDS");
            return desk.list(
                    PATH,
                    table,
                    relay -> table.add(
                            Output.text(relay, "id"),
                            state(relay),
                            load(relay),
                            Output.text(relay, "region"),
                            Output.text(relay, "url"),
                            Output.text(relay, "lastHeartbeat"),
                            Output.text(relay, "words")));
        }
    }

    @Command(name = "approve", header = "Let sessions use a relay, after its words were compared with its log.")
    static final class Approve extends ServerAction {

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            String words = words(desk, id);
            String question = "Does the log of " + Printable.of(id) + " say '" + Printable.of(words) + "'?";
            desk.confirm(asked.yes(), question);
            desk.server()
                    .act(
                            path(id) + "/approve",
                            Json.createObjectBuilder().add("words", words).build());
            return desk.done(id, "approved");
        }
    }

    @Command(name = "refuse", header = "Let no session use a relay.")
    static final class Refuse extends ServerAction {

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            desk.server().act(path(id) + "/refuse");
            return desk.done(id, "refused");
        }
    }

    @Command(name = "remove", header = "Forget a relay; one that goes on sending heartbeats waits for approval again.")
    static final class Remove extends ServerAction {

        @Mixin
        private Asked asked = new Asked();

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            desk.confirm(asked.yes(), "Remove the relay " + Printable.of(id) + "?");
            desk.server().remove(path(id), "");
            return desk.done(id, "removed");
        }
    }

    @Command(name = "drain", header = "Empty a relay: its sessions go on elsewhere; or take it back.")
    static final class Drain extends ServerAction {

        @Option(names = "--off", description = "take it back")
        private boolean off;

        @Parameters(paramLabel = "ID", description = ID)
        private String id = "";

        @Override
        int run(Desk desk) throws CommandException {
            desk.server()
                    .put(
                            path(id) + "/drain",
                            Json.createObjectBuilder().add("drain", !off).build());
            return desk.done(id, off ? "taken back" : "being emptied");
        }
    }
}
