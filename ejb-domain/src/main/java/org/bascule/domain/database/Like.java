package org.bascule.domain.database;

/** Patterns of LIKE, in which what a person typed stands for itself. */
public final class Like {

    private Like() {}

    /** Matches texts that contain this one. */
    public static String containing(String text) {
        return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%";
    }
}
