package org.bascule.control.remote;

import java.io.IOException;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.control.terminal.LocalTerminal;
import org.bascule.session.service.TerminalSize;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;

/** A shell on a device in the local terminal. */
public final class RemoteShell {

    private final DeviceSession session;
    private final Surroundings around;
    private final LocalTerminal terminal;
    private final LocalInput input;

    public RemoteShell(DeviceSession session, Surroundings around, LocalTerminal terminal, LocalInput input) {
        this.input = input;
        this.session = session;
        this.around = around;
        this.terminal = terminal;
    }

    /** @return the exit code of the shell; 128 + n if signal n killed it */
    public int run() throws CommandException {
        RemoteOutput output = new RemoteOutput(new Watchers(around, terminal.isPresent()));
        SessionStream stream =
                session.openStream(Service.TERMINAL, terminal.size().toJson(), output);
        terminal.raw();
        try {
            terminal.whenResized(size -> resize(stream, size));
            input.pump(stream);
            return output.drain(stream, (buffer, offset, length) -> {
                around.out().write(buffer, offset, length);
                around.out().flush();
            });
        } finally {
            terminal.restore();
        }
    }

    private static void resize(SessionStream stream, TerminalSize size) {
        try {
            stream.sendEvent(size.toResizeEvent());
        } catch (IOException e) {
            // the stream is over, which its handler hears as well
        }
    }
}
