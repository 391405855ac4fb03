package org.bascule.agent.page;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The code with which the page's password is set: once, for 15 minutes, with five tries. In memory alone. Thread-safe. */
final class SetupCode {

    static final Duration VALID = Duration.ofMinutes(15);
    static final int TRIES = 5;

    /** Without letters that look like digits. 32, so that each stands for five bits: fifty together. */
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static final int LENGTH = 10;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final LongSupplier nanos;

    // guarded by this
    private String code = "";
    private long made;
    private int tries;

    SetupCode(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Makes a new one; the last is worth nothing from now on. Given as {@code XXXXX-XXXXX}. */
    synchronized String renew() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        code = text.toString();
        made = nanos.getAsLong();
        tries = 0;
        return code.substring(0, LENGTH / 2) + "-" + code.substring(LENGTH / 2);
    }

    /** Whether it is the code; counts as a try. It stays until {@link #spend}. */
    synchronized boolean matches(String text) {
        if (code.isEmpty() || nanos.getAsLong() - made > VALID.toNanos() || ++tries > TRIES) {
            code = "";
            return false;
        }
        String said = text.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
        return MessageDigest.isEqual(said.getBytes(StandardCharsets.UTF_8), code.getBytes(StandardCharsets.UTF_8));
    }

    /** It was used. */
    synchronized void spend() {
        code = "";
    }
}
