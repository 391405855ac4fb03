package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files of a real device, over a real relay (TOOL-3). */
@ExtendWith(RunningSystem.class)
class FilesIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TheSystem system = TheSystem.get();

    @TempDir
    Path here = Path.of("replaced");

    private Program.Result bascule(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-files").toString());
        try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
            return program.finish(new byte[0], LIMIT);
        }
    }

    private String done(String... arguments) {
        Program.Result result = bascule(arguments);
        assertThat(result.exit()).as(result.error()).isZero();
        return result.output();
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void filesAndFoldersGoThereAndBack() throws IOException {
        String device = system.device().uid() + ":";
        String folder = "bascule-files-it";
        Path source = Files.createDirectories(here.resolve("source/sub"));
        byte[] large = random(20_000_000);
        Files.write(source.resolve("large"), large);
        Files.setLastModifiedTime(source.resolve("large"), FileTime.fromMillis(1_600_000_000_000L));
        Files.writeString(source.resolve("<b>&\"quoted'.txt"), "hostile name");
        for (int i = 0; i < 200; i++) {
            Files.writeString(source.resolve("small-" + i), "file " + i);
        }
        try {
            done("file", "mkdir", "-p", device + folder);
            String report = done("cp", "-r", "--json", here.resolve("source").toString(), device + folder);
            assertThat(report).contains("\"files\":202").contains("\"failed\":[]");
            assertThat(done("exec", system.device().uid(), "--", "sh", "-c", "cd; sha256sum < " + folder + "/source/sub/large"))
                    .startsWith(sha256(large));
            assertThat(done("file", "ls", "--json", device + folder + "/source/sub"))
                    .contains("quoted'.txt")
                    .contains("2020-09-13T12:26:40Z");
            done("cp", "-r", device + folder + "/source", here.resolve("back").toString());
            assertThat(Files.readAllBytes(here.resolve("back/sub/large"))).isEqualTo(large);
            assertThat(Files.getLastModifiedTime(here.resolve("back/sub/large")).toMillis())
                    .isEqualTo(1_600_000_000_000L);
            assertThat(here.resolve("back/sub/<b>&\"quoted'.txt")).hasContent("hostile name");
            assertThat(here.resolve("back/sub").toFile().list()).hasSize(202);
            done("file", "mv", device + folder + "/source/sub/small-1", folder + "/moved");
            assertThat(done("file", "cat", device + folder + "/moved")).isEqualTo("file 1");
            assertThat(bascule("file", "rm", device + folder).exit()).isEqualTo(8);
        } finally {
            done("file", "rm", "-r", "--yes", device + folder);
        }
        assertThat(bascule("file", "ls", device + folder).exit()).isEqualTo(4);
    }

    @Test
    void nothingOutsideOfTheHomeIsThere() {
        Program.Result result = bascule("file", "cat", system.device().uid() + ":/etc/passwd");
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.error()).contains("outside of the folders");
        assertThat(result.outputBytes()).isEmpty();
        assertThat(bascule("cp", system.device().uid() + ":/etc/passwd", here.toString())
                        .exit())
                .isEqualTo(1);
        assertThat(here.toFile().list()).isEmpty();
    }

    private static String sha256(byte[] bytes) {
        try {
            return java.util.HexFormat.of()
                    .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
