package org.bascule.domain.options;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.refusal.RefusedException;

/**
 * Whether and how devices may ask for assistance (DOM-6).
 *
 * @param contactFields what the person at the device must tell
 * @param expiresHours after how many hours a request that nobody took expires, 1 to {@value #MAX_HOURS}
 */
public record Assistance(boolean enabled, Set<ContactField> contactFields, int expiresHours) {

    public static final int MAX_HOURS = 720;

    static final Assistance DEFAULT = new Assistance(true, Set.of(), 24);

    /** How the person at the device can be reached. */
    public enum ContactField {
        NAME,
        PHONE,
        EMAIL;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Optional<ContactField> ofCode(String code) {
            return Arrays.stream(values())
                    .filter(field -> field.code().equals(code))
                    .findFirst();
        }
    }

    public Assistance {
        EnumSet<ContactField> ordered = EnumSet.noneOf(ContactField.class);
        ordered.addAll(contactFields);
        contactFields = java.util.Collections.unmodifiableSet(ordered);
    }

    void check() throws RefusedException {
        if (expiresHours < 1 || expiresHours > MAX_HOURS) {
            throw RefusedException.invalid(
                    "assistance", "A request for assistance expires after 1 to %d hours.", MAX_HOURS);
        }
    }
}
