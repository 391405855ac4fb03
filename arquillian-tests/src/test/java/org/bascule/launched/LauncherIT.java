package org.bascule.launched;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.launcher.DemoDescription;
import org.bascule.launcher.Main;
import org.junit.jupiter.api.Test;

/** The launcher as people start it: a process of its own, which may be killed at any time. */
class LauncherIT {

    private static final Duration START = Duration.ofMinutes(5);
    private static final Duration END = Duration.ofSeconds(60);
    private static final Path HOME = Path.of("..", "ear", "launcher", "target").toAbsolutePath();
    private static final Path FOLDER = Path.of("target", "launched").toAbsolutePath();

    @Test
    void aKilledLauncherLeavesNothingRunningAndTheNextStartGoesOnFromThere() throws Exception {
        delete(FOLDER);
        DemoDescription first;
        Process launcher = start("first");
        try {
            first = awaitReady(launcher, Instant.EPOCH);
        } finally {
            launcher.destroyForcibly().waitFor();
        }
        assertThat(first.processes()).hasSizeGreaterThan(5);
        Instant killed = Instant.now();
        for (DemoDescription.RunningProcess process : first.processes()) {
            awaitEnd(process, killed.plus(END));
        }
        assertThat(DemoDescription.read(FOLDER.resolve("demo.json")).ready())
                .as("nothing says that all is ready when nothing runs")
                .isFalse();

        launcher = start("second");
        try {
            DemoDescription second = awaitReady(launcher, killed);
            assertThat(second.devices()).isEqualTo(first.devices()).isNotEmpty();
            assertThat(second.users()).isEqualTo(first.users());
        } finally {
            // as Ctrl-C does
            launcher.destroy();
            if (!launcher.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                launcher.destroyForcibly();
            }
        }
        assertThat(FOLDER.resolve("demo.json")).doesNotExist();
    }

    private static Process start(String name) throws IOException {
        Path log = Files.createDirectories(FOLDER).resolve(name + ".out");
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName(),
                        "--home",
                        HOME.toString(),
                        "--folder",
                        FOLDER.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static DemoDescription awaitReady(Process launcher, Instant since) throws Exception {
        Path file = FOLDER.resolve("demo.json");
        Instant deadline = Instant.now().plus(START);
        while (Instant.now().isBefore(deadline)) {
            if (Files.exists(file)
                    && Files.getLastModifiedTime(file).toInstant().isAfter(since)) {
                DemoDescription described = DemoDescription.read(file);
                if (described.ready()) {
                    return described;
                }
            }
            if (launcher.waitFor(200, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the launcher ended with " + launcher.exitValue() + ", see " + FOLDER);
            }
        }
        throw new AssertionError("not ready after " + START + ", see " + FOLDER);
    }

    private static void awaitEnd(DemoDescription.RunningProcess process, Instant deadline) throws Exception {
        ProcessHandle handle = ProcessHandle.of(process.pid()).orElse(null);
        while (handle != null && handle.isAlive()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError(process + " outlived its launcher");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
                for (Path each : all) {
                    Files.delete(each);
                }
            }
        }
    }
}
