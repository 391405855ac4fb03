package org.bascule.session.service;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Arrays;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Arguments of {@code system} ({@code docs/protocol/system.md}): what one stream is for. */
public sealed interface SystemRequest {

    /** The operation that it needs. */
    String operation();

    JsonObject toJson();

    /** @param interval seconds between two samples, 1 to 60 */
    record Processes(int interval) implements SystemRequest {
        @Override
        public String operation() {
            return Operations.PROCESS_VIEW;
        }

        @Override
        public JsonObject toJson() {
            return begin("processes").add("interval", interval).build();
        }
    }

    /** What the device is, once. */
    record Info() implements SystemRequest {
        @Override
        public String operation() {
            return Operations.PROCESS_VIEW;
        }

        @Override
        public JsonObject toJson() {
            return begin("info").build();
        }
    }

    /** Signals that may be sent, with their numbers on Linux. */
    enum Signal {
        HUP(1),
        INT(2),
        KILL(9),
        TERM(15),
        CONT(18),
        STOP(19);

        private final int number;

        Signal(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }

        /** By its name without {@code SIG}. */
        public static Optional<Signal> of(String name) {
            return Arrays.stream(values())
                    .filter(signal -> signal.name().equals(name))
                    .findFirst();
        }
    }

    /**
     * A signal for one process.
     *
     * @param start when it was started, in the device's clock ticks since its boot, as the table says: another process of the same number has another
     */
    record Kill(long pid, long start, Signal signal) implements SystemRequest {
        @Override
        public String operation() {
            return Operations.PROCESS_MANAGE;
        }

        @Override
        public JsonObject toJson() {
            return begin("signal")
                    .add("pid", pid)
                    .add("start", start)
                    .add("signal", signal.name())
                    .build();
        }
    }

    /**
     * A program; its output comes as that of {@code process}.
     *
     * @param account another one than the session's
     * @param folder absolute path of the working folder, otherwise the account's home
     */
    record Start(CommandLine line, Optional<String> account, Optional<String> folder) implements SystemRequest {
        @Override
        public String operation() {
            return Operations.PROCESS_MANAGE;
        }

        @Override
        public JsonObject toJson() {
            JsonObjectBuilder json = Json.createObjectBuilder(line.toJson()).add("op", "start");
            account.ifPresent(name -> json.add("account", name));
            folder.ifPresent(path -> json.add("folder", path));
            return json.build();
        }
    }

    /** @param reason what the others who are connected are told; may be empty */
    record Restart(String reason) implements SystemRequest {
        @Override
        public String operation() {
            return Operations.POWER;
        }

        @Override
        public JsonObject toJson() {
            return begin("restart").add("reason", reason).build();
        }
    }

    int DEFAULT_INTERVAL = 2;
    int MAX_REASON = 200;
    /** Linux has no larger process number. */
    long MAX_PID = 1L << 22;

    long MAX_START = 1L << 53;

    private static JsonObjectBuilder begin(String op) {
        return Json.createObjectBuilder().add("op", op);
    }

    /** @throws WireException what is no request, or one with something out of its bounds */
    static SystemRequest parse(JsonObject arguments) throws WireException {
        StrictJson json = StrictJson.of(arguments);
        return switch (json.string("op", 16)) {
            case "processes" ->
                new Processes(json.optionalNumber("interval", 1, 60)
                        .orElse((long) DEFAULT_INTERVAL)
                        .intValue());
            case "info" -> new Info();
            case "signal" ->
                new Kill(
                        json.number("pid", 1, MAX_PID),
                        json.number("start", 0, MAX_START),
                        Signal.of(json.string("signal", 8))
                                .orElseThrow(() -> WireException.malformed("there is no such signal")));
            case "start" -> new Start(CommandLine.parse(arguments), json.optionalString("account", 64), folder(json));
            case "restart" -> new Restart(json.has("reason") ? json.text("reason", MAX_REASON) : "");
            default -> throw WireException.malformed("there is no such request");
        };
    }

    private static Optional<String> folder(StrictJson json) throws WireException {
        Optional<String> folder = json.optionalString("folder", FilePath.MAX_LENGTH);
        if (folder.isPresent() && (!folder.get().startsWith("/") || folder.get().indexOf('\0') >= 0)) {
            throw WireException.malformed("'folder' is not an absolute path");
        }
        return folder;
    }
}
