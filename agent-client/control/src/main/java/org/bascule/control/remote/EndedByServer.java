package org.bascule.control.remote;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bascule.control.Printable;

/** Why the access server ended a session, in sentences: the device passes on a code. */
final class EndedByServer {

    private static final Map<String, String> SENTENCES = Map.ofEntries(
            Map.entry("not-permitted", "the permission for this was taken away, so the server has ended the session"),
            Map.entry(
                    "contract-required",
                    "the service contract that is required is not in force any more, so the server has ended the session"),
            Map.entry(
                    "qualification-required",
                    "a qualification that is required is missing or has expired, so the server has ended the session"),
            Map.entry("expired", "the longest time of a session is over"),
            Map.entry("device-removed", "the device was removed, so the server has ended the session"),
            Map.entry("device-revoked", "the device's certificate was revoked, so the server has ended the session"),
            Map.entry("ended-by-administrator", "an administrator has ended the session"),
            Map.entry("ended-by-user", "the session was ended from elsewhere under your name"),
            Map.entry("ended-by-device", "the session was ended at the device"),
            Map.entry("switched-off", "Remote access was switched off at the device."),
            Map.entry("watched-ended", "the session that was watched has ended"));

    /** As the API puts the code behind a sentence, where the device could not pass it on any more. */
    private static final Pattern IN_BRACKETS = Pattern.compile("\\(([a-z-]{1,40})\\)\\.$");

    private EndedByServer() {}

    /** @param text what the device passed on: a code, or whatever an older or newer server says */
    static String sentence(String text) {
        Matcher told = IN_BRACKETS.matcher(text);
        String code = told.find() ? told.group(1) : text;
        String known = SENTENCES.get(code);
        if (known != null) {
            return known + " (" + code + ")";
        }
        return "the server has ended the session" + (text.isEmpty() ? "" : ": " + Printable.of(text));
    }
}
