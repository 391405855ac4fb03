package org.bascule.web.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.bascule.domain.paging.Cursor;
import org.bascule.domain.refusal.RefusedException;
import org.bascule.web.problem.ProblemCode;
import org.bascule.web.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Reads query parameters and headers strictly: a value that is not understood is refused, never replaced by a default. */
final class Parameters {

    private static final int MAX_TEXT = 200;

    private Parameters() {}

    /** The position in a list with this many sort keys. */
    static Cursor cursor(@Nullable String cursor, int keys, @Nullable String limit) throws RefusedException {
        return Cursor.checked(cursor, keys, number("limit", limit, Cursor.DEFAULT_LIMIT));
    }

    private static int number(String name, @Nullable String text, int otherwise) {
        if (text == null || text.isEmpty()) {
            return otherwise;
        }
        if (text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw ProblemException.invalid(name, "Not a whole number.");
        }
        return Integer.parseInt(text);
    }

    /** The size of a tree: a whole number that must be given. */
    static long size(String name, @Nullable String text) {
        if (text == null
                || text.isEmpty()
                || text.length() > 15
                || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw ProblemException.invalid(name, "Not a whole number.");
        }
        return Long.parseLong(text);
    }

    static @Nullable String text(String name, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.length() > MAX_TEXT) {
            throw ProblemException.invalid(name, "Longer than %,d characters.", MAX_TEXT);
        }
        return text;
    }

    static boolean flag(String name, @Nullable String text) {
        if (text == null || text.isEmpty() || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw ProblemException.invalid(name, "Neither true nor false.");
    }

    static @Nullable Instant time(String name, @Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw ProblemException.invalid(name, "Not a time in UTC such as 2026-01-31T12:00:00Z.");
        }
    }

    /** One of a catalogue's codes. */
    static <T> @Nullable T code(String name, @Nullable String text, Function<String, Optional<T>> catalogue) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        return catalogue.apply(text).orElseThrow(() -> ProblemException.invalid(name, "Not one of the known values."));
    }

    /** The revision that {@code If-Match} names; null without one. */
    static @Nullable Long optionalRevision(@Nullable String ifMatch) {
        return ifMatch == null ? null : Long.valueOf(revision(ifMatch));
    }

    /** The revision that {@code If-Match} names. */
    static long revision(@Nullable String ifMatch) {
        if (ifMatch == null) {
            throw ProblemException.of(ProblemCode.PRECONDITION_REQUIRED);
        }
        String tag = ifMatch.strip();
        boolean quoted = tag.length() >= 3 && tag.length() <= 20 && tag.startsWith("\"") && tag.endsWith("\"");
        String digits = quoted ? tag.substring(1, tag.length() - 1) : "";
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw ProblemException.of(ProblemCode.PRECONDITION_FAILED);
        }
        return Long.parseLong(digits);
    }
}
