package org.bascule.launcher.part;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bascule.launcher.process.ChildProcess;
import org.jspecify.annotations.Nullable;

/** A program of the demo that can be started, stopped, killed and started again. Thread-safe: one change at a time. */
public abstract class Part {

    private final String name;
    private @Nullable ChildProcess child; // guarded by this

    Part(String name) {
        this.name = name;
    }

    public final String name() {
        return name;
    }

    /** Starts the program; returns when it serves. Does nothing if it runs. */
    public final void start() throws IOException, InterruptedException {
        start(Map.of());
    }

    /** The same with more variables in the environment, for this once. */
    public final synchronized void start(Map<String, String> environment) throws IOException, InterruptedException {
        if (isAlive()) {
            return;
        }
        ChildProcess started = ChildProcess.start(spec().with(environment));
        child = started;
        try {
            awaitReady(started);
        } catch (IOException | InterruptedException | RuntimeException e) {
            started.kill();
            throw e;
        }
    }

    /** Stops the program in order. Does nothing if it does not run. */
    public final synchronized void stop() throws InterruptedException {
        ChildProcess running = child;
        if (running != null) {
            running.stop();
        }
    }

    /** Kills the program (SIGKILL). */
    public final synchronized void kill() throws InterruptedException {
        ChildProcess running = child;
        if (running != null) {
            running.kill();
        }
    }

    /** The process of the last start. */
    public final synchronized Optional<ChildProcess> child() {
        return Optional.ofNullable(child);
    }

    public final synchronized boolean isAlive() {
        return child != null && child.isAlive();
    }

    abstract ChildProcess.Spec spec() throws IOException, InterruptedException;

    /** @throws IOException if the program ended, or was not ready in time */
    abstract void awaitReady(ChildProcess started) throws IOException, InterruptedException;

    /** A question about readiness; an exception counts as no. */
    @FunctionalInterface
    interface Question {
        boolean ask() throws IOException, InterruptedException;
    }

    /** Asks again and again until the answer is yes. */
    final void await(ChildProcess started, Duration limit, Question ready) throws IOException, InterruptedException {
        Instant deadline = Instant.now().plus(limit);
        while (true) {
            if (answer(ready)) {
                return;
            }
            if (!started.isAlive()) {
                throw new IOException(failure(
                        started, "ended with exit code " + started.exitCode().orElse(-1)));
            }
            if (Instant.now().isAfter(deadline)) {
                throw new IOException(failure(started, "was not ready within " + limit.toSeconds() + " s"));
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static boolean answer(Question ready) throws InterruptedException {
        try {
            return ready.ask();
        } catch (IOException e) {
            return false;
        }
    }

    private String failure(ChildProcess started, String what) {
        return name + " " + what + "; last lines of " + started.log() + ":\n"
                + String.join("\n", started.lastLines(20));
    }
}
