package org.bascule.control;

import java.util.Locale;

/**
 * Makes text from outside inert for a terminal: control characters (C0, C1, escape sequences), line and paragraph separators, direction
 * marks and other invisible format characters, unassigned and unpaired ones are written as escapes.
 */
public final class Printable {

    private Printable() {}

    /** For people, in one line: {@code \n} becomes the six characters {@code \u000a}. */
    public static String of(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isInert(point)) {
                out.appendCodePoint(point);
            } else {
                escape(out, point);
            }
        });
        return out.toString();
    }

    /** JSON text in which no character but ASCII and harmless ones is written literally; it means the same. */
    public static String json(String json) {
        return of(json);
    }

    private static boolean isInert(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** As JSON does it: a pair of escapes beyond the basic plane. */
    private static void escape(StringBuilder out, int point) {
        for (char unit : Character.toChars(point)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
    }
}
