package org.bascule.control.remote;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.session.service.DeviceProblem;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.SessionStream;
import org.bascule.session.stream.StreamEndedException;
import org.bascule.session.stream.StreamHandler;
import org.bascule.session.stream.StreamInput;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.jspecify.annotations.Nullable;

/** What the device says on one stream that is for one request: bytes and events, for a thread that waits for them. */
final class Reply implements StreamHandler {

    private static final int MAX_EVENTS = 1_024;

    /** An event, or the end. */
    private record Said(Optional<JsonObject> event, EndReason reason, String text) {}

    private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();
    // guarded by this
    private @Nullable StreamInput input;
    private final int ahead;

    /** @param ahead what the device may send beyond a stream's usual credit, bytes */
    Reply(int ahead) {
        this.ahead = ahead;
    }

    synchronized StreamInput input(SessionStream stream) {
        StreamInput present = input;
        if (present == null) {
            present = new StreamInput(stream);
            if (ahead > 0) {
                present.extend(ahead);
            }
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
        if (said.size() < MAX_EVENTS) {
            said.add(new Said(Optional.of(event), EndReason.DONE, ""));
        } else {
            stream.reset(EndReason.LIMIT, "too many events");
        }
    }

    @Override
    public void finished(SessionStream stream) {
        input(stream).end();
    }

    @Override
    public void ended(SessionStream stream, EndReason reason, String text) {
        input(stream).fail(reason, text);
        said.add(new Said(Optional.empty(), reason, text));
    }

    /** The next event that has this member, without those before it. */
    StrictJson await(String member) throws CommandException, DeviceProblem {
        while (true) {
            StrictJson event = next();
            if (event.has(member)) {
                try {
                    return event.child(member);
                } catch (WireException e) {
                    throw misunderstood(e);
                }
            }
        }
    }

    /** Any event; at the end of the stream a failure. */
    StrictJson next() throws CommandException, DeviceProblem {
        try {
            Said next = said.take();
            if (next.event().isEmpty()) {
                said.add(next);
                throw DeviceSession.ended(next.reason(), next.text());
            }
            Optional<DeviceProblem> problem =
                    DeviceProblem.parseEvent(next.event().get());
            if (problem.isPresent()) {
                throw problem.get();
            }
            return StrictJson.of(next.event().get());
        } catch (WireException e) {
            throw misunderstood(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException(ExitCode.FAILED, "interrupted", e);
        }
    }

    /** Why no more can be read or written: what the device said about it before. */
    CommandException failure(IOException e) throws CommandException, DeviceProblem {
        if (e instanceof StreamEndedException) {
            await("");
        }
        return new CommandException(ExitCode.CONNECTION, "the connection was lost", e);
    }

    /** An event of one member. */
    static JsonObject say(String member, String value) {
        return Json.createObjectBuilder().add(member, value).build();
    }

    static JsonObject say(String member, long value) {
        return Json.createObjectBuilder().add(member, value).build();
    }

    static CommandException misunderstood(Exception e) {
        return new CommandException(ExitCode.SECURITY, "the device's answer was not understood", e);
    }
}
