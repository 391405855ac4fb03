package org.bascule.domain.contract;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.bascule.domain.directory.Names;
import org.bascule.domain.refusal.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * The service contract of a folder, and what is demanded of those who work below it.
 *
 * @param reference how the parties call it; null if there is none, and the record only says what is demanded
 * @param purpose what the access is for, at most {@value #MAX_PURPOSE} characters; empty for none
 * @param from when it begins; null if it always has
 * @param until when it ends, not included; null if it does not
 * @param terms about data privacy, at most {@value #MAX_TERMS} characters; empty for none
 * @param required whether there is no access without a valid contract
 * @param qualifications what everybody must be qualified for; at most {@value #MAX_QUALIFICATIONS}, case does not matter
 */
public record Contract(
        @Nullable String reference,
        String purpose,
        @Nullable Instant from,
        @Nullable Instant until,
        String terms,
        boolean required,
        List<String> qualifications) {

    public static final int MAX_PURPOSE = 1_000;
    public static final int MAX_TERMS = 10_000;
    public static final int MAX_QUALIFICATIONS = 50;

    /** Where nothing is agreed and nothing demanded. */
    public static final Contract NONE = new Contract(null, "", null, null, "", false, List.of());

    public Contract {
        qualifications = List.copyOf(qualifications);
    }

    /** Trims texts, sorts qualifications and leaves out those named twice; refuses what cannot be, by the names of the API. */
    public Contract checked() throws RefusedException {
        if (from != null && until != null && !from.isBefore(until)) {
            throw RefusedException.invalid("until", "The end comes after the beginning.");
        }
        return new Contract(
                reference == null ? null : Names.checked("reference", reference),
                text("purpose", purpose, MAX_PURPOSE),
                from,
                until,
                text("terms", terms, MAX_TERMS),
                required,
                names("qualifications", qualifications));
    }

    private static String text(String field, String text, int max) throws RefusedException {
        String stripped = text.strip();
        if (stripped.length() > max) {
            throw RefusedException.invalid(field, "At most %,d characters.", max);
        }
        if (stripped.codePoints().anyMatch(c -> Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t')) {
            throw RefusedException.invalid(field, "There are control characters in it.");
        }
        return stripped;
    }

    private static List<String> names(String field, List<String> names) throws RefusedException {
        TreeMap<String, String> sorted = new TreeMap<>();
        for (String name : names) {
            String checked = Names.checked(field, name);
            sorted.putIfAbsent(checked.toLowerCase(Locale.ROOT), checked);
        }
        if (sorted.size() > MAX_QUALIFICATIONS) {
            throw RefusedException.invalid(field, "At most %d qualifications.", MAX_QUALIFICATIONS);
        }
        return new ArrayList<>(sorted.values());
    }

    /** Whether something is demanded at all. */
    boolean demands() {
        return required || !qualifications.isEmpty();
    }

    /** Whether anybody is let in at a time: either no contract is demanded, or there is one and it is in force. */
    boolean admits(Instant time) {
        boolean begun = from == null || !from.isAfter(time);
        boolean over = until != null && !until.isAfter(time);
        return !required || reference != null && begun && !over;
    }

    /** Whether this demands less than the other one in any respect: lets somebody in, at any time, whom the other one does not. */
    public boolean isLooserThan(Contract other) {
        return !isValidOnlyWithin(other)
                || !other.qualifications.stream()
                        .allMatch(needed -> qualifications.stream().anyMatch(needed::equalsIgnoreCase));
    }

    /** A contract that is demanded lets nobody in while there is none, before it begins, and after its end. */
    private boolean isValidOnlyWithin(Contract other) {
        if (!other.required || required && reference == null) {
            return true;
        }
        boolean begins = other.from == null || from != null && !from.isBefore(other.from);
        boolean ends = other.until == null || until != null && !until.isAfter(other.until);
        return required && other.reference != null && begins && ends;
    }
}
