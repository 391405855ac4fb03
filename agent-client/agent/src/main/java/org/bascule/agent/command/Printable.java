package org.bascule.agent.command;

import jakarta.json.JsonObject;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text from outside for a person's terminal, which obeys nothing of it. */
final class Printable {

    private static final Pattern HIDDEN = Pattern.compile("[\\p{C}\\u2028\\u2029]");

    private Printable() {}

    /** Control, format and private-use characters are shown as question marks. */
    static String of(String text) {
        return text.replaceAll("\\p{C}", "?");
    }

    /** The same JSON, in which such characters and separators of lines are written as escapes: JSON itself escapes C0 alone. */
    static String json(JsonObject object) {
        return HIDDEN.matcher(object.toString()).replaceAll(match -> escaped(match.group()));
    }

    /** A pair of escapes beyond the basic plane. */
    private static String escaped(String character) {
        return character
                .chars()
                .mapToObj(unit -> String.format(Locale.ROOT, "\\\\u%04x", unit))
                .collect(Collectors.joining());
    }
}
