package org.bascule.control.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bascule.control.CommandException;
import org.bascule.control.ExitCode;
import org.bascule.control.Printable;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;

/**
 * An answer that is not the one hoped for ({@code docs/protocol/api.md}).
 *
 * @param code {@code device-offline}, …; {@code unknown} if the server did not say
 * @param detail a sentence for people, and what is wrong with which field, made inert
 */
record Problem(int status, String code, String detail, Optional<String> reference) {

    private static final String PREFIX = "urn:bascule:problem:";
    private static final int MAX = 64 * 1_024;
    private static final int MAX_FIELDS = 100;

    static Problem parse(int status, String body) {
        try {
            StrictJson json = StrictJson.parse(body, MAX);
            String type = json.optionalString("type", 200).orElse("");
            String title = json.optionalString("title", 500).orElse("status " + status);
            return new Problem(
                    status,
                    type.startsWith(PREFIX) ? type.substring(PREFIX.length()) : "unknown",
                    Printable.of(
                            sentence(json, json.optionalString("detail", 2_000).orElse(title))),
                    json.optionalString("reference", 100).map(Printable::of));
        } catch (WireException e) {
            return new Problem(status, "unknown", "the access server answered with status " + status, Optional.empty());
        }
    }

    /** The problem's own, and what is wrong with which field; of one wrong field both are the same. */
    private static String sentence(StrictJson json, String detail) throws WireException {
        if (!json.has("errors")) {
            return detail;
        }
        List<String> sentences = new ArrayList<>();
        boolean said = false;
        for (StrictJson error : json.children("errors", MAX_FIELDS)) {
            String wrong = error.string("detail", 2_000);
            said |= wrong.equals(detail);
            sentences.add(error.string("field", 200) + ": " + wrong);
        }
        if (!said) {
            sentences.add(0, detail);
        }
        return String.join(" ", sentences);
    }

    /** Whether the server decided about the request: it neither failed, nor wants to be asked later or by somebody else. */
    boolean isRefusal() {
        return status >= 400 && status < 500 && status != 401 && status != 429;
    }

    CommandException toException() {
        String hint = status >= 500 && reference.isPresent() ? " (reference " + reference.get() + ")" : "";
        String meanwhile =
                status == 412 ? "nothing was done, because somebody changed it meanwhile: look at it again (" : "";
        return CommandException.ofServer(
                exitCode(), meanwhile + detail + (meanwhile.isEmpty() ? "" : ")") + hint, code);
    }

    private ExitCode exitCode() {
        return switch (code) {
            case "device-offline", "device-quarantined", "device-switched-off" -> ExitCode.OFFLINE;
            case "handshake-failed" -> ExitCode.SECURITY;
            default -> byStatus();
        };
    }

    private ExitCode byStatus() {
        return switch (status) {
            case 401 -> ExitCode.NOT_SIGNED_IN;
            case 403, 404 -> ExitCode.REFUSED;
            case 409, 428 -> ExitCode.CONFLICT;
            case 412 -> ExitCode.STALE;
            case 429, 502, 503, 504 -> ExitCode.CONNECTION;
            default -> ExitCode.FAILED;
        };
    }
}
