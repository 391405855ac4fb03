package org.bascule.agent.desktop.helper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ScreenLockTest {

    private static Path script(Path folder, String line) throws Exception {
        Path script = Files.writeString(folder.resolve("asked"), "#!/bin/sh\n" + line + "\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void anAnswerIsRead(@TempDir Path folder) throws Exception {
        assertThat(ScreenLock.ask(script(folder, "echo \"$2 yes\""), "show-session", "c1", "LockedHint"))
                .isEqualTo("c1 yes");
    }

    @Test
    @Timeout(10)
    void whatDoesNotAnswerIsNotWaitedFor(@TempDir Path folder) throws Exception {
        assertThat(ScreenLock.ask(script(folder, "exec sleep 60"), "show-session", "c1", "LockedHint"))
                .isEmpty();
    }
}
