package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A relay is killed while a session runs through it. */
@ExtendWith(RunningSystem.class)
class FailoverIT {

    private static final int BYTES = 50 << 20;
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final TheSystem system = TheSystem.get();

    @Test
    void everyByteArrivesOnceThoughTheRelayIsKilled() throws Exception {
        Map<String, String> environment = Map.of(
                "BASCULE_URL", system.agentUrl(),
                "BASCULE_CA", system.ca().toString(),
                "BASCULE_TOKEN", system.user("engineer").apiToken(),
                "XDG_CONFIG_HOME", system.folder("cli-failover").toString());
        List<String> command = List.of(
                java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java")
                        .toString(),
                "-Xmx64m",
                "-jar",
                system.basculeJar().toString(),
                "exec",
                system.device().name(),
                "--",
                "cat");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String killed = "";
        try {
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> write(process.getOutputStream()));
            Received received = new Received(process.getInputStream());
            Thread reader = new Thread(received, "output");
            reader.start();
            Eventually.within(LIMIT, "it runs", () -> received.count.get() > BYTES / 5);
            killed = relay();
            system.demo().kill(killed);
            reader.join(LIMIT.toMillis());
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(received.count.get()).isEqualTo(BYTES);
            String hash = received.hash();
            assertThat(hash).isEqualTo(sent.get(10, TimeUnit.SECONDS));
            System.out.printf(
                    "relay %s killed; SHA-256 both ways %s; longest pause %d ms%n",
                    killed, hash, received.longestPause / 1_000_000);
            assertThat(Duration.ofNanos(received.longestPause))
                    .as("3 s, and slack")
                    .isLessThan(Duration.ofSeconds(10));
        } finally {
            process.destroyForcibly();
            if (!killed.isEmpty()) {
                system.demo().start(killed);
            }
        }
    }

    /** What is typed while there is no relay arrives with the next one, and the session bar names that. */
    @Test
    void aTerminalInTheBrowserGoesOnThroughAnotherRelay() throws Exception {
        String killed = "";
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "engineer");
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            killed = relay();
            system.demo().kill(killed);
            terminal.enter("echo go''es on");
            terminal.await("echo", screen -> screen.lines()
                    .anyMatch(line -> line.strip().equals("goes on")));
            String bar = page.locator(".session-bar").innerText();
            assertThat(bar).contains("End-to-end encrypted").doesNotContain(killed);
            terminal.end();
        } finally {
            if (!killed.isEmpty()) {
                system.demo().start(killed);
            }
        }
    }

    private String relay() {
        List<JsonObject> sessions = system.api("engineer").items("/api/sessions");
        assertThat(sessions).isNotEmpty();
        return sessions.get(0).getString("relay");
    }

    private static String write(OutputStream to) {
        try (OutputStream out = to) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Random random = new Random(1);
            byte[] chunk = new byte[1 << 16];
            for (int done = 0; done < BYTES; done += chunk.length) {
                random.nextBytes(chunk);
                digest.update(chunk);
                out.write(chunk);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads to the end; notes how long nothing came. */
    private static final class Received implements Runnable {
        private final DigestInputStream from;
        final AtomicLong count = new AtomicLong();
        volatile long longestPause;

        Received(InputStream from) throws Exception {
            this.from = new DigestInputStream(from, MessageDigest.getInstance("SHA-256"));
        }

        @Override
        public void run() {
            byte[] buffer = new byte[1 << 16];
            long last = 0;
            try {
                for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                    long now = System.nanoTime();
                    longestPause = last == 0 ? 0 : Math.max(longestPause, now - last);
                    last = now;
                    count.addAndGet(length);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String hash() {
            return HexFormat.of().formatHex(from.getMessageDigest().digest());
        }
    }
}
