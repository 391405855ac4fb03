package org.bascule.session.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceDigestTest {

    /** As the protocol says it, at once. */
    private static byte[] expected(byte[] file) throws Exception {
        ByteArrayOutputStream hashes = new ByteArrayOutputStream();
        for (int at = 0; at < file.length; at += PieceDigest.PIECE) {
            hashes.write(MessageDigest.getInstance("SHA-256")
                    .digest(Arrays.copyOfRange(file, at, Math.min(file.length, at + PieceDigest.PIECE))));
        }
        return MessageDigest.getInstance("SHA-256").digest(hashes.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, PieceDigest.PIECE - 1, PieceDigest.PIECE, PieceDigest.PIECE + 1, 3_333_333})
    void isTheSameHoweverTheBytesCome(int length) throws Exception {
        byte[] file = new byte[length];
        new Random(length).nextBytes(file);
        for (int part : new int[] {1_000, 65_536, 1_500_000, 4_000_000}) {
            PieceDigest digest = new PieceDigest();
            for (int at = 0; at < length; at += part) {
                digest.update(file, at, Math.min(part, length - at));
                assertThat(digest.soFar()).isEqualTo(expected(Arrays.copyOf(file, Math.min(length, at + part))));
            }
            assertThat(digest.soFar()).as("it was asked before").isEqualTo(expected(file));
            digest.reset();
            assertThat(digest.soFar()).isEqualTo(expected(new byte[0]));
        }
    }

    /** The same as in the test of the page. */
    @Test
    void ofKnownBytes() {
        byte[] file = new byte[2 * PieceDigest.PIECE + 5];
        for (int i = 0; i < file.length; i++) {
            file[i] = (byte) (i % 251);
        }
        PieceDigest digest = new PieceDigest();
        digest.update(file, 0, file.length);
        assertThat(HexFormat.of().formatHex(digest.soFar()))
                .isEqualTo("53ec89529059d75f8a85a3b734e43c2d152fa1d33aa09d2f164304f560587e94");
    }
}
