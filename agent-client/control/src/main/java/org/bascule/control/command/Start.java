package org.bascule.control.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.LocalInput;
import org.bascule.control.remote.RemoteCommand;
import org.bascule.control.signin.Account;
import org.bascule.session.client.WarmUp;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.SystemRequest;
import org.bascule.wire.Operations;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "start",
        header = "Start a program on a device and show what it puts out.",
        description = {
            "As 'exec', with the permission to manage processes, in a folder or as another account. The program ends"
                    + " with the session.",
            "Another account than the session's is only for sessions as root."
        },
        customSynopsis = "bascule start [--folder=PATH] [--account=NAME] [--reason=TEXT] [--comment=TEXT] DEVICE"
                + " -- COMMAND [ARGUMENT...]")
final class Start implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Option(names = "--folder", paramLabel = "PATH", description = "absolute path of the working folder")
    private @Nullable String folder;

    @Option(names = "--account", paramLabel = "NAME", description = "account of the device")
    private @Nullable String account;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "the program and its arguments")
    private List<String> command = new ArrayList<>();

    @Override
    public int run(Surroundings around) throws CommandException {
        SystemRequest.Start start = request();
        WarmUp.start(Duration.ZERO);
        LocalInput input = new LocalInput(around.in());
        try (DeviceSession session = DeviceSession.open(
                new Account(around).server(),
                around,
                device,
                Operations.of(Operations.PROCESS_MANAGE),
                reason.text())) {
            session.unverified(System.console() != null).ifPresent(around::warn);
            session.comment(reason.comment());
            return new RemoteCommand(session, around, input).run(start);
        }
    }

    private SystemRequest.Start request() throws CommandException {
        Optional<String> where = Optional.ofNullable(folder);
        if (where.isPresent() && !where.get().startsWith("/")) {
            throw new CommandException(ExitCode.USAGE, "--folder is not an absolute path");
        }
        List<String> arguments = command.get(0).equals("--") ? command.subList(1, command.size()) : command;
        try {
            return new SystemRequest.Start(CommandLine.of(arguments), Optional.ofNullable(account), where);
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }
}
