package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.bascule.control.CommandException;
import org.bascule.control.Surroundings;
import org.bascule.session.service.CommandLine;
import org.bascule.session.service.ProcessFrames;
import org.bascule.session.service.SystemRequest;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;

/** Runs a command on a device with the local standard streams. */
public final class RemoteCommand {

    private final DeviceSession session;
    private final Surroundings around;
    private final LocalInput input;

    public RemoteCommand(DeviceSession session, Surroundings around, LocalInput input) {
        this.input = input;
        this.session = session;
        this.around = around;
    }

    /** @return the exit code of the command; 128 + n if signal n killed it */
    public int run(CommandLine command) throws CommandException {
        return run(Service.PROCESS, command.toJson());
    }

    /** The same with a working folder or another account. */
    public int run(SystemRequest.Start start) throws CommandException {
        return run(Service.SYSTEM, start.toJson());
    }

    private int run(Service service, JsonObject arguments) throws CommandException {
        RemoteOutput output = new RemoteOutput(new Watchers(around, false));
        SessionStream stream = session.openStream(service, arguments, output);
        input.pump(stream);
        ProcessFrames.Reader frames = new ProcessFrames.Reader();
        return output.drain(stream, (buffer, offset, length) -> {
            try {
                frames.read(buffer, offset, length, this::write);
            } catch (UncheckedIOException e) {
                throw new IOException(e);
            }
        });
    }

    private void write(int channel, byte[] buffer, int offset, int length) {
        OutputStream to = channel == ProcessFrames.ERROR ? around.err() : around.out();
        try {
            to.write(buffer, offset, length);
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
