package org.bascule.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.process.Ports;
import org.bascule.launcher.state.Secrets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the real server. */
@Timeout(300)
class MariaDbTest {

    private static final Installation INSTALLATION = new Installation(Path.of("target"));

    private final Path folder;

    MariaDbTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void killOfTheLauncherLeavesNoProcessAndNoBrokenDatabase() throws Exception {
        Process launcher = new ProcessBuilder(
                        Installation.java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Launcher.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long pid;
        try (BufferedReader reader = launcher.inputReader()) {
            pid = Long.parseLong(reader.readLine());
        }
        ProcessHandle database = ProcessHandle.of(pid).orElseThrow();

        launcher.destroyForcibly();

        database.onExit().get(60, TimeUnit.SECONDS);
        awaitNoProcessIn(folder);
        MariaDb again = database(folder);
        again.start();
        again.run("insert into kept.word values ('after')");
        again.stop();
        assertThat(Files.readString(folder.resolve("logs/database.log"))).doesNotContain("Starting crash recovery");
    }

    @Test
    void nobodyGetsInWithoutAPasswordAndOnlyFromThisMachine() throws Exception {
        MariaDb database = database(folder);
        database.install();
        database.start();
        try {
            database.run("create table mysql.probe (n int)");
            assertThatThrownBy(() -> client("--user=root"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Access denied");
            assertThatThrownBy(() -> client("--user=nobody"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Access denied");
            assertThat(Ports.isFree(database.port())).isFalse();
            assertThat(listeningAddresses(database.port())).containsExactly("0100007F");
        } finally {
            database.stop();
        }
    }

    private void client(String user) throws IOException, InterruptedException {
        Commands.run(
                "client",
                List.of(
                        INSTALLATION.mariadb().resolve("bin/mariadb").toString(),
                        "--no-defaults",
                        "--skip-ssl",
                        "--host=127.0.0.1",
                        "--port=" + database(folder).port(),
                        user,
                        "--execute=select 1"),
                folder,
                Map.of(),
                folder.resolve("logs"),
                Duration.ofSeconds(30));
    }

    /** The local addresses, in hexadecimal, on which somebody listens on this port (proc(5)). */
    private static List<String> listeningAddresses(int port) throws IOException {
        String suffix = String.format(":%04X", port);
        try (Stream<String> lines =
                Stream.concat(Files.lines(Path.of("/proc/net/tcp")), Files.lines(Path.of("/proc/net/tcp6")))) {
            return lines.map(line -> line.strip().split("\\s+"))
                    .filter(fields -> fields.length > 3 && fields[3].equals("0A") && fields[1].endsWith(suffix))
                    .map(fields -> fields[1].substring(0, fields[1].indexOf(':')))
                    .toList();
        }
    }

    private static void awaitNoProcessIn(Path folder) throws InterruptedException {
        Instant deadline = Instant.now().plusSeconds(20);
        while (ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").contains(folder.toString()))) {
            assertThat(Instant.now()).as("a process is left").isBefore(deadline);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    static MariaDb database(Path folder) throws IOException {
        Path portFile = folder.resolve("port");
        if (!Files.exists(portFile)) {
            Files.writeString(portFile, Integer.toString(Ports.firstFree(23_307)));
        }
        int port = Integer.parseInt(Files.readString(portFile));
        return new MariaDb(
                INSTALLATION,
                folder.resolve("mariadb"),
                folder.resolve("logs"),
                port,
                Secrets.in(folder.resolve("secrets")));
    }

    /** A launcher in a JVM of its own, which the test kills. */
    static final class Launcher {

        private Launcher() {}

        public static void main(String[] arguments) throws Exception {
            MariaDb database = database(Path.of(arguments[0]));
            database.install();
            database.start();
            database.run(
                    "create database kept; create table kept.word (text varchar(20)); insert into kept.word values ('before')");
            System.out.println(database.child().orElseThrow().pid());
            System.out.flush();
            TimeUnit.MINUTES.sleep(5);
        }
    }
}
