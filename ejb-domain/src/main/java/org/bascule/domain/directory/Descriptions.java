package org.bascule.domain.directory;

import java.util.regex.Pattern;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/** Descriptions of resources: at most 500 characters in any number of lines, trimmed; hostile to show like names. */
public final class Descriptions {

    public static final int MAX = 500;

    /** As in {@link Names}, without line feeds and tabs. */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "[\\p{Cc}\\p{Cs}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069\\u2028\\u2029\\uFFF9-\\uFFFB&&[^\\n\\t]]");

    private Descriptions() {}

    /** Refuses what a person typed, and says why; null for an empty one. */
    public static @Nullable String checked(@Nullable String description) throws RefusedException {
        if (description == null) {
            return null;
        }
        String trimmed = description.replace("\r\n", "\n").strip();
        if (trimmed.length() > MAX) {
            throw RefusedException.invalid("description", "A description has at most %d characters.", MAX);
        }
        if (FORBIDDEN.matcher(trimmed).find()) {
            throw RefusedException.invalid(
                    "description", "A description has no control characters or marks of text direction.");
        }
        return trimmed.isEmpty() ? null : trimmed;
    }
}
