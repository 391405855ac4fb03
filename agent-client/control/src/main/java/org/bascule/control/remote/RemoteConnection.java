package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.control.Surroundings;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.service.TcpRequest;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.Service;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamInput;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** One connection through a device, on the local standard streams. */
public final class RemoteConnection {

    private static final int BUFFER = 64 * 1_024;
    /** Beyond the usual credit, for bulk over a long way. */
    private static final int AHEAD = 768 << 10;

    private final DeviceSession session;
    private final Surroundings around;
    private final LocalInput input;

    public RemoteConnection(DeviceSession session, Surroundings around, LocalInput input) {
        this.session = session;
        this.around = around;
        this.input = input;
    }

    /** Runs until the far side has said everything. */
    public void run(TcpRequest to) throws CommandException {
        Bytes bytes = new Bytes(new Watchers(around, false));
        SessionStream stream = session.openStream(Service.TCP, to.toJson(), bytes);
        bytes.input(stream).extend(AHEAD);
        stream.widen(AHEAD);
        input.pump(stream);
        byte[] buffer = new byte[BUFFER];
        try {
            for (int length = bytes.read(stream, buffer); length >= 0; length = bytes.read(stream, buffer)) {
                around.out().write(buffer, 0, length);
                around.out().flush();
            }
        } catch (StreamEndedException e) {
            throw bytes.failure(e);
        } catch (IOException e) {
            stream.reset(EndReason.FAILED, "the output is closed");
            throw new CommandException(ExitCode.FAILED, "the output cannot be written", e);
        }
    }

    private static final class Bytes implements StreamHandler {

        private final Watchers watchers;
        // guarded by this
        private @Nullable StreamInput input;
        private Optional<DeviceProblem> problem = Optional.empty();

        Bytes(Watchers watchers) {
            this.watchers = watchers;
        }

        synchronized StreamInput input(SessionStream stream) {
            StreamInput present = input;
            if (present == null) {
                present = new StreamInput(stream);
                input = present;
            }
            return present;
        }

        int read(SessionStream stream, byte[] buffer) throws IOException {
            return input(stream).read(buffer, 0, buffer.length);
        }

        @Override
        public void data(SessionStream stream, byte[] buffer, int offset, int length) {
            input(stream).add(buffer, offset, length);
        }

        @Override
        public void event(SessionStream stream, JsonObject event) {
            try {
                watchers.event(event);
                Optional<DeviceProblem> told = DeviceProblem.parseEvent(event);
                synchronized (this) {
                    problem = told.or(() -> problem);
                }
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

        synchronized CommandException failure(StreamEndedException e) {
            return problem.map(told -> new CommandException(ExitCode.of(told.code()), Printable.of(told.text()), told))
                    .orElseGet(() -> DeviceSession.ended(e.reason(), e.text()));
        }
    }
}
