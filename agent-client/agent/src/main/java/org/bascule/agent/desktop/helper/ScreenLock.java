package org.bascule.agent.desktop.helper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether the desktop of this account is locked, as logind has been told by it. */
final class ScreenLock {

    private static final Path LOGINCTL = Path.of("/usr/bin/loginctl");
    private static final Path LOGIND = Path.of("/run/systemd/sessions");

    private @Nullable String session;

    /** False where there is no logind. */
    boolean isLocked() {
        if (!Files.isExecutable(LOGINCTL) || !Files.isDirectory(LOGIND)) {
            return false;
        }
        String present = session;
        if (present == null) {
            present = ask("show-user", System.getProperty("user.name", ""), "Display");
            session = present;
        }
        return !present.isEmpty() && ask("show-session", present, "LockedHint").equals("yes");
    }

    private static String ask(String verb, String of, String property) {
        try {
            Process process = new ProcessBuilder(
                            List.of(LOGINCTL.toString(), verb, of, "--property=" + property, "--value"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            // so short an answer fits the pipe; logind may never give one
            if (!process.waitFor(1, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            return new String(process.getInputStream().readNBytes(256), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
