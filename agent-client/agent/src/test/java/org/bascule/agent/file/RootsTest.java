package org.bascule.agent.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.bascule.agent.file.FileFixture.read;
import static org.bascule.agent.file.FileFixture.write;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.session.service.FilePath;
import org.bascule.session.service.FileRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing leads out of the roots, and nobody is more than his account. */
@Timeout(60)
class RootsTest {

    @TempDir
    Path folder = Path.of("replaced");

    private FileFixture files;
    private Path inside = folder;
    private Path outside = folder;

    @BeforeEach
    void start() throws Exception {
        inside = Files.createDirectory(folder.resolve("inside"));
        outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createDirectory(inside.resolve("d"));
        Files.writeString(inside.resolve("d/f"), "good");
        files = new FileFixture(inside);
    }

    @AfterEach
    void stop() {
        files.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside",
                "d/../../outside",
                "d/../../../../../../../../../../../etc",
                "/etc",
                "/",
                "/proc/self/root"
            })
    void linkThatLeadsOutIsNotFollowed(String target) throws Exception {
        Files.createSymbolicLink(inside.resolve("out"), Path.of(target));
        assertThat(files.refused(new FileRequest.List(files.path("out")))).isEqualTo("outside");
        assertThat(files.refused(read(files.path("out").resolve("secret")))).isEqualTo("outside");
        assertThat(files.refused(write(files.path("out").resolve("new"), 1, false, false)))
                .isEqualTo("outside");
        assertThat(files.refused(new FileRequest.Delete(files.path("out").resolve("secret"), true)))
                .isEqualTo("outside");
        assertThat(files.refused(new FileRequest.Rename(
                        files.path("d").resolve("f"), files.path("out").resolve("f"), false)))
                .isEqualTo("outside");
        assertThat(outside.toFile().list()).containsExactly("secret");
    }

    @Test
    void linksWithinAreFollowedAndLoopsEnd() throws Exception {
        Files.createSymbolicLink(inside.resolve("relative"), Path.of("d/../d/f"));
        Files.createSymbolicLink(inside.resolve("absolute"), inside.toRealPath().resolve("d"));
        Files.createSymbolicLink(inside.resolve("loop"), Path.of("loop2"));
        Files.createSymbolicLink(inside.resolve("loop2"), Path.of("loop"));
        assertThat(files.run(read(files.path("relative"))).bytes()).isEqualTo("good".getBytes(StandardCharsets.UTF_8));
        assertThat(files.names(files.path("absolute"))).containsExactly("f");
        assertThat(files.refused(read(files.path("loop")))).isEqualTo("loop");
    }

    @Test
    void pathsOutsideAreRefusedAndTheRootItselfStays() throws Exception {
        assertThat(files.refused(new FileRequest.List(FilePath.ofText("/etc")))).isEqualTo("outside");
        assertThat(files.refused(new FileRequest.List(FilePath.ofText(inside + "side"))))
                .isEqualTo("outside");
        assertThat(files.refused(new FileRequest.Delete(files.root, true))).isEqualTo("denied");
        assertThat(inside.resolve("d/f")).exists();
    }

    /** Somebody at the device swaps a folder for a link to the outside, again and again, while the client works below it. */
    @Test
    void swappedFolderLeadsNowhereElse() throws Exception {
        Path swap = Files.createDirectory(inside.resolve("swap"));
        Files.writeString(swap.resolve("secret"), "good");
        AtomicBoolean over = new AtomicBoolean();
        Future<?> swapper = files.executor.submit(() -> {
            Path link = inside.resolve("link");
            Path away = inside.resolve("away");
            while (!over.get()) {
                Files.createSymbolicLink(link, outside);
                Files.move(swap, away);
                Files.move(link, swap, StandardCopyOption.ATOMIC_MOVE);
                Files.delete(swap);
                Files.move(away, swap);
            }
            return "over";
        });
        int good = 0;
        for (int i = 0; i < 3_000; i++) {
            FileStream stream = files.run(read(files.path("swap").resolve("secret")));
            String content = new String(stream.bytes(), StandardCharsets.UTF_8);
            assertThat(content).isIn("good", "");
            good += content.isEmpty() ? 0 : 1;
            files.run(new FileRequest.Delete(files.path("swap").resolve("other"), true));
            if (i % 100 == 0) {
                files.upload(
                        write(files.path("swap").resolve("new" + i), 1, true, false),
                        "x".getBytes(StandardCharsets.UTF_8));
            }
        }
        over.set(true);
        swapper.get();
        assertThat(good).isPositive();
        assertThat(outside.toFile().list()).containsExactly("secret");
    }

    @Test
    void fileCallsHaveTheAccountsRightsAndTheThreadGetsItsOwnBack() throws Exception {
        assumeThat(AccountDirectory.ownUid()).as("only root can be another").isZero();
        files.account = new AccountDirectory().find("nobody").orElseThrow();
        Files.setPosixFilePermissions(folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        Path secret = Files.writeString(inside.resolve("secret"), "root's");
        Files.setPosixFilePermissions(secret, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        assertThat(files.refused(read(files.path("secret")))).isEqualTo("denied");
        assertThat(files.refused(write(files.path("new"), 1, false, false))).isEqualTo("denied");
        assertThat(files.refused(new FileRequest.Delete(files.path("secret"), false)))
                .isEqualTo("denied");
        Path open = Files.createDirectory(inside.resolve("open"));
        Files.setPosixFilePermissions(open, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        files.upload(write(files.path("open").resolve("mine"), 1, false, false), "x".getBytes(StandardCharsets.UTF_8));
        assertThat(((Number) Files.getAttribute(open.resolve("mine"), "unix:uid")).longValue())
                .isEqualTo(files.account.uid());
        assertThat(((Number) Files.getAttribute(open.resolve("mine"), "unix:gid")).longValue())
                .isEqualTo(files.account.gid());
        // the same threads, being root again
        for (int i = 0; i < 8; i++) {
            assertThat(files.executor.submit(() -> Files.readString(secret)).get())
                    .isEqualTo("root's");
        }
    }
}
