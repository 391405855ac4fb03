package org.bascule.launcher.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs programs that end by themselves, under the same guard as the others. */
public final class Commands {

    private static final int LINES_IN_MESSAGE = 25;

    private Commands() {}

    /**
     * Runs a command and waits for it.
     *
     * @throws IOException with the last lines of its output, if it fails or does not end in time
     */
    public static void run(
            String name,
            List<String> command,
            Path directory,
            Map<String, String> environment,
            Path logs,
            Duration limit)
            throws IOException, InterruptedException {
        ChildProcess child = ChildProcess.start(new ChildProcess.Spec(
                name, command, directory, environment, Optional.empty(), logs, Duration.ofSeconds(2)));
        CompletableFuture<ChildProcess> end = child.onExit();
        try {
            end.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException(name + " did not end within " + limit.toSeconds() + " s, see " + child.log(), e);
        } catch (ExecutionException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        } finally {
            child.stop();
        }
        int code = child.exitCode().orElse(-1);
        if (code != 0) {
            throw new IOException(name + " failed with exit code " + code + ", see " + child.log() + "\n"
                    + String.join("\n", child.lastLines(LINES_IN_MESSAGE)));
        }
    }
}
