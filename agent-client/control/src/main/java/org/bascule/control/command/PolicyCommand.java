package org.bascule.control.command;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.wire.Json;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What must be so before a session starts on a device, or on the devices in a folder. */
@Command(
        name = "policy",
        header = "Session policies of devices and folders: show, set, clear.",
        subcommands = {PolicyCommand.Show.class, PolicyCommand.Set.class, PolicyCommand.Clear.class})
final class PolicyCommand {

    private static String path(Desk desk, String resource) throws CommandException {
        return "/api/session-policies/" + desk.directory().resource(resource).id();
    }

    @Command(name = "show", header = "Show the policy that counts: its own, the nearest above, or the default.")
    static final class Show extends ServerAction {

        @Parameters(paramLabel = "RESOURCE", description = References.RESOURCE)
        private String resource = "";

        @Override
        int run(Desk desk) throws CommandException {
            return desk.members(desk.server().get(path(desk, resource)));
        }
    }

    @Command(
            name = "set",
            header = "Make this the own policy, in place of what it had.",
            description = "The nearest policy counts as a whole. What is not given is off.")
    static final class Set extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Option(
                names = "--consent",
                required = true,
                paramLabel = "WHO",
                description =
                        "who is asked before a session: never, device (the person at it) or approver (who may approve access)")
        private String consent = "";

        @Option(names = "--reason-required", description = "the user has to say why")
        private boolean reasonRequired;

        @Option(names = "--full-log", description = "the device records each thing that the tools do")
        private boolean fullLog;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                description = "after which a question is refused by itself, 10 to 300 (default: 60)")
        private @Nullable Integer timeout;

        @Parameters(paramLabel = "RESOURCE", description = References.RESOURCE)
        private String resource = "";

        @Override
        int run(Desk desk) throws CommandException {
            if (!consent.matches("never|device|approver")) {
                throw new CommandException(ExitCode.USAGE, "--consent is never, device or approver");
            }
            JsonObjectBuilder body = Json.createObjectBuilder()
                    .add("consent", consent)
                    .add("reasonRequired", reasonRequired)
                    .add("fullLog", fullLog);
            if (timeout != null) {
                body.add("timeoutSeconds", timeout);
            }
            String path = path(desk, resource);
            return desk.members(
                    desk.server().replace(path, version.of(desk.server().get(path)), body.build()));
        }
    }

    @Command(name = "clear", header = "Take the own policy away, so that the nearest above counts.")
    static final class Clear extends ServerAction {

        @Mixin
        private Version version = new Version();

        @Parameters(paramLabel = "RESOURCE", description = References.RESOURCE)
        private String resource = "";

        @Override
        int run(Desk desk) throws CommandException {
            String path = path(desk, resource);
            JsonObject found = desk.server().get(path);
            desk.server().remove(path, version.of(found));
            return desk.done(path.substring(path.lastIndexOf('/') + 1), "cleared");
        }
    }
}
