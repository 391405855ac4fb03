package org.bascule.agent.owner;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Where the key switch is read.
 *
 * @param command programme and arguments, started without a shell; exit code 0 is on, every other off. Empty if {@code input} is given
 * @param input file whose first character is {@code 1} for on and {@code 0} for off, as {@code /sys/class/gpio/gpioN/value} has it
 * @param invert 0 and 1 change their meaning; a failure is off in any case
 */
public record KeySwitch(List<String> command, Optional<Path> input, boolean invert) {

    private static final int MAX_ARGUMENTS = 32;
    private static final int MAX_LENGTH = 1_024;

    public KeySwitch {
        command = List.copyOf(command);
    }

    public static KeySwitch of(List<String> command, Optional<Path> input, boolean invert) throws WireException {
        if (command.isEmpty() == input.isEmpty()) {
            throw WireException.malformed("a key switch has either a command or an input");
        }
        if (!command.isEmpty() && !Path.of(command.get(0)).isAbsolute()) {
            throw WireException.malformed("the key switch's command is not an absolute path");
        }
        if (input.isPresent() && !input.get().isAbsolute()) {
            throw WireException.malformed("the key switch's input is not an absolute path");
        }
        return new KeySwitch(command, input, invert);
    }

    /** Empty if none is described. */
    static Optional<KeySwitch> parse(StrictJson json) throws WireException {
        List<String> command = json.has("command") ? json.strings("command", MAX_ARGUMENTS, MAX_LENGTH) : List.of();
        Optional<Path> input = json.optionalString("gpio", MAX_LENGTH).map(Path::of);
        return command.isEmpty() && input.isEmpty()
                ? Optional.empty()
                : Optional.of(of(command, input, json.optionalFlag("invert")));
    }

    void addTo(JsonObjectBuilder json) {
        if (!command.isEmpty()) {
            JsonArrayBuilder array = Json.createArrayBuilder();
            command.forEach(array::add);
            json.add("command", array);
        }
        input.ifPresent(path -> json.add("gpio", path.toString()));
        if (invert) {
            json.add("invert", true);
        }
    }
}
