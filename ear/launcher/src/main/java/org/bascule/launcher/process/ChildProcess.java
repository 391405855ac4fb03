package org.bascule.launcher.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One running program under guard.
 *
 * <p>Guarantees: the program ends when this JVM ends, also by {@code kill -9}; it does not get the Ctrl-C of the terminal; its output goes
 * to a log of bounded size. {@link #pid} is the program's own process id, not that of a wrapper.
 */
public final class ChildProcess {

    /** Variable with a file that says {@code "ready": true}: that becomes false if this JVM ends without having stopped the program. The program does not get it. */
    public static final String DESCRIPTION = "GUARD_DESCRIPTION";

    private static final long LOG_BYTES = 4L << 20;
    private static final boolean SETSID = Files.isExecutable(Path.of("/usr/bin/setsid"));

    /**
     * What to run.
     *
     * @param name for messages and files, lower case with hyphens
     * @param command program and arguments
     * @param directory working directory
     * @param environment added to this process's environment
     * @param input file that becomes the program's standard input
     * @param logs folder of {@code NAME.log} for the output; the older half is beside it with the ending {@code .1}
     * @param grace how long the program may take to stop before it is killed
     */
    public record Spec(
            String name,
            List<String> command,
            Path directory,
            Map<String, String> environment,
            Optional<Path> input,
            Path logs,
            Duration grace) {

        public Spec {
            if (!name.matches("[a-z0-9-]+")) {
                throw new IllegalArgumentException("child name " + name + " is not lower case with hyphens");
            }
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }

        /** The same with more variables in the environment. */
        public Spec with(Map<String, String> variables) {
            Map<String, String> all = new HashMap<>(environment);
            all.putAll(variables);
            return new Spec(name, command, directory, all, input, logs, grace);
        }

        Path log() {
            return logs.resolve(name + ".log");
        }
    }

    private final Spec spec;
    private final Process process;
    private final OutputStream lifeline;
    private final BoundedLog log;
    private volatile boolean wanted = true;

    private ChildProcess(Spec spec, Process process, BoundedLog log) {
        this.spec = spec;
        this.process = process;
        this.lifeline = process.getOutputStream();
        this.log = log;
        process.onExit().thenRun(this::release);
    }

    /**
     * Starts the program.
     *
     * @throws IOException if it cannot be started; a program that ends at once is seen by {@link #onExit}
     */
    public static ChildProcess start(Spec spec) throws IOException {
        Files.createDirectories(spec.directory());
        BoundedLog log = BoundedLog.in(spec.logs(), spec.name(), LOG_BYTES);
        List<String> command = new ArrayList<>();
        if (SETSID) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(List.of("sh", guard(spec.logs()).toString()));
        command.add(Long.toString(spec.grace().toSeconds()));
        command.addAll(spec.command());
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(spec.directory().toFile()).redirectErrorStream(true);
        builder.environment().putAll(spec.environment());
        spec.input().ifPresent(file -> builder.environment().put("GUARD_INPUT", file.toString()));
        Process process = builder.start();
        log.follow(process.getInputStream(), spec.name());
        return new ChildProcess(spec, process, log);
    }

    private static Path guard(Path folder) throws IOException {
        Path script = folder.resolve("guard.sh");
        try (InputStream in = ChildProcess.class.getResourceAsStream("guard.sh")) {
            if (in == null) {
                throw new IllegalStateException("guard.sh is not packaged");
            }
            byte[] text = in.readAllBytes();
            if (!Files.exists(script) || !Arrays.equals(Files.readAllBytes(script), text)) {
                Path fresh = Files.createTempFile(folder, "guard", ".sh");
                Files.write(fresh, text);
                Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return script;
    }

    public String name() {
        return spec.name();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with this when the program has ended, for whatever reason. */
    public CompletableFuture<ChildProcess> onExit() {
        return process.onExit().thenApply(ended -> this);
    }

    /** Whether the end of the program was asked for, by {@link #stop} or {@link #kill}. */
    public boolean endWasWanted() {
        return !wanted;
    }

    /** The exit code, or empty while the program runs. A signal n is 128 + n. */
    public Optional<Integer> exitCode() {
        return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
    }

    /** The last lines that the program wrote. */
    public List<String> lastLines(int count) {
        return log.lastLines(count);
    }

    public Path log() {
        return spec.log();
    }

    /** Lets the program stop in order, waits for it, and kills it after the grace. Idempotent. */
    public void stop() throws InterruptedException {
        wanted = false;
        sayStop();
        release();
        if (!process.waitFor(spec.grace().toMillis() + 5_000, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly();
            process.waitFor(10, TimeUnit.SECONDS);
        }
        log.awaitEnd();
    }

    /** Kills the program at once (SIGKILL) and waits until it is gone. */
    public void kill() throws InterruptedException {
        wanted = false;
        // first, for what follows closes the lifeline while the program may not be gone yet
        sayStop();
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
        release();
        log.awaitEnd();
    }

    /** Tells the guard that this is no end of this JVM. */
    private void sayStop() {
        try {
            lifeline.write("stop\n".getBytes(StandardCharsets.US_ASCII));
            lifeline.flush();
        } catch (IOException e) {
            System.getLogger(ChildProcess.class.getName())
                    .log(System.Logger.Level.DEBUG, "{0} has ended already: {1}", spec.name(), e.getMessage());
        }
    }

    private void release() {
        try {
            lifeline.close();
        } catch (IOException e) {
            System.getLogger(ChildProcess.class.getName())
                    .log(System.Logger.Level.DEBUG, "lifeline of {0}: {1}", spec.name(), e.getMessage());
        }
    }
}
