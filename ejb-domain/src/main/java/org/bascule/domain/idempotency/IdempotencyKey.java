package org.bascule.domain.idempotency;

import java.util.regex.Pattern;
import org.bascule.domain.refusal.RefusedException;

/** What a client calls one intended creation: 16 to 64 of {@code A-Z a-z 0-9 _ -}. */
public record IdempotencyKey(String text) {

    public static final String HEADER = "Idempotency-Key";

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{16,64}");

    public IdempotencyKey {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("an idempotency key has 16 to 64 letters, digits, '_' and '-'");
        }
    }

    /** Reads the header; {@code INVALID} where it has another form. */
    public static IdempotencyKey parse(String text) throws RefusedException {
        if (!FORM.matcher(text).matches()) {
            throw RefusedException.invalid(HEADER, "Use 16 to 64 letters, digits, '_' and '-'.");
        }
        return new IdempotencyKey(text);
    }
}
