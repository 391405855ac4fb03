package org.bascule.domain.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterKeyTest {

    private final byte[] raw = new byte[32];
    private final MasterKey key = new MasterKey(raw);
    private final byte[] secret = "a private key".getBytes(StandardCharsets.US_ASCII);

    @Test
    void unwrapsWhatItWrapped() {
        byte[] wrapped = key.wrap("ticket", "kid", secret);
        assertThat(wrapped).hasSize(12 + secret.length + 16);
        assertThat(key.unwrap("ticket", "kid", wrapped)).isEqualTo(secret);
        assertThat(key.wrap("ticket", "kid", secret))
                .as("a new nonce each time")
                .isNotEqualTo(wrapped);
    }

    @Test
    void everyFlippedBitIsNoticed() {
        byte[] wrapped = key.wrap("ticket", "kid", secret);
        for (int bit = 0; bit < wrapped.length * 8; bit++) {
            byte[] altered = wrapped.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(MasterKeyMismatchException.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> key.unwrap("ticket", "kid", altered));
        }
        for (int length = 0; length < wrapped.length; length++) {
            byte[] cut = Arrays.copyOf(wrapped, length);
            assertThatExceptionOfType(MasterKeyMismatchException.class)
                    .as("length %d", length)
                    .isThrownBy(() -> key.unwrap("ticket", "kid", cut));
        }
    }

    @Test
    void anotherKeyRoleOrIdDoesNotOpenIt() {
        byte[] wrapped = key.wrap("ticket", "kid", secret);
        byte[] other = raw.clone();
        other[31] = 1;
        assertThatExceptionOfType(MasterKeyMismatchException.class)
                .isThrownBy(() -> new MasterKey(other).unwrap("ticket", "kid", wrapped))
                .withMessage("the master key does not open the stored ticket key kid");
        assertThatExceptionOfType(MasterKeyMismatchException.class)
                .isThrownBy(() -> key.unwrap("control", "kid", wrapped));
        assertThatExceptionOfType(MasterKeyMismatchException.class)
                .isThrownBy(() -> key.unwrap("ticket", "dik", wrapped));
    }

    @Test
    void fileMustHaveExactly32Bytes(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("master.key");
        assertThatThrownBy(() -> MasterKey.read(file)).hasMessageContaining("cannot be read");
        Files.write(file, new byte[33]);
        assertThatThrownBy(() -> MasterKey.read(file)).hasMessageContaining("exactly 32 random bytes");
        Files.write(file, raw);
        assertThat(MasterKey.read(file)).hasToString("MasterKey[REDACTED]");
    }

    @Test
    void tagsTellDomainsApartWithoutNamingThem() {
        assertThat(key.tag("a")).hasSize(16).isEqualTo(key.tag("a")).isNotEqualTo(key.tag("b"));
        byte[] other = raw.clone();
        other[0] = 1;
        assertThat(new MasterKey(other).tag("a")).isNotEqualTo(key.tag("a"));
    }
}
