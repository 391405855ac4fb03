package org.bascule.domain.token;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bascule.wire.B64;
import org.bascule.wire.Sha256;

/**
 * The text of an API token: {@code bascule_} and 256 random bits in base64url. The beginning lets people and scanners recognise one that has got
 * somewhere where it does not belong.
 */
public final class ApiTokenSecret {

    public static final String PREFIX = "bascule_";

    private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");
    private static final int BYTES = 32;

    private final String text;

    private ApiTokenSecret(String text) {
        this.text = text;
    }

    static ApiTokenSecret generate() {
        byte[] bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        return new ApiTokenSecret(PREFIX + B64.encode(bytes));
    }

    /** Empty for what is none. */
    public static Optional<ApiTokenSecret> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new ApiTokenSecret(text)) : Optional.empty();
    }

    /** What is stored and looked for. */
    public byte[] hash() {
        return Sha256.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** For whoever made it, once. */
    public String reveal() {
        return text;
    }

    @Override
    public String toString() {
        return "ApiTokenSecret[REDACTED]";
    }
}
