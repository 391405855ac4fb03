package org.bascule.agent.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bascule.agent.file.FileFixture.write;

import jakarta.json.JsonObject;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.bascule.session.stream.EndReason;
import org.bascule.session.stream.StreamEndedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads before a real clamd, with signatures of the test alone; skipped where the machine has none. */
@Timeout(120)
class VirusScanTest {

    private static final Path CLAMD = Path.of("/usr/sbin/clamd");
    /** The EICAR test file in halves, so that no scanner takes this source for it. */
    private static final String EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

    private static final Duration START = Duration.ofSeconds(60);

    @TempDir
    Path folder = Path.of("replaced");

    private FileFixture files;
    private Optional<Process> clamd = Optional.empty();
    private Path inside = folder;

    @BeforeEach
    void start() throws Exception {
        inside = Files.createDirectory(folder.resolve("inside"));
        files = new FileFixture(inside);
    }

    @AfterEach
    void stop() throws Exception {
        if (clamd.isPresent()) {
            clamd.get().destroy();
            clamd.get().waitFor(10, TimeUnit.SECONDS);
        }
        files.close();
    }

    private Path startClamd() throws Exception {
        assertThat(CLAMD).as("clamd is installed").isExecutable();
        Path signatures = Files.createDirectory(folder.resolve("signatures"));
        // by hash, and by content: hexadecimal of "local-signature"
        Files.writeString(
                signatures.resolve("test.ndb"),
                "Test.Eicar:0:*:" + hex("EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE") + "\n" + "Test.Local:0:*:"
                        + hex("a local signature of this test") + "\n");
        Path socket = folder.resolve("clamd.ctl");
        Path configuration = Files.writeString(
                folder.resolve("clamd.conf"),
                """
                DatabaseDirectory %s
                LocalSocket %s
                Foreground yes
                StreamMaxLength 2M
                User root
                """
                        .formatted(signatures, socket)
                        .replace("User root\n", "root".equals(System.getProperty("user.name")) ? "User root\n" : ""));
        clamd = Optional.of(new ProcessBuilder(CLAMD.toString(), "--config-file=" + configuration)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("clamd.log").toFile())
                .start());
        long deadline = System.nanoTime() + START.toNanos();
        while (!Files.exists(socket)) {
            assertThat(clamd.get().isAlive())
                    .as(() -> "clamd runs; it said " + log())
                    .isTrue();
            assertThat(System.nanoTime()).as("clamd starts in time").isLessThan(deadline);
            Thread.sleep(50);
        }
        return socket;
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("clamd.log"));
        } catch (java.io.IOException e) {
            return "nothing";
        }
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
    }

    private JsonObject upload(String name, byte[] content) throws Exception {
        return FileFixture.last(files.upload(write(files.path(name), content.length, false, false), content));
    }

    @Test
    void infectedFilesAndThoseThatCannotBeLookedAtAreNotPutInPlace() throws Exception {
        files.clamd = Optional.of(startClamd().toString());
        byte[] clean = "clean".getBytes(StandardCharsets.UTF_8);
        assertThat(upload("clean", clean).getJsonObject("done").getString("tag"))
                .isNotEmpty();
        JsonObject eicar =
                upload("eicar", EICAR.getBytes(StandardCharsets.US_ASCII)).getJsonObject("error");
        assertThat(eicar.getString("code")).isEqualTo("infected");
        assertThat(eicar.getString("text")).contains("Test.Eicar");
        assertThat(upload("local", "xx a local signature of this test xx".getBytes(StandardCharsets.US_ASCII))
                        .getJsonObject("error")
                        .getString("text"))
                .contains("Test.Local");
        JsonObject large = upload("large", new byte[3_000_000]).getJsonObject("error");
        assertThat(large.getString("code")).isEqualTo("scan-failed");
        assertThat(large.getString("text")).contains("StreamMaxLength");
        assertThat(inside.toFile().list()).containsExactly("clean");
    }

    /** Whoever sends it is gone: nobody waits for the scanner, be it that it takes the file or thinks about it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void breakWhileItIsScannedIsNoFailureOfTheScanner(boolean taken) throws Exception {
        byte[] content = new byte[taken ? 1_000 : 16_000_000];
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (ServerSocket scanner = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            files.clamd = Optional.of("127.0.0.1:" + scanner.getLocalPort());
            Future<Long> rest = files.executor.submit(() -> {
                try (Socket socket = scanner.accept()) {
                    socket.getInputStream().readNBytes(10 + (taken ? 4 + content.length + 4 : 0));
                    asked.countDown();
                    goOn.await();
                    return socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                }
            });
            FileStream stream = new FileStream();
            stream.give(content);
            stream.say(FileFixture.checksum(content));
            stream.end();
            Future<?> upload = files.start(stream, write(files.path("f"), content.length, false, false));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
            stream.lose(EndReason.INTERRUPTED, "", 0);
            goOn.countDown();
            assertThatThrownBy(() -> upload.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(StreamEndedException.class);
            assertThat(rest.get(30, TimeUnit.SECONDS)).isLessThan(content.length);
            assertThat(FileFixture.last(stream)).containsKey("ready");
            assertThat(inside.toFile().list()).isEmpty();
        }
    }

    @Test
    void withoutTheScannerNothingIsPutInPlace() throws Exception {
        files.clamd = Optional.of(folder.resolve("nobody.ctl").toString());
        assertThat(upload("f", new byte[1]).getJsonObject("error").getString("code"))
                .isEqualTo("scan-failed");
        files.clamd = Optional.of("127.0.0.1:1");
        assertThat(upload("f", new byte[1]).getJsonObject("error").getString("code"))
                .isEqualTo("scan-failed");
        assertThat(inside.toFile().list()).isEmpty();
    }
}
