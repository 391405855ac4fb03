package org.bascule.system;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One of our programs as a real process of its own. */
final class Program implements AutoCloseable {

    /** What a finished program left behind. */
    record Result(int exit, byte[] outputBytes, String error) {
        String output() {
            return new String(outputBytes, StandardCharsets.UTF_8);
        }
    }

    private final Process process;
    private final Collector output;
    private final Collector error;

    private Program(Process process) {
        this.process = process;
        this.output = new Collector(process.getInputStream());
        this.error = new Collector(process.getErrorStream());
    }

    static Program start(Map<String, String> environment, Path jar, String... arguments) {
        return start(environment, command(jar, arguments));
    }

    static List<String> command(Path jar, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-jar",
                jar.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    static Program start(Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        // many agents run on this one machine
        builder.environment().put("BASCULE_AGENT_HARDWARE", "none");
        builder.environment().putAll(environment);
        try {
            return new Program(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Gives it standard input, all of it, and waits for its end. */
    Result finish(byte[] input, Duration limit) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // it does not read
        }
        return finish(limit);
    }

    Result finish(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("still running after " + limit + ": " + process.info() + "\n" + error.text());
            }
            return new Result(process.exitValue(), output.all(), new String(error.all(), StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    String errorSoFar() {
        return error.text();
    }

    String outputSoFar() {
        return output.text();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    private static final class Collector {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Collector(InputStream in) {
            thread = new Thread(() -> {
                byte[] buffer = new byte[8_192];
                try {
                    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                        synchronized (bytes) {
                            bytes.write(buffer, 0, n);
                        }
                    }
                } catch (IOException e) {
                    // the process has gone
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        byte[] all() throws InterruptedException {
            thread.join(5_000);
            synchronized (bytes) {
                return bytes.toByteArray();
            }
        }

        String text() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
