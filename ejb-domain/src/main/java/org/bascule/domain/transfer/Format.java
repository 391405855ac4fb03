package org.bascule.domain.transfer;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the lines are written. */
public enum Format {
    /** One object: {@code {"format":"bascule-directory","version":1,"domain":…,"lines":[…]}}, each line an object on a line of its own. */
    JSON("application/json"),
    /** RFC 4180, UTF-8, with a head; cells that a spreadsheet would take for formulas are written with an apostrophe before them. */
    CSV("text/csv");

    private final String mediaType;

    Format(String mediaType) {
        this.mediaType = mediaType;
    }

    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String mediaType() {
        return mediaType;
    }

    public static Optional<Format> ofCode(String code) {
        return Arrays.stream(values())
                .filter(format -> format.code().equals(code))
                .findFirst();
    }
}
