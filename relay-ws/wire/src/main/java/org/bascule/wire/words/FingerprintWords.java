package org.bascule.wire.words;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bascule.wire.Sha256;

/**
 * The first 88 bits of a SHA-256 as eight words of the English list of BIP-39 (2,048 words that differ within their first four letters; MIT licence,
 * see {@code english.txt}). A second key with the same words costs 2^88 attempts.
 */
public final class FingerprintWords {

    /** Words of a fingerprint. */
    public static final int COUNT = 8;

    private static final int BITS = 11;
    private static final String FILE = "english.txt";
    private static final List<String> LIST = load();

    private FingerprintWords() {}

    private static List<String> load() {
        try (InputStream in = FingerprintWords.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is missing");
            }
            List<String> words = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
            if (words.size() != 1 << BITS) {
                throw new IllegalStateException(FILE + " has " + words.size() + " words");
            }
            return words;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The words of a hash, most significant bits first.
     *
     * @param hash 32 bytes: SHA-256 of a device's SubjectPublicKeyInfo, or of the installation root's 32 bytes
     */
    public static List<String> of(byte[] hash) {
        if (hash.length != Sha256.LENGTH) {
            throw new IllegalArgumentException("a hash has 32 bytes, not " + hash.length);
        }
        List<String> words = new ArrayList<>(COUNT);
        for (int word = 0; word < COUNT; word++) {
            int index = 0;
            for (int bit = word * BITS; bit < (word + 1) * BITS; bit++) {
                index = (index << 1) | ((hash[bit >> 3] >> (7 - (bit & 7))) & 1);
            }
            words.add(LIST.get(index));
        }
        return List.copyOf(words);
    }

    /** The same in one line. */
    public static String text(byte[] hash) {
        return String.join(" ", of(hash));
    }
}
