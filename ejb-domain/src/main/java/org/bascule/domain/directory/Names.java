package org.bascule.domain.directory;

import java.util.regex.Pattern;
import org.bascule.domain.refusal.RefusedException;

/** Names of resources: 1 to 200 characters without controls and without marks that reorder text, trimmed. Otherwise any text: hostile to show. */
public final class Names {

    public static final int MAX = 200;

    /** Control characters, and the bidirectional marks, embeddings, overrides and isolates (Unicode UAX 9). */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "[\\p{Cc}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029\\uFFF9-\\uFFFB]");

    private Names() {}

    /** Refuses a name that a person typed, and says why. */
    public static String checked(String field, String name) throws RefusedException {
        String trimmed = name.strip();
        if (trimmed.isEmpty() || trimmed.length() > MAX) {
            throw RefusedException.invalid(field, "A name has 1 to %d characters.", MAX);
        }
        if (FORBIDDEN.matcher(trimmed).find() || !isWellFormed(trimmed)) {
            throw RefusedException.invalid(field, "A name has no control characters or marks of text direction.");
        }
        return trimmed;
    }

    /** Makes an acceptable name of one that a machine suggested. */
    public static String cleaned(String name, String otherwise) {
        return cleaned(name, otherwise, MAX);
    }

    /** @param max how many characters are kept */
    public static String cleaned(String name, String otherwise, int max) {
        StringBuilder kept = new StringBuilder();
        FORBIDDEN
                .matcher(name)
                .replaceAll("")
                .codePoints()
                .filter(Names::isCharacter)
                .forEach(kept::appendCodePoint);
        String cleaned = kept.toString().strip();
        if (cleaned.isEmpty()) {
            return otherwise;
        }
        int end = Math.min(max, cleaned.length());
        return cleaned.substring(0, Character.isHighSurrogate(cleaned.charAt(end - 1)) ? end - 1 : end);
    }

    private static boolean isWellFormed(String text) {
        return text.codePoints().allMatch(Names::isCharacter);
    }

    private static boolean isCharacter(int codePoint) {
        return Character.getType(codePoint) != Character.SURROGATE;
    }
}
