package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.RemoteWatch;
import org.bascule.control.server.AccessServer;
import org.bascule.control.server.Http;
import org.bascule.control.signin.Account;
import org.bascule.control.terminal.LocalTerminal;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.SessionId;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sessions on devices: those that run, those that were, watching and ending one. */
@Command(
        name = "session",
        header = "Sessions: list, watch, end.",
        subcommands = {SessionCommand.Listing.class, SessionCommand.Watch.class, SessionCommand.End.class})
final class SessionCommand {

    @Command(
            name = "list",
            header = "List running sessions: your own, and those whose connection log you may view.",
            description =
                    "With --ended the connection log, which can be narrowed. A page of it may hold little of what is asked for.")
    static final class Listing extends ServerAction {

        @Option(names = "--ended", description = "the connection log instead: ended ones too, newest first")
        private boolean ended;

        @Mixin
        private Period period = new Period();

        @Option(names = "--user", paramLabel = "USER", description = "of whom: " + References.USER)
        private @Nullable String user;

        @Option(names = "--device", paramLabel = "DEVICE", description = "on what: " + References.DEVICE)
        private @Nullable String device;

        @Mixin
        private Most most = new Most();

        @Parameters(
                arity = "0..1",
                paramLabel = "TEXT",
                description = "only those with this text in a name, a reason, a comment or an address")
        private @Nullable String text;

        @Override
        int run(Desk desk) throws CommandException {
            Table table = new Table(
                    "DEVICE", "USER", "OPERATIONS", "STARTED", "ENDED", "RELAY", "BYTES IN", "BYTES OUT", "SID");
            return desk.list(
                    address(desk),
                    most.number(),
                    table,
                    session -> table.add(
                            Output.name(session, "device"),
                            Output.name(session, "user"),
                            Output.text(session, "operations"),
                            Output.text(session, "started"),
                            Output.text(session, "ended"),
                            Output.text(session, "relay"),
                            Output.text(session, "bytesIn"),
                            Output.text(session, "bytesOut"),
                            Output.text(session, "sid")));
        }

        private String address(Desk desk) throws CommandException {
            if (!ended) {
                if (period.isGiven() || user != null || device != null || text != null) {
                    throw new CommandException(ExitCode.USAGE, "only the connection log can be narrowed: say --ended");
                }
                return "/api/sessions";
            }
            Query query = period.of("/api/connections", desk.around().clock().instant())
                    .with("q", text);
            if (user != null) {
                query.with("user", desk.directory().user(user).id());
            }
            if (device != null) {
                query.with("device", desk.directory().device(device).id());
            }
            return query.toString();
        }
    }

    @Command(
            name = "watch",
            header = "Watch the terminals of somebody else's running session; he is told so. Ctrl+C ends it.")
    static final class Watch implements Action {

        @Option(
                names = "--terminal",
                paramLabel = "N",
                description = "one terminal of the session; otherwise the newest, and then the next")
        private @Nullable Integer terminal;

        @Option(names = "--reason", paramLabel = "TEXT", description = "why, for the log of the device's owner")
        private @Nullable String reason;

        @Parameters(paramLabel = "SID", description = "the session's id, as 'bascule session list' shows it")
        private String sid = "";

        @Override
        public int run(Surroundings around) throws CommandException {
            SessionId watched = parse(sid);
            AccessServer server = new Account(around).server();
            String device = device(server, watched);
            boolean person = LocalTerminal.isOutput();
            try (DeviceSession session = DeviceSession.open(
                    server, around, device, Operations.of(Operations.watch(watched)), Optional.ofNullable(reason))) {
                session.unverified(person).ifPresent(around::warn);
                return new RemoteWatch(session, around, person, watched).run(Optional.ofNullable(terminal));
            }
        }

        private static SessionId parse(String text) throws CommandException {
            try {
                return SessionId.parse(text);
            } catch (WireException e) {
                throw new CommandException(
                        ExitCode.USAGE, "a session's id has 32 hexadecimal digits: see 'bascule session list'", e);
            }
        }

        private static String device(AccessServer server, SessionId sid) throws CommandException {
            for (JsonObject session : server.list("/api/sessions")) {
                if (session.getString("sid", "").equals(sid.hex())
                        && session.get("device") instanceof JsonObject device) {
                    return device.getString("uid", "");
                }
            }
            throw new CommandException(ExitCode.REFUSED, "no such session runs, or you may not see it");
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
