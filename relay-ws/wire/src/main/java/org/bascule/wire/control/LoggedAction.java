package org.bascule.wire.control;

import java.util.List;
import java.util.Optional;

/**
 * What the full log of a session (AUD-3) records. A {@link DeviceEvent} with such a code has a JSON object as its detail, whose members are among {@link #fields}: texts,
 * numbers of at most 2^53, and {@code "cut":true} if a text was too long. {@code docs/protocol/session.md}, "Full log".
 */
public enum LoggedAction {
    /** A tool begins: {@code tool} (the operation), {@code mode} (such as {@code view}), {@code account}. */
    TOOL_STARTED("log.tool-started", List.of("tool", "mode", "account")),
    /** It is over, or changes to another mode. */
    TOOL_ENDED("log.tool-ended", List.of("tool", "mode")),
    /** Something is about to be executed. */
    PROCESS_STARTED("log.process-started", List.of("command", "account")),
    /** What was executed is over: {@code exit} is a code, or {@code signal 9}. */
    PROCESS_ENDED("log.process-ended", List.of("command", "pid", "exit")),
    /** A process of the device gets a signal. */
    PROCESS_KILLED("log.process-killed", List.of("pid", "signal", "command")),
    /**
     * A file came or went, or was changed: {@code direction} is {@code to-device}, {@code from-device}, or what was done at the device ({@code delete}, {@code rename},
     * {@code edit}, {@code mkdir}); {@code size} in bytes, {@code sha256} in hex. What leaves the device has one without {@code sha256} before it does, and another at its end: with {@code sha256},
     * or with {@code bytesOut}, which may have arrived when it broke.
     */
    FILE("log.file", List.of("direction", "path", "size", "sha256", "bytesOut")),
    /** A forwarded connection is over; bytes as the device counts them. */
    FORWARD("log.forward", List.of("host", "port", "bytesIn", "bytesOut")),
    /** Something was put on a clipboard: {@code direction} as of a file, {@code length} in characters. Never what. */
    CLIPBOARD("log.clipboard", List.of("direction", "length")),
    /** A message of a chat: {@code direction} as of a file, {@code length} in characters, {@code who} wrote it. Never what. */
    CHAT("log.chat", List.of("direction", "length", "who"));

    /** In characters of JSON, as that of any event. */
    public static final int MAX_DETAIL = DeviceEvent.MAX_DETAIL;

    /** That a text was cut. */
    public static final String CUT = "cut";

    private final String code;
    private final List<String> fields;

    LoggedAction(String code, List<String> fields) {
        this.code = code;
        this.fields = fields;
    }

    /** Of the event. */
    public String code() {
        return code;
    }

    /** Members that the detail may have, in the order in which people read them. */
    public List<String> fields() {
        return fields;
    }

    public static Optional<LoggedAction> ofCode(String code) {
        for (LoggedAction action : values()) {
            if (action.code.equals(code)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
