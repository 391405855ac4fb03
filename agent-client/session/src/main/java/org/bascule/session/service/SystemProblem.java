package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Why the device did not do what a stream of {@code system} asked for: the event {@code error}. The message is a sentence for people. */
public final class SystemProblem extends Exception {

    /** What kind it is; clients have sentences of their own for each. */
    public enum Code {
        /** The process is no more; its number may be another's by now. */
        GONE("gone"),
        /** The account may not. */
        DENIED("denied"),
        /** The session may not. */
        NOT_PERMITTED("not-permitted"),
        /** It is the agent itself. */
        AGENT("agent"),
        UNSUPPORTED("unsupported"),
        FAILED("failed");

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

    private static final long serialVersionUID = 1L;
    private static final int MAX_TEXT = 500;

    private final Code code;

    public SystemProblem(Code code, String text) {
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
    public static Optional<SystemProblem> parseEvent(JsonObject event) throws WireException {
        Optional<StrictJson> error = StrictJson.of(event).optionalChild("error");
        return error.isEmpty()
                ? Optional.empty()
                : Optional.of(new SystemProblem(
                        Code.of(error.get().text("code", 32)), error.get().text("text", MAX_TEXT)));
    }
}
