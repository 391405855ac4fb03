package org.bascule.wire.enrol;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;

/**
 * What an unregistered agent shows and an administrator types: eight characters of an alphabet without look-alikes (no 0 O, 1 I L, no U and V together), written
 * in two groups. 30^8 codes, of which few thousand wait at a time; trying is limited.
 *
 * @param text eight characters, without the dash
 */
public record PairingCode(String text) {

    public static final int LENGTH = 8;
    private static final String ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final SecureRandom RANDOM = new SecureRandom();

    public PairingCode {
        if (text.length() != LENGTH || !text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)) {
            throw new IllegalArgumentException("a pairing code has eight characters of its alphabet");
        }
    }

    public static PairingCode random() {
        StringBuilder text = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return new PairingCode(text.toString());
    }

    /** Reads what a person typed: case, dashes and spaces do not matter. Empty if it cannot be a code. */
    public static Optional<PairingCode> typed(String typed) {
        if (typed.length() > 4 * LENGTH) {
            return Optional.empty();
        }
        String text = typed.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
        boolean code = text.length() == LENGTH && text.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0);
        return code ? Optional.of(new PairingCode(text)) : Optional.empty();
    }

    /** {@code K7QF-2MXD}. */
    public String shown() {
        return text.substring(0, LENGTH / 2) + "-" + text.substring(LENGTH / 2);
    }
}
