package org.bascule.session.service;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * Arguments of {@code process}: a program with its arguments, or a line for the account's shell.
 *
 * @param arguments 1 to 256 of together at most 32 KiB; the first is the program and not empty. Empty for a shell line
 */
public record CommandLine(List<String> arguments, Optional<String> shell) {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
    private static final int MAX_ARGUMENTS = 256;
    private static final int MAX_BYTES = 32 << 10;

    public CommandLine {
        arguments = List.copyOf(arguments);
        if (shell.isPresent() == !arguments.isEmpty()) {
            throw new IllegalArgumentException("either a command or a shell line");
        }
        if (arguments.size() > MAX_ARGUMENTS) {
            throw new IllegalArgumentException("a command has at most 256 arguments");
        }
        if (!arguments.isEmpty() && arguments.get(0).isEmpty()) {
            throw new IllegalArgumentException("the program is empty");
        }
        int bytes = arguments.stream().mapToInt(CommandLine::length).sum()
                + shell.map(CommandLine::length).orElse(0);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("a command has at most 32 KiB");
        }
        if (shell.orElse("").indexOf('\0') >= 0 || arguments.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
            throw new IllegalArgumentException("a command has no NUL");
        }
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    public static CommandLine of(List<String> arguments) {
        return new CommandLine(arguments, Optional.empty());
    }

    public static CommandLine shell(String line) {
        return new CommandLine(List.of(), Optional.of(line));
    }

    /** For logs: the shell line, or the arguments with quotes where they are needed to tell one from the next. */
    public String text() {
        return shell.orElseGet(() -> arguments.stream().map(CommandLine::quoted).collect(Collectors.joining(" ")));
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    /** {@code {"command":["ls","-l"]}} or {@code {"shell":"ls -l | wc"}}. */
    public JsonObject toJson() {
        if (shell.isPresent()) {
            return Json.createObjectBuilder().add("shell", shell.get()).build();
        }
        JsonArrayBuilder command = Json.createArrayBuilder();
        arguments.forEach(command::add);
        return Json.createObjectBuilder().add("command", command).build();
    }

    public static CommandLine parse(JsonObject json) throws WireException {
        try {
            if (json.containsKey("shell")) {
                if (json.containsKey("command")) {
                    throw WireException.malformed("a command and a shell line");
                }
                return shell(StrictJson.of(json).string("shell", MAX_BYTES));
            }
            return of(command(json));
        } catch (IllegalArgumentException e) {
            throw WireException.malformed(String.valueOf(e.getMessage()));
        }
    }

    private static List<String> command(JsonObject json) throws WireException {
        if (!(json.get("command") instanceof JsonArray array)) {
            throw WireException.malformed("neither a command nor a shell line");
        }
        List<String> arguments = new ArrayList<>();
        for (JsonValue value : array) {
            if (!(value instanceof JsonString text)) {
                throw WireException.malformed("'command' holds something else than strings");
            }
            arguments.add(text.getString());
        }
        return arguments;
    }
}
