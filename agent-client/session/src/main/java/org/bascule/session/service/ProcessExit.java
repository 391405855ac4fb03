package org.bascule.session.service;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * How a program on the device ended: the event {@code exit} of {@code terminal} and {@code process}, before the device's {@code CLOSE}.
 *
 * @param signalled true if {@code value} is the signal that killed it, false if it is the exit code
 * @param value 0 to 2^31 - 1
 */
public record ProcessExit(boolean signalled, int value) {

    /** What a POSIX shell adds to a signal to make an exit code of it. */
    private static final int SIGNAL_OFFSET = 128;

    public static ProcessExit code(int code) {
        return new ProcessExit(false, code);
    }

    public static ProcessExit signal(int signal) {
        return new ProcessExit(true, signal);
    }

    /** The exit code that a shell would show. */
    public int shellCode() {
        return signalled ? SIGNAL_OFFSET + value : value;
    }

    /** For logs: the code, or {@code signal 9}. */
    public String text() {
        return signalled ? "signal " + value : Integer.toString(value);
    }

    /** {@code {"exit":{"code":0}}} or {@code {"exit":{"signal":9}}}. */
    public JsonObject toEvent() {
        JsonObjectBuilder exit = Json.createObjectBuilder().add(signalled ? "signal" : "code", value);
        return Json.createObjectBuilder().add("exit", exit).build();
    }

    /** Empty if it is another event. */
    public static Optional<ProcessExit> parseEvent(JsonObject event) throws WireException {
        Optional<StrictJson> exit = StrictJson.of(event).optionalChild("exit");
        if (exit.isEmpty()) {
            return Optional.empty();
        }
        boolean signalled = exit.get().has("signal");
        return Optional.of(new ProcessExit(
                signalled, (int) exit.get().number(signalled ? "signal" : "code", 0, Integer.MAX_VALUE)));
    }

    /** {@code {"opened":{"account":"…"}}}: the first event of a stream. */
    public static JsonObject openedEvent(String account) {
        return Json.createObjectBuilder()
                .add("opened", Json.createObjectBuilder().add("account", account))
                .build();
    }

    /** The account of {@code opened}; empty if it is another event. */
    public static Optional<String> parseOpenedEvent(JsonObject event) throws WireException {
        Optional<StrictJson> opened = StrictJson.of(event).optionalChild("opened");
        return opened.isPresent() ? Optional.of(opened.get().text("account", 256)) : Optional.empty();
    }
}
