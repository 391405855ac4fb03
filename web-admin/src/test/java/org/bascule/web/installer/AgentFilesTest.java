package org.bascule.web.installer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is handed out follows the folder, and the script names what is there. */
class AgentFilesTest {

    private static final String SERVER = "https://bascule.example:8443";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void fill() throws IOException {
        for (AgentFile file : AgentFile.values()) {
            Files.writeString(folder.resolve(file.fileName()), "content of " + file);
        }
        Files.writeString(folder.resolve("bascule.conf"), "not for everybody");
    }

    private AgentFiles files() {
        return new AgentFiles(Optional.of(folder), SERVER);
    }

    static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    @Test
    void theScriptNamesTheServerAndTheHashOfEachFile() throws Exception {
        Installer installer = files().installer().orElseThrow();
        assertThat(installer.script())
                .startsWith("#!/bin/sh\n")
                .contains("server='" + SERVER + "'\n")
                .doesNotContain("@SERVER@")
                .doesNotContain("_SHA256@");
        for (AgentFile file : AgentFile.values()) {
            assertThat(installer.script())
                    .contains("=" + sha256(Files.readAllBytes(folder.resolve(file.fileName()))) + "\n");
        }
        assertThat(installer.sha256()).isEqualTo(sha256(installer.script().getBytes(StandardCharsets.UTF_8)));
        assertThat(installer.command())
                .isEqualTo("d=$(mktemp -d) && curl -fsS --retry 8 -o \"$d/bascule-install.sh\" " + SERVER
                        + "/agent/install.sh && (cd \"$d\" && echo \"" + installer.sha256()
                        + "  bascule-install.sh\" | sha256sum -c -) && sudo sh \"$d/bascule-install.sh\"");
        assertThat(installer.pairCommand()).isEqualTo(installer.command() + " --pair");
    }

    @Test
    void aFileThatIsReplacedCountsAtOnce() throws Exception {
        AgentFiles files = files();
        Installer before = files.installer().orElseThrow();
        assertThat(files.installer().orElseThrow()).as("not read again").isSameAs(before);
        Path jar = folder.resolve(AgentFile.JAR.fileName());
        Files.writeString(jar, "a newer agent");
        assertThat(files.installer().orElseThrow().script())
                .contains(sha256("a newer agent".getBytes(StandardCharsets.UTF_8)));
        Files.writeString(jar, "a later agent");
        Files.setLastModifiedTime(jar, FileTime.fromMillis(1_000));
        assertThat(files.installer().orElseThrow().script())
                .as("of the same size")
                .contains(sha256("a later agent".getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @EnumSource(AgentFile.class)
    void withoutOneOfThemThereIsNoAgent(AgentFile file) throws IOException {
        AgentFiles files = files();
        assertThat(files.installer()).isPresent();
        Files.delete(folder.resolve(file.fileName()));
        assertThat(files.installer()).isEmpty();
        Files.createDirectory(folder.resolve(file.fileName()));
        assertThat(files.installer()).isEmpty();
        Files.delete(folder.resolve(file.fileName()));
        Files.writeString(folder.resolve(file.fileName()), "");
        assertThat(files.installer()).as("empty").isEmpty();
        Files.writeString(folder.resolve(file.fileName()), "x");
        assertThat(files.installer()).isPresent();
    }

    /** Strangers ask as often as they like. */
    @Test
    void filesThatCannotBeReadAreNotReadWithEachRequest() throws IOException {
        int[] read = {0};
        boolean[] broken = {true};
        Instant[] now = {Instant.parse("2026-03-01T12:00:00Z")};
        Clock clock = new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now[0];
            }
        };
        AgentFiles files = new AgentFiles(Optional.of(folder), SERVER, clock) {
            @Override
            Installer.Content content(Path path) throws IOException {
                read[0]++;
                if (broken[0] && path.endsWith(AgentFile.UNIT.fileName())) {
                    throw new IOException("not for this account");
                }
                return super.content(path);
            }
        };
        assertThat(files.installer()).isEmpty();
        int once = read[0];
        assertThat(files.installer()).isEmpty();
        assertThat(read[0]).as("at once").isEqualTo(once);
        now[0] = now[0].plusSeconds(6);
        assertThat(files.installer()).isEmpty();
        assertThat(read[0]).as("later").isGreaterThan(once);
        broken[0] = false;
        assertThat(files.installer()).isEmpty();
        Files.writeString(folder.resolve(AgentFile.UNIT.fileName()), "another unit");
        assertThat(files.installer()).as("changed").isPresent();
    }

    @Test
    void whatIsTooLargeIsNoAgent() throws IOException {
        Files.write(folder.resolve(AgentFile.START.fileName()), new byte[(1 << 20) + 1]);
        assertThat(files().installer()).isEmpty();
    }

    @Test
    void withoutAFolderThereIsNoAgent() {
        assertThat(new AgentFiles(Optional.empty(), SERVER).installer()).isEmpty();
        assertThat(new AgentFiles(Optional.of(folder.resolve("nothing")), SERVER).installer())
                .isEmpty();
    }

    /** Nothing that would end the quotes in the script. */
    @ParameterizedTest
    @ValueSource(strings = {"https://a'$(id)'", "https://a b", "http://a", "https://a/b", "https://a\nb", "https://"})
    void theAddressIsPlain(String server) {
        assertThat(new AgentFiles(Optional.of(folder), server).installer()).isEmpty();
    }
}
