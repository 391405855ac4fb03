package org.bascule.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** {@code bascule exec DEVICE -- cat} as a process: what is written to it comes back, so the same bytes go both ways at once. */
final class EchoedStream implements AutoCloseable {

    private static final int CHUNK = 1 << 16;

    private static final long TRICKLE_MS = 100;

    private final Process process;
    private final Path error;
    private final AtomicLong received = new AtomicLong();
    private final Object gate = new Object();
    // guarded by gate
    private long bytes;
    private long allowed;

    private final CompletableFuture<String> sent;
    private final CompletableFuture<String> echoed;
    private volatile long longestPause;
    /** When something came, or began to be awaited. */
    private volatile long last = System.nanoTime();

    /**
     * Starts it; nothing is sent yet.
     *
     * @param bytes to send in all, a multiple of 64 KiB
     */
    EchoedStream(TheSystem system, long bytes) throws IOException {
        this(system, bytes, List.of(), system.device().uid());
    }

    /**
     * The same elsewhere.
     *
     * @param starter what comes before the command
     * @param device its uid
     */
    EchoedStream(TheSystem system, long bytes, List<String> starter, String device) throws IOException {
        this.bytes = bytes;
        Path folder = system.folder("cli-failover");
        error = folder.resolveSibling(folder.getFileName() + ".err");
        List<String> command = new ArrayList<>(starter);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-jar",
                system.basculeJar().toString(),
                "exec",
                device,
                "--",
                "cat"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(error.toFile());
        builder.environment()
                .putAll(Map.of(
                        "BASCULE_URL", system.agentUrl(),
                        "BASCULE_CA", system.ca().toString(),
                        "BASCULE_TOKEN", system.user("engineer").apiToken(),
                        "XDG_CONFIG_HOME", folder.toString()));
        process = builder.start();
        sent = CompletableFuture.supplyAsync(() -> write(process.getOutputStream()));
        echoed = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
    }

    /** Sends on until so many bytes were sent since the start. */
    void sendUpTo(long count) {
        synchronized (gate) {
            if (received.get() >= allowed) {
                last = System.nanoTime();
            }
            allowed = Math.min(count, bytes);
            gate.notifyAll();
        }
    }

    /** Sends 64 KiB every 100 ms as long as that waits. */
    void trickleUntil(Future<?> done) throws Exception {
        while (!done.isDone()) {
            synchronized (gate) {
                sendUpTo(allowed + CHUNK);
            }
            TimeUnit.MILLISECONDS.sleep(TRICKLE_MS);
        }
        done.get();
    }

    /** The same for a time. */
    void trickleFor(Duration time) throws Exception {
        trickleUntil(CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(time.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** Nothing is sent beyond what was allowed; all of that comes back. @return how much that is */
    long finish() {
        synchronized (gate) {
            bytes = allowed;
            gate.notifyAll();
            return bytes;
        }
    }

    /** Number of bytes that may be sent so far. */
    long allowed() {
        synchronized (gate) {
            return allowed;
        }
    }

    /** Number of bytes that came back. */
    long received() {
        return received.get();
    }

    /** The longest time without anything, though something was to come, since this was asked last. */
    Duration longestPause() {
        long longest = longestPause;
        longestPause = 0;
        return Duration.ofNanos(longest);
    }

    /** Waits for the end of the process. */
    int exitCode(Duration within) throws InterruptedException {
        if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError(
                    "still running, " + received + " bytes of " + allowed() + " came back: " + error());
        }
        return process.exitValue();
    }

    /** Its process, in which nothing else runs. */
    long pid() {
        return process.pid();
    }

    /** What it said on standard error. */
    String error() {
        try {
            return Files.readString(error);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SHA-256 of what was sent. */
    String sent() throws InterruptedException, ExecutionException, TimeoutException {
        return sent.get(20, TimeUnit.SECONDS);
    }

    /** SHA-256 of what came back. */
    String echoed() throws InterruptedException, ExecutionException, TimeoutException {
        return echoed.get(20, TimeUnit.SECONDS);
    }

    private String write(OutputStream to) {
        try (OutputStream out = to) {
            MessageDigest digest = sha256();
            Random random = new Random(1);
            byte[] chunk = new byte[CHUNK];
            for (long done = 0; awaitAllowed(done); done += chunk.length) {
                random.nextBytes(chunk);
                digest.update(chunk);
                out.write(chunk);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean awaitAllowed(long done) throws InterruptedException {
        synchronized (gate) {
            while (allowed <= done && done < bytes) {
                gate.wait();
            }
            return done < bytes;
        }
    }

    private String read(InputStream from) {
        try {
            MessageDigest digest = sha256();
            byte[] buffer = new byte[CHUNK];
            for (int length = from.read(buffer); length >= 0; length = from.read(buffer)) {
                long now = System.nanoTime();
                longestPause = received.get() == 0 ? 0 : Math.max(longestPause, now - last);
                last = now;
                digest.update(buffer, 0, length);
                received.addAndGet(length);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
