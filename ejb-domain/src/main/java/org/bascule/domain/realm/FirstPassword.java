package org.bascule.domain.realm;

import java.security.SecureRandom;

/**
 * Passwords that somebody tells a person, who must change them at the first sign-in: groups of four like {@code kTm7-pWx3-zRd9-hNc4}, at least 66 bits, with all
 * four classes of characters and none that look alike.
 */
public final class FirstPassword {

    // no 0/O, 1/l/I
    private static final String LOWER = "abcdefghijkmnpqrstuvwxyz";
    private static final String UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final String DIGITS = "23456789";
    private static final int GROUPS = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private FirstPassword() {}

    /** A new one that a realm with these rules accepts. */
    public static String make(SignInSettings.Password rules) {
        StringBuilder password = new StringBuilder();
        for (int group = 0; group < GROUPS || password.length() < rules.minLength(); group++) {
            password.append(group == 0 ? "" : "-")
                    .append(pick(LOWER))
                    .append(pick(UPPER))
                    .append(pick(LOWER))
                    .append(pick(DIGITS));
        }
        return password.toString();
    }

    private static char pick(String alphabet) {
        return alphabet.charAt(RANDOM.nextInt(alphabet.length()));
    }
}
