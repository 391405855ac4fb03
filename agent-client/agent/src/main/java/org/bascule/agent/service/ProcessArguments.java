package org.bascule.agent.service;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Arguments of the {@code process} service: either of the two.
 *
 * @param command 1 to 256 arguments of together at most 32 KiB, or empty
 * @param shell a line for the account's shell
 */
public record ProcessArguments(List<String> command, Optional<String> shell) {

    private static final int MAX_BYTES = 32 * 1_024;
    private static final int MAX_ARGUMENTS = 256;

    public ProcessArguments {
        command = List.copyOf(command);
    }

    public static ProcessArguments parse(StrictJson json) throws WireException {
        if (json.has("command") == json.has("shell")) {
            throw WireException.malformed("either 'command' or 'shell' is needed");
        }
        ProcessArguments arguments = json.has("shell")
                ? new ProcessArguments(List.of(), Optional.of(json.string("shell", MAX_BYTES)))
                : new ProcessArguments(arguments(json), Optional.empty());
        arguments.check();
        return arguments;
    }

    /** Unlike {@link StrictJson#strings}, an argument may be empty, except the first. */
    private static List<String> arguments(StrictJson json) throws WireException {
        if (!(json.object().get("command") instanceof jakarta.json.JsonArray array)
                || array.isEmpty()
                || array.size() > MAX_ARGUMENTS) {
            throw WireException.malformed("'command' is not an array of 1 to " + MAX_ARGUMENTS);
        }
        java.util.ArrayList<String> values = new java.util.ArrayList<>();
        for (jakarta.json.JsonValue value : array) {
            if (!(value instanceof jakarta.json.JsonString string)) {
                throw WireException.malformed("'command' holds something else than strings");
            }
            values.add(string.getString());
        }
        if (values.get(0).isEmpty()) {
            throw WireException.malformed("the command is empty");
        }
        return values;
    }

    private void check() throws WireException {
        long bytes = 0;
        for (String argument : shell.map(List::of).orElse(command)) {
            if (argument.indexOf('\0') >= 0) {
                throw WireException.malformed("an argument holds a NUL");
            }
            bytes += argument.getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MAX_BYTES) {
            throw new WireException(WireException.Reason.TOO_LARGE, "the command exceeds " + MAX_BYTES + " bytes");
        }
    }
}
