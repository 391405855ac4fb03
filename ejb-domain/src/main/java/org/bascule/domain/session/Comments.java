package org.bascule.domain.session;

import java.util.regex.Pattern;
import org.bascule.domain.refusal.RefusedException;

/** Comments about sessions (AUD-9): 1 to {@value #MAX} characters in any number of lines, without other controls or marks that reorder text. */
public final class Comments {

    public static final int MAX = 1_000;

    private static final Pattern FORBIDDEN =
            Pattern.compile("[\\p{Cc}\\p{Cs}&&[^\\n\\t]]|[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");

    private Comments() {}

    static String checked(String text) throws RefusedException {
        String comment = text.replace("\r\n", "\n").strip();
        if (comment.isEmpty() || comment.length() > MAX) {
            throw RefusedException.invalid("comment", "A comment has 1 to %,d characters.", MAX);
        }
        if (FORBIDDEN.matcher(comment).find()) {
            throw RefusedException.invalid(
                    "comment", "A comment has no control characters or marks of text direction.");
        }
        return comment;
    }
}
