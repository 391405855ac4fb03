package org.bascule.domain.database;

import org.jspecify.annotations.Nullable;

/** Patterns of LIKE, in which what a person typed stands for itself. */
public final class Like {

    private Like() {}

    /** Matches texts that contain this one. */
    public static String containing(String text) {
        return "%" + literal(text) + "%";
    }

    /** Matches texts that begin with this one. */
    public static String beginning(String text) {
        return literal(text) + "%";
    }

    private static String literal(String text) {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    /** The same for a column of identifiers, which are ASCII: the database refuses to compare them with anything else. Null matches nothing. */
    public static @Nullable String containingId(String text) {
        return isAscii(text) ? containing(text) : null;
    }

    /** Whether a text may be compared with a column of identifiers. */
    public static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }
}
