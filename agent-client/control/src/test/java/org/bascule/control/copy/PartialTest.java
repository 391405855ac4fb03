package org.bascule.control.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.bascule.session.service.FilePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No bytes of two downloads come into one file. */
class PartialTest {

    private static final FilePath LOG = FilePath.ofText("/var/log/app.log");

    @TempDir
    Path folder = Path.of("replaced");

    private Partial open(String device, FilePath from, String target) throws IOException {
        return Partial.open(device, from, folder.resolve(target));
    }

    private static void write(Partial partial, String text) throws IOException {
        partial.file().write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), partial.size());
    }

    @Test
    void eachDownloadHasItsOwnAndFindsItAgain() throws Exception {
        try (Partial one = open("device-1", LOG, "app.log");
                Partial ofAnotherDevice = open("device-2", LOG, "app.log");
                Partial ofAnotherFile = open("device-1", FilePath.ofText("/srv/log/app.log"), "app.log");
                Partial elsewhere = open("device-1", LOG, "app-2.log")) {
            assertThat(Stream.of(one, ofAnotherDevice, ofAnotherFile, elsewhere).map(Partial::path))
                    .doesNotHaveDuplicates();
            write(one, "half");
            write(ofAnotherDevice, "other");
        }
        try (Partial again = open("device-1", LOG, "app.log")) {
            assertThat(again.size()).isEqualTo(4);
            again.restart();
            write(again, "whole");
            again.moveTo(folder.resolve("app.log"));
            assertThat(folder.resolve("app.log")).hasContent("whole");
        }
        try (Partial next = open("device-1", LOG, "app.log")) {
            assertThat(next.size()).isZero();
        }
        assertThat(folder.resolve("app.log")).hasContent("whole");
    }

    @Test
    void theSameDownloadDoesNotRunTwice() throws Exception {
        try (Partial first = open("device-1", LOG, "app.log")) {
            write(first, "half");
            refused();
            assertThat(first.size()).isEqualTo(4);
        }
        Path path;
        try (Partial next = open("device-1", LOG, "app.log")) {
            path = next.path();
        }
        // as another process would hold it
        try (FileChannel held = FileChannel.open(path, StandardOpenOption.WRITE)) {
            held.lock();
            refused();
        }
        assertThat(path).hasContent("half");
    }

    private void refused() {
        assertThatThrownBy(() -> open("device-1", LOG, "app.log"))
                .isInstanceOf(IOException.class)
                .hasMessage("another download of the same file to the same place is running");
    }

    @Test
    void whatIsNoFileIsReplaced() throws Exception {
        Path path;
        try (Partial partial = open("device-1", LOG, "app.log")) {
            path = partial.path();
            partial.delete();
        }
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "untouched");
        Files.createSymbolicLink(path, elsewhere);
        try (Partial partial = open("device-1", LOG, "app.log")) {
            write(partial, "half");
        }
        assertThat(elsewhere).hasContent("untouched");
    }
}
