package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.session.service.ProcessExit;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamInput;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** What comes from a program on the device: its bytes for a thread of their own, and how it ended. */
final class RemoteOutput implements StreamHandler {

    /** Takes bytes as they come; the buffer is used again after the call. */
    @FunctionalInterface
    interface Sink {
        void bytes(byte[] buffer, int offset, int length) throws IOException, WireException;
    }

    private static final int BUFFER = 64 * 1_024;

    private final Watchers watchers;

    RemoteOutput(Watchers watchers) {
        this.watchers = watchers;
    }

    // guarded by this
    private @Nullable StreamInput input;
    private Optional<ProcessExit> exit = Optional.empty();

    private synchronized StreamInput input(SessionStream stream) {
        StreamInput present = input;
        if (present == null) {
            present = new StreamInput(stream);
            input = present;
        }
        return present;
    }

    @Override
    public void data(SessionStream stream, byte[] buffer, int offset, int length) {
        input(stream).add(buffer, offset, length);
    }

    @Override
    public void event(SessionStream stream, JsonObject event) {
        try {
            Optional<ProcessExit> ended = ProcessExit.parseEvent(event);
            synchronized (this) {
                exit = ended.or(() -> exit);
            }
            watchers.event(event);
        } catch (WireException e) {
            stream.reset(EndReason.PROTOCOL_VIOLATION, "event not understood");
        }
    }

    @Override
    public void finished(SessionStream stream) {
        input(stream).end();
    }

    @Override
    public void ended(SessionStream stream, EndReason reason, String text) {
        input(stream).fail(reason, text);
    }

    private synchronized Optional<ProcessExit> exit() {
        return exit;
    }

    /**
     * Passes on everything until the program has ended.
     *
     * @return its exit code, as a shell shows it
     */
    int drain(SessionStream stream, Sink sink) throws CommandException {
        StreamInput from = input(stream);
        byte[] buffer = new byte[BUFFER];
        try {
            for (int length = read(from, buffer); length >= 0; length = read(from, buffer)) {
                sink.bytes(buffer, 0, length);
            }
        } catch (WireException e) {
            stream.reset(EndReason.PROTOCOL_VIOLATION, "output not understood");
            throw DeviceSession.ended(EndReason.PROTOCOL_VIOLATION, "output not understood");
        } catch (IOException e) {
            throw new CommandException(ExitCode.FAILED, "the output cannot be written", e);
        }
        return exit().map(ProcessExit::shellCode)
                .orElseThrow(() ->
                        new CommandException(ExitCode.CONNECTION, "the device did not say how the program ended"));
    }

    private static int read(StreamInput from, byte[] buffer) throws CommandException, IOException {
        try {
            return from.read(buffer, 0, buffer.length);
        } catch (StreamEndedException e) {
            throw DeviceSession.ended(e.reason(), e.text());
        }
    }
}
