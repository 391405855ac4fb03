package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.server.Http;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sessions on devices: those that run, those that were, and ending one. */
@Command(
        name = "session",
        header = "Sessions: list, end.",
        subcommands = {SessionCommand.Listing.class, SessionCommand.End.class})
final class SessionCommand {

    @Command(name = "list", header = "List running sessions: your own, and those whose connection log you may view.")
    static final class Listing extends ServerAction {

        @Option(names = "--ended", description = "the connection log instead: ended ones too, newest first")
        private boolean ended;

        @Mixin
        private Most most = new Most();

        @Override
        int run(Desk desk) throws CommandException {
            List<JsonObject> sessions = desk.server().list(ended ? "/api/connections" : "/api/sessions", most.number());
            Table table = new Table("DEVICE", "USER", "OPERATIONS", "STARTED", "ENDED", "SID");
            sessions.forEach(session -> table.add(
                    Output.name(session, "device"),
                    Output.name(session, "user"),
                    Output.text(session, "operations"),
                    Output.text(session, "started"),
                    Output.text(session, "ended"),
                    Output.text(session, "sid")));
            return desk.list(sessions, table);
        }
    }

    @Command(name = "end", header = "End a running session, your own or somebody else's.")
    static final class End extends ServerAction {

        @Mixin
        private Asked asked = new Asked();

        @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "ended", description = "why (${DEFAULT-VALUE})")
        private String reason = "";

        @Option(names = "--comment", paramLabel = "TEXT", description = "what was done; some domains ask for it")
        private @Nullable String comment;

        @Parameters(paramLabel = "SID", description = "the session's id, as 'bascule session list' shows it")
        private String sid = "";

        @Override
        int run(Desk desk) throws CommandException {
            desk.confirm(asked.yes(), "End the session? Whoever works in it loses the connection.");
            JsonObjectBuilder body = Json.createObjectBuilder().add("reason", reason);
            String done = comment;
            if (done != null) {
                body.add("comment", done);
            }
            desk.server().act("/api/sessions/" + Http.encode(sid) + "/end", body.build());
            return desk.done(sid, "ended");
        }
    }
}
