package org.bascule.relay.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.bascule.wire.keys.RelayIdentityKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayKeyFileTest {

    @Test
    void makesItOnceForItsOwnerAlone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("relay.pem");
        RelayIdentityKey made = new RelayKeyFile(file).readOrMake();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(new RelayKeyFile(file).readOrMake().publicKey()).isEqualTo(made.publicKey());
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void refusesWhatOthersMayReadAndWhatIsNoKey(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("relay.pem");
        new RelayKeyFile(file).readOrMake();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> new RelayKeyFile(file).readOrMake())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("0600");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        String other;
        Path second = folder.resolve("second.pem");
        new RelayKeyFile(second).readOrMake();
        other = Files.readString(second);
        String mixed = Files.readString(file).replaceFirst("(?s)-----BEGIN PUBLIC.*", "")
                + other.substring(other.indexOf("-----BEGIN PUBLIC"));
        for (String content : new String[] {"", "hello", mixed, "x".repeat(5_000)}) {
            Files.writeString(file, content);
            assertThatThrownBy(() -> new RelayKeyFile(file).readOrMake())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not the key of a relay");
            assertThat(Files.readString(file)).as("nothing is overwritten").isEqualTo(content);
        }
    }
}
