package org.bascule.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDescriptionTest {

    private final Path folder;

    DemoDescriptionTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static DemoDescription example() {
        return new DemoDescription(
                true,
                "http://localhost:8080",
                "https://localhost:8443",
                Path.of("/demo/ca.pem"),
                "demo",
                "http://localhost:8180",
                List.of(
                        new DemoDescription.User(
                                "demo", "admin", "secret-1", Optional.of("JBSWY3DP"), Optional.empty()),
                        new DemoDescription.User(
                                "demo", "engineer", "secret-2", Optional.empty(), Optional.of("token"))),
                List.of(new DemoDescription.Device("uid", "sample")),
                List.of(new DemoDescription.RelayServer(
                        "relay-1", "ws://localhost:8081/relay", "wss://localhost:8444/relay")),
                List.of(new DemoDescription.RunningProcess("database", 12_345_678_901L)),
                new DemoDescription.Database("127.0.0.1", 3307, "root", "secret-3"));
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("demo.json");
        example().write(file);
        assertThat(DemoDescription.read(file)).isEqualTo(example());
    }

    @Test
    void passwordsAreNotInTheText() {
        assertThat(example().toString()).doesNotContain("secret-1", "secret-2", "secret-3", "JBSWY3DP", "token");
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        Path file = folder.resolve("demo.json");
        for (String text : List.of("", "[]", "{}", "{\"ready\":true}", "{\"ready\":\"yes\"")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> DemoDescription.read(file)).as(text).isInstanceOf(IOException.class);
        }
    }

    @Test
    void secondLauncherInTheSameFolderIsRefused() throws Exception {
        try (DemoFolder first = DemoFolder.take(folder, DemoOptions.Extent.EVERYTHING)) {
            assertThat(first.state()).isDirectory();
            assertThatThrownBy(() -> DemoFolder.take(folder, DemoOptions.Extent.EVERYTHING))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a demo is running in")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
        DemoFolder.take(folder, DemoOptions.Extent.EVERYTHING).close();
    }

    @Test
    void stateOfAnInterruptedFirstStartIsForgottenAndThatOfACompleteOneIsKept() throws Exception {
        Path kept = folder.resolve("state/kept");
        try (DemoFolder interrupted = take(DemoOptions.Extent.EVERYTHING)) {
            Files.writeString(interrupted.state().resolve("kept"), "");
        }
        try (DemoFolder servers = take(DemoOptions.Extent.SERVERS)) {
            assertThat(kept).doesNotExist();
            Files.writeString(servers.state().resolve("kept"), "");
            servers.complete(DemoOptions.Extent.SERVERS);
        }
        take(DemoOptions.Extent.SERVERS).close();
        assertThat(kept).exists();
        try (DemoFolder everything = take(DemoOptions.Extent.EVERYTHING)) {
            assertThat(kept).doesNotExist();
            Files.writeString(everything.state().resolve("kept"), "");
            everything.complete(DemoOptions.Extent.EVERYTHING);
        }
        take(DemoOptions.Extent.SERVERS).close();
        take(DemoOptions.Extent.INSTALLATION).close();
        assertThat(kept).exists();
    }

    private DemoFolder take(DemoOptions.Extent extent) throws Exception {
        return DemoFolder.take(folder, extent);
    }

    @Test
    void portsOfTheLastRunAreKeptAndTakenOnesAreAvoided() throws Exception {
        try (DemoFolder taken = DemoFolder.take(folder, DemoOptions.Extent.EVERYTHING);
                ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int busy = other.getLocalPort();
            Map<String, Integer> chosen = taken.choosePorts(Map.of("http", busy), Map.of());
            assertThat(chosen.values()).allMatch(port -> port > busy);
            other.close();
            assertThat(taken.choosePorts(Map.of("http", busy), Map.of())).isEqualTo(chosen);
            assertThat(taken.choosePorts(Map.of(), Map.of("http", busy)))
                    .as("what is asked for comes before the last run")
                    .containsEntry("http", busy);
        }
    }

    @Test
    void argumentsAreUnderstoodAndUnknownOnesRefused() {
        DemoOptions options = Main.parse(new String[] {"--home", "/h", "--second-domain", "--no-device"});
        assertThat(options.home()).isEqualTo(Path.of("/h"));
        assertThat(options.folder()).isEqualTo(Path.of("/h/demo"));
        assertThat(options.secondDomain()).isTrue();
        assertThat(options.extent()).isEqualTo(DemoOptions.Extent.INSTALLATION);
        assertThatThrownBy(() -> Main.parse(new String[] {"--home"})).hasMessageContaining("--home needs a value");
        assertThatThrownBy(() -> Main.parse(new String[] {"--hmoe", "/h"}))
                .hasMessageContaining("unknown argument --hmoe");
    }
}
