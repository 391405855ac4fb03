package org.bascule.system;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Time-based one-time passwords (RFC 6238) as an authenticator app computes them: SHA-1, 6 digits, 30 s. */
final class Totp {

    private static final int STEP_SECONDS = 30;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Totp() {}

    /** @param secret Base32 (RFC 4648), spaces allowed, as the enrolment page shows it */
    static String at(String secret, Instant time) {
        return code(decode(secret), time.getEpochSecond() / STEP_SECONDS, 6);
    }

    static String code(byte[] key, long counter, int digits) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key, "RAW"));
            byte[] hash = mac.doFinal(ByteBuffer.allocate(8).putLong(counter).array());
            int offset = hash[hash.length - 1] & 0xf;
            int value = ByteBuffer.wrap(hash, offset, 4).getInt() & 0x7fff_ffff;
            return ("%0" + digits + "d").formatted(value % (int) Math.pow(10, digits));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] decode(String base32) {
        String text = base32.replace(" ", "").replace("=", "").toUpperCase(java.util.Locale.ROOT);
        byte[] out = new byte[text.length() * 5 / 8];
        int bits = 0;
        int value = 0;
        int at = 0;
        for (char c : text.toCharArray()) {
            value = value << 5 | BASE32.indexOf(c);
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                out[at++] = (byte) (value >> bits);
            }
        }
        return out;
    }
}
