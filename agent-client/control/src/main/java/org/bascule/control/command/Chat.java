package org.bascule.control.command;

import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Surroundings;
import org.bascule.control.remote.ClosingComment;
import org.bascule.control.remote.DeviceSession;
import org.bascule.control.remote.RemoteChat;
import org.bascule.control.remote.TypedLines;
import org.bascule.control.server.AccessServer;
import org.bascule.control.signin.Account;
import org.bascule.wire.Operations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "chat",
        header = "Chat with the person at a device.",
        description = "Each line that is typed is sent; the end of the input (Ctrl-D) ends the chat.")
final class Chat implements Action {

    @Mixin
    private SessionReason reason = new SessionReason();

    @Option(names = "--json", description = "print JSON, one event a line, with the members of the protocol")
    private boolean json;

    @Parameters(paramLabel = "DEVICE", description = "uid, unique name or path")
    private String device = "";

    @Override
    public int run(Surroundings around) throws CommandException {
        AccessServer server = new Account(around).server();
        boolean person = System.console() != null;
        ClosingComment closing = ClosingComment.of(server, reason.comment(), person);
        TypedLines typed = new TypedLines(around.in());
        try (DeviceSession session =
                DeviceSession.open(server, around, device, Operations.of(Operations.CHAT), reason.text())) {
            session.unverified(person).ifPresent(around::warn);
            session.comment(reason.comment());
            new RemoteChat(session, around, typed, json).run();
            session.comment(closing.take(around, typed::line));
            return ExitCode.OK.code();
        }
    }
}
