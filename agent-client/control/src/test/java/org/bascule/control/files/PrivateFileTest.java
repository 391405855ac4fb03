package org.bascule.control.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {

    @Test
    void isReadableByItsOwnerAlone(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("new/deeper/secret");
        new PrivateFile(path).write("one");
        assertThat(mode(path)).isEqualTo("rw-------");
        assertThat(mode(path.resolveSibling("."))).isEqualTo("rwx------");
        new PrivateFile(path).write("two");
        assertThat(mode(path)).isEqualTo("rw-------");
        assertThat(new PrivateFile(path).read()).contains("two");
        try (Stream<Path> left = Files.list(path.resolveSibling("."))) {
            assertThat(left).hasSize(1);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void replacesAFileThatWasOpenToOthers(@TempDir Path folder) throws IOException {
        Path path = Files.writeString(folder.resolve("secret"), "old");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        PrivateFile file = new PrivateFile(path);
        assertThat(file.isOpenToOthers()).isTrue();
        file.write("new");
        assertThat(file.isOpenToOthers()).isFalse();
    }

    @Test
    void createNeverOverwrites(@TempDir Path folder) throws IOException {
        PrivateFile file = new PrivateFile(folder.resolve("key"));
        file.create("one");
        assertThatThrownBy(() -> file.create("two")).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file.read()).contains("one");
        assertThat(mode(file.path())).isEqualTo("rw-------");
        Path dangling = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("elsewhere"));
        assertThatThrownBy(() -> new PrivateFile(dangling).create("two"))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void missingFileIsNothing(@TempDir Path folder) throws IOException {
        PrivateFile file = new PrivateFile(folder.resolve("none"));
        assertThat(file.read()).isEmpty();
        file.delete();
    }
}
