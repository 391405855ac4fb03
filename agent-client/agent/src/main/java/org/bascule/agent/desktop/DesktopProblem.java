package org.bascule.agent.desktop;

import jakarta.json.JsonObject;
import org.bascule.wire.Json;

/** Why the display is not shown. The message is an English sentence that says what can be done. */
public final class DesktopProblem extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind it is; clients have sentences of their own for each. */
    public enum Code {
        NO_DISPLAY("no-display"),
        WAYLAND("wayland"),
        DENIED("denied"),
        UNSUPPORTED("unsupported"),
        NOT_PERMITTED("not-permitted"),
        /** The device's own mouse and keyboard, which were locked. */
        UNLOCKED("unlocked"),
        /** Of a VNC server, as the following. */
        UNREACHABLE("unreachable"),
        PASSWORD_WRONG("password-wrong"),
        SIGN_IN_UNSUPPORTED("sign-in-unsupported"),
        NOT_LET_IN("not-let-in"),
        BAD_SERVER("bad-server"),
        BAD_CLIENT("bad-client"),
        FAILED("failed");

        private final String text;

        Code(String text) {
            this.text = text;
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

    private final Code code;

    public DesktopProblem(Code code, String text) {
        super(text);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    public JsonObject toEvent() {
        return Json.createObjectBuilder()
                .add(
                        "error",
                        Json.createObjectBuilder().add("code", code.text).add("text", String.valueOf(getMessage())))
                .build();
    }
}
