package org.bascule.control.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.ClosingComment;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.LocalInput;
import org.bascule.control.remote.RemoteCommand;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import org.bascule.control.terminal.LocalTerminal;
import org.bascule.session.client.WarmUp;
import org.bascule.session.service.CommandLine;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "exec",
        header = "Run a command on a device.",
        description = {
            "Standard input, output and error are passed through unchanged, and so is the exit code (128 + n if signal n killed the command).",
            "No shell is involved: for one, run 'sh -c LINE'."
        },
        customSynopsis = "bascule exec [--reason=TEXT] [--comment=TEXT] DEVICE -- COMMAND [ARGUMENT...]")
final class Exec implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Parameters(index = "0", paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "the program and its arguments")
    private List<String> command = new ArrayList<>();

    @Override
    public int run(Surroundings around) throws CommandException {
        CommandLine line = line();
        WarmUp.start(Duration.ZERO);
        AccessServer server = new Account(around).server();
        boolean terminal = LocalTerminal.ofProcess().isPresent();
        ClosingComment closing = ClosingComment.of(server, reason.comment(), terminal);
        LocalInput input = new LocalInput(around.in());
        try (DeviceSession session =
                DeviceSession.open(server, around, device, Operations.of(Operations.EXEC), reason.text())) {
            session.unverified(System.console() != null).ifPresent(around::warn);
            int code = new RemoteCommand(session, around, input).run(line);
            session.comment(closing.take(around, input));
            return code;
        }
    }

    /** Options end at the device; a {@code --} behind it is for the eye. */
    private CommandLine line() throws CommandException {
        List<String> arguments = command.get(0).equals("--") ? command.subList(1, command.size()) : command;
        try {
            return CommandLine.of(arguments);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
