package org.bascule.session.service;

import jakarta.json.JsonObject;
import java.util.Optional;
import org.bascule.wire.Json;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/** Why the device made no connection that a stream of {@code tcp} asked for: the event {@code error}. The message is a sentence for people. */
public final class TcpProblem extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind it is. */
    public enum Code {
        NOT_PERMITTED("not-permitted"),
        NAME_UNKNOWN("name-unknown"),
        REFUSED("refused"),
        UNREACHABLE("unreachable"),
        TIMED_OUT("timed-out"),
        BUSY("busy"),
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

    private static final int MAX_TEXT = 500;

    private final Code code;

    public TcpProblem(Code code, String text) {
        super(text);
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
        String text = text();
        return Json.createObjectBuilder()
                .add(
                        "error",
                        Json.createObjectBuilder()
                                .add("code", code.text())
                                .add("text", text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text))
                .build();
    }

    /** Empty if it is another event. */
    public static Optional<TcpProblem> parseEvent(JsonObject event) throws WireException {
        Optional<StrictJson> error = StrictJson.of(event).optionalChild("error");
        return error.isEmpty()
                ? Optional.empty()
                : Optional.of(new TcpProblem(
                        Code.of(error.get().text("code", 32)), error.get().text("text", MAX_TEXT)));
    }
}
