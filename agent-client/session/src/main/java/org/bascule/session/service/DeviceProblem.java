package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Why the device did not do what a stream of a service asked for: the event {@code error}. The message is a sentence for people. */
public final class DeviceProblem extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind it is; clients have sentences of their own for most. */
    public enum Code {
        /** The session may not. */
        NOT_PERMITTED("not-permitted"),
        /** The account may not. */
        DENIED("denied"),
        UNSUPPORTED("unsupported"),
        /** Whatever has no code of its own, or one that is not known here. */
        FAILED("failed"),

        NOT_FOUND("not-found"),
        OUTSIDE("outside"),
        EXISTS("exists"),
        NOT_A_FOLDER("not-a-folder"),
        NOT_A_FILE("not-a-file"),
        NOT_EMPTY("not-empty"),
        LOOP("loop"),
        CHANGED("changed"),
        NO_SPACE("no-space"),
        READ_ONLY("read-only"),
        TOO_LARGE("too-large"),
        TOO_DEEP("too-deep"),
        NAME("name"),
        CHECKSUM("checksum"),
        INFECTED("infected"),
        SCAN_FAILED("scan-failed"),
        TAKEN_OVER("taken-over"),

        /** The process is no more; its number may be another's by now. */
        GONE("gone"),
        /** The process is the agent itself. */
        AGENT("agent"),

        NAME_UNKNOWN("name-unknown"),
        REFUSED("refused"),
        UNREACHABLE("unreachable"),
        TIMED_OUT("timed-out"),
        BUSY("busy");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }

        static Code of(String text) {
            for (Code code : values()) {
                if (code.text.equals(text)) {
                    return code;
                }
            }
            return FAILED;
        }
    }

    private static final int MAX_TEXT = 500;

    private final Code code;

    public DeviceProblem(Code code, String text) {
        super(text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    public String text() {
        return String.valueOf(getMessage());
    }

    /** {@code {"error":{"code":"…","text":"…"}}}. */
    public JsonObject toEvent() {
        return Json.createObjectBuilder()
                .add(
                        "error",
                        Json.createObjectBuilder().add("code", code.text()).add("text", text()))
                .build();
    }

    /** Empty if it is another event. */
    public static Optional<DeviceProblem> parseEvent(JsonObject event) throws WireException {
        Optional<StrictJson> error = StrictJson.of(event).optionalChild("error");
        return error.isEmpty()
                ? Optional.empty()
                : Optional.of(new DeviceProblem(
                        Code.of(error.get().text("code", 32)), error.get().text("text", MAX_TEXT)));
    }
}
