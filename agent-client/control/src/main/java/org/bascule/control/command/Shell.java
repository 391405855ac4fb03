package org.bascule.control.command;

import java.time.Duration;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.ClosingComment;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.LocalInput;
import org.bascule.control.remote.RemoteShell;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import org.bascule.control.terminal.LocalTerminal;
import org.bascule.session.client.WarmUp;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "shell", header = "Open a shell on a device, in this terminal.")
final class Shell implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Parameters(paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Override
    public int run(Surroundings around) throws CommandException {
        WarmUp.start(Duration.ZERO);
        LocalTerminal terminal = LocalTerminal.ofProcess();
        AccessServer server = new Account(around).server();
        ClosingComment closing = ClosingComment.of(server, reason.comment(), terminal.isPresent());
        LocalInput input = new LocalInput(around.in());
        try (DeviceSession session =
                DeviceSession.open(server, around, device, Operations.of(Operations.TERMINAL), reason.text())) {
            session.unverified(terminal.isPresent()).ifPresent(around::warn);
            int code = new RemoteShell(session, around, terminal, input).run();
            session.comment(closing.take(around, input));
            return code;
        }
    }
}
