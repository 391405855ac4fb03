package org.bascule.wire;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identifier of a session: 16 random bytes made by the access server, never reused.
 *
 * @param hex 32 lower-case hexadecimal digits
 */
public record SessionId(String hex) {

    public static final int LENGTH = 16;
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    public SessionId {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("a session id has 32 lower-case hexadecimal digits");
        }
    }

    public static SessionId random() {
        byte[] bytes = new byte[LENGTH];
        RANDOM.nextBytes(bytes);
        return of(bytes);
    }

    public static SessionId of(byte[] bytes) {
        return new SessionId(HexFormat.of().formatHex(bytes));
    }

    public static SessionId parse(String text) throws WireException {
        if (!FORM.matcher(text).matches()) {
            throw WireException.malformed("not a session id");
        }
        return new SessionId(text);
    }

    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
