package org.bascule.agent.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.session.service.FileRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SHA-256 of a file is for the log alone: it costs as much as the rest of a transfer. */
@Timeout(60)
class DigestTest {

    private static final int SIZE = 3_000_000;

    @TempDir
    Path folder = Path.of("replaced");

    private FileFixture files;
    private final byte[] content = new byte[SIZE];

    @BeforeEach
    void prepare() throws Exception {
        files = new FileFixture(folder);
        new Random(1).nextBytes(content);
    }

    @AfterEach
    void close() {
        files.close();
    }

    private FileRequest.Write write() {
        return new FileRequest.Write(
                files.path("f"), SIZE, Optional.empty(), Optional.empty(), false, Optional.empty(), false);
    }

    private FileRequest.Read read() {
        return new FileRequest.Read(files.path("f"), 0, Optional.empty(), Optional.empty());
    }

    private String entry(String what, String sha256) {
        return what + " " + files.path("f") + " " + SIZE + " " + sha256;
    }

    @Test
    void whatNobodyLogsIsNotHashed() throws Exception {
        files.kept = false;
        files.upload(write(), content);
        assertThat(files.run(read()).bytes()).isEqualTo(content);
        assertThat(files.log).containsExactly(entry("UPLOAD", ""), entry("DOWNLOAD", ""), entry("DOWNLOAD", ""));
    }

    /** As a policy that comes in the middle. */
    @Test
    void whatHasComeToBeLoggedIsReadOnceMore() throws Exception {
        files.kept = false;
        FileStream up = new FileStream();
        up.give(content);
        Future<?> upload = files.start(up, write());
        up.next(); // ready
        files.kept = true;
        up.say(FileFixture.checksum(content));
        up.end();
        upload.get(30, TimeUnit.SECONDS);
        files.kept = false;
        FileStream down = new FileStream();
        down.onWrite = sent -> files.kept = sent > 1_000_000;
        files.start(down, read()).get(30, TimeUnit.SECONDS);
        String sha256 = FileFixture.hex(content);
        assertThat(Files.readAllBytes(folder.resolve("f"))).isEqualTo(content);
        assertThat(down.bytes()).isEqualTo(content);
        assertThat(files.log)
                .containsExactly(entry("UPLOAD", sha256), entry("DOWNLOAD", ""), entry("DOWNLOAD", sha256));
    }
}
