package org.bascule.agent.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bascule.session.service.FileRequest;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** New folders, new names and deletions. */
@Timeout(60)
class FileChangesTest {

    @Test
    void nothingIsChangedWhenTheRightWentWhileTheLogWaited(@TempDir Path folder) throws Exception {
        Path kept = Files.writeString(folder.resolve("kept"), "x");
        Files.createDirectory(folder.resolve("empty"));
        try (FileFixture files = new FileFixture(folder)) {
            files.onLog = () -> files.permitted = Operations.of(Operations.FILE_READ);
            for (FileRequest request : List.of(
                    new FileRequest.MakeFolder(files.path("new"), false),
                    new FileRequest.Rename(files.path("kept"), files.path("other"), true),
                    new FileRequest.Delete(files.path("empty"), false),
                    new FileRequest.Delete(files.path("kept"), false))) {
                files.permitted = FileFixture.BOTH;
                assertThat(files.refused(request)).isEqualTo("not-permitted");
            }
            assertThat(kept).hasContent("x");
            assertThat(files.names(files.root)).containsExactly("empty", "kept");
        }
    }
}
