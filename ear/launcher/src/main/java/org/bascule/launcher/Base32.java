package org.bascule.launcher;

import java.nio.charset.StandardCharsets;

/** Base32 (RFC 4648) without padding. */
final class Base32 {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Base32() {}

    /** Of the bytes of a text in ASCII. */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder();
        int bits = 0;
        int value = 0;
        for (byte next : text.getBytes(StandardCharsets.US_ASCII)) {
            value = value << 8 | next;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                encoded.append(ALPHABET.charAt(value >> bits & 31));
            }
            value &= (1 << bits) - 1;
        }
        return bits == 0
                ? encoded.toString()
                : encoded.append(ALPHABET.charAt(value << (5 - bits) & 31)).toString();
    }
}
