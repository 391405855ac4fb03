package org.bascule.agent.desktop.helper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether the desktop of this account is locked, as logind has been told by it. A thread of its own: logind may not answer. */
final class ScreenLock implements Runnable {

    private static final Path LOGINCTL = Path.of("/usr/bin/loginctl");
    private static final Path LOGIND = Path.of("/run/systemd/sessions");
    private static final int LOOK_SECONDS = 5;
    private static final int PATIENCE_SECONDS = 1;

    private final HelperState state;
    private @Nullable String session;

    ScreenLock(HelperState state) {
        this.state = state;
    }

    /** Looks every 5 s as long as the process lives. */
    @Override
    public void run() {
        try {
            while (true) {
                state.locked(isLocked());
                TimeUnit.SECONDS.sleep(LOOK_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False where there is no logind. */
    private boolean isLocked() throws InterruptedException {
        if (!Files.isExecutable(LOGINCTL) || !Files.isDirectory(LOGIND)) {
            return false;
        }
        String present = session;
        if (present == null || present.isEmpty()) {
            present = ask(LOGINCTL, "show-user", System.getProperty("user.name", ""), "Display");
            session = present;
        }
        return !present.isEmpty()
                && ask(LOGINCTL, "show-session", present, "LockedHint").equals("yes");
    }

    /** Empty if there is no answer within a second. */
    static String ask(Path programme, String verb, String of, String property) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(
                            List.of(programme.toString(), verb, of, "--property=" + property, "--value"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "";
            }
            return new String(process.getInputStream().readNBytes(256), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
