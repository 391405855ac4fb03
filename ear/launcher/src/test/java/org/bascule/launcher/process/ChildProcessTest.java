package org.bascule.launcher.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChildProcessTest {

    private final Path folder;

    /** A program that writes down that it was asked to stop. */
    private static final String POLITE = "trap 'echo stopped; exit 0' TERM; echo started; while :; do sleep 0.1; done";

    /** A program that ignores being asked. */
    private static final String STUBBORN = "trap '' TERM; echo started; while :; do sleep 0.1; done";

    private static final String READY = "{\n    \"ready\": true,\n    \"url\": \"u\"\n}\n";

    ChildProcessTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void stopLetsTheProgramEndByItself() throws Exception {
        ChildProcess child = start("polite", POLITE, 20);
        waitUntil(() -> child.lastLines(1).contains("started"));
        child.stop();
        assertThat(child.isAlive()).isFalse();
        assertThat(child.exitCode()).contains(0);
        assertThat(child.lastLines(2)).containsExactly("started", "stopped");
        assertThat(child.endWasWanted()).isTrue();
    }

    @Test
    void stopKillsAProgramThatDoesNotEnd() throws Exception {
        ChildProcess child = start("stubborn", STUBBORN, 1);
        waitUntil(() -> child.lastLines(1).contains("started"));
        child.stop();
        assertThat(child.isAlive()).isFalse();
        assertThat(child.exitCode()).contains(128 + 9);
    }

    @Test
    void aProgramThatDiesIsReportedWithItsLastLines() throws Exception {
        ChildProcess child = start("short", "echo first; echo last; exit 3", 1);
        child.onExit().get(20, TimeUnit.SECONDS);
        waitUntil(() -> child.lastLines(1).contains("last"));
        assertThat(child.endWasWanted()).isFalse();
        assertThat(child.exitCode()).contains(3);
    }

    @Test
    void theProcessIdIsThatOfTheProgramItself() throws Exception {
        ChildProcess child = start("own-id", "echo \"pid $$\"; exec sleep 60", 1);
        waitUntil(() -> child.lastLines(1).contains("pid " + child.pid()));
        child.kill();
        assertThat(ProcessHandle.of(child.pid())).isEmpty();
    }

    @Test
    void theProgramHasDefaultSignalsSoThatControlCWorksInWhatItStarts() throws Exception {
        ChildProcess child = start("signals", "grep SigIgn /proc/self/status; exec sleep 60", 1);
        waitUntil(() -> child.lastLines(1).stream().anyMatch(line -> line.startsWith("SigIgn:")));
        long ignored = Long.parseUnsignedLong(
                child.lastLines(1).get(0).substring("SigIgn:".length()).strip(), 16);
        child.kill();
        // signals 1 (HUP), 2 (INT), 3 (QUIT), 15 (TERM)
        assertThat(ignored & 0b100_0000_0000_0111L).isZero();
    }

    @Test
    void killOfTheParentLeavesNoProcess() throws Exception {
        List<Long> pids = pidsOf(startParent());
        assertThat(pids).hasSize(3);
        ProcessHandle parent = ProcessHandle.of(pids.get(0)).orElseThrow();
        ProcessHandle polite = ProcessHandle.of(pids.get(1)).orElseThrow();
        ProcessHandle stubborn = ProcessHandle.of(pids.get(2)).orElseThrow();

        parent.destroyForcibly();

        waitUntil(() -> !parent.isAlive() && !polite.isAlive() && !stubborn.isAlive());
        assertThat(Files.readString(folder.resolve("end"))).isEqualTo("stopped\n");
        Path description = folder.resolve("demo.json");
        assertThat(Files.readString(description)).isEqualTo("{\n    \"ready\": false,\n    \"url\": \"u\"\n}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(description)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("demo.json")))
                    .containsExactly("demo.json");
        }
    }

    @Test
    void descriptionStaysAsItIsWhenTheProgramIsStoppedOrEndsOrIsKilled() throws Exception {
        Path description = Files.writeString(folder.resolve("demo.json"), READY);
        Map<String, String> watched = Map.of(ChildProcess.DESCRIPTION, description.toString());
        String names = "env | grep -c GUARD_ ; " + POLITE;
        ChildProcess stopped = start("stopped", names, 20, watched);
        waitUntil(() -> stopped.lastLines(1).contains("started"));
        assertThat(stopped.lastLines(2)).as("the program knows nothing of it").containsExactly("0", "started");
        stopped.stop();
        ChildProcess killed = start("killed", POLITE, 20, watched);
        waitUntil(() -> killed.lastLines(1).contains("started"));
        killed.kill();
        ChildProcess ended = start("ended", "echo started", 20, watched);
        ended.onExit().get(20, TimeUnit.SECONDS);
        ended.stop();
        // what watches over a program may be a moment behind it
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(Files.readString(description)).isEqualTo(READY);
    }

    @Test
    void logStaysBoundedAndKeepsTheEnd() throws Exception {
        BoundedLog log = BoundedLog.in(folder, "much", 10_000);
        Process process = new ProcessBuilder(
                        "sh", "-c", "i=0; while [ $i -lt 5000 ]; do echo \"line $i\"; i=$((i+1)); done")
                .start();
        log.follow(process.getInputStream(), "much");
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        log.awaitEnd();
        assertThat(log.lastLines(1)).containsExactly("line 4999");
        long size = Files.size(folder.resolve("much.log")) + Files.size(folder.resolve("much.log.1"));
        assertThat(size).isBetween(10_000L, 2 * (10_000L + 8192));
    }

    private ChildProcess start(String name, String script, int graceSeconds) throws IOException {
        return start(name, script, graceSeconds, Map.of());
    }

    private ChildProcess start(String name, String script, int graceSeconds, Map<String, String> environment)
            throws IOException {
        return ChildProcess.start(new ChildProcess.Spec(
                name,
                List.of("sh", "-c", script),
                folder,
                environment,
                Optional.empty(),
                folder,
                Duration.ofSeconds(graceSeconds)));
    }

    private Process startParent() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<Long> pidsOf(Process parent) throws IOException {
        try (BufferedReader reader = parent.inputReader()) {
            return List.of(parent.pid(), Long.parseLong(reader.readLine()), Long.parseLong(reader.readLine()));
        }
    }

    private static void waitUntil(BooleanSupplier condition) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(30));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waited for too long").isBefore(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** A launcher in a JVM of its own, which the test kills. */
    static final class Parent {

        private Parent() {}

        public static void main(String[] arguments) throws Exception {
            Path folder = Path.of(arguments[0]);
            Path description = Files.writeString(folder.resolve("demo.json"), READY);
            String note = "trap 'echo stopped > " + folder.resolve("end")
                    + "; exit 0' TERM; echo started; while :; do sleep 0.1; done";
            for (String script : List.of(note, STUBBORN)) {
                String name = script.equals(STUBBORN) ? "stubborn" : "polite";
                ChildProcess child = ChildProcess.start(new ChildProcess.Spec(
                        name,
                        List.of("sh", "-c", script),
                        folder,
                        Map.of(ChildProcess.DESCRIPTION, description.toString()),
                        Optional.empty(),
                        folder,
                        Duration.ofSeconds(1)));
                waitUntil(() -> child.lastLines(1).contains("started"));
                System.out.println(child.pid());
            }
            System.out.flush();
            TimeUnit.MINUTES.sleep(2);
        }
    }
}
