package org.bascule.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bascule.launcher.part.Part;
import org.bascule.launcher.process.ChildProcess;

/**
 * A demo that runs. Thread-safe.
 *
 * <p>Parts, in the order in which they are stopped: {@code device}, {@code relay-2}, {@code relay-1}, {@code access-server}, {@code keycloak},
 * {@code database}. A part that ends without being asked completes {@link #failure}; the rest goes on until {@link #close}.
 */
public final class RunningDemo implements AutoCloseable {

    private static final List<String> STOP_ORDER =
            List.of("device", "relay-2", "relay-1", "access-server", "keycloak", "database");

    private final DemoFolder folder;
    private final Progress output;
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private final Object lock = new Object();
    // guarded by lock
    private final Map<String, Part> parts = new LinkedHashMap<>();
    private Optional<DemoDescription> description = Optional.empty();
    private boolean closed;

    RunningDemo(DemoFolder folder, Progress output) {
        this.folder = folder;
        this.output = output;
    }

    /** What runs. Process ids are those of now. */
    public DemoDescription description() {
        synchronized (lock) {
            return description
                    .orElseThrow(() -> new IllegalStateException("the demo has not started yet"))
                    .withProcesses(processes());
        }
    }

    /** Where the description is. */
    public Path descriptionFile() {
        return folder.description();
    }

    /** Logs, one file for each part. */
    public Path logs() {
        return folder.logs();
    }

    /** Completes with a report for people when a part has ended by itself. */
    public CompletableFuture<String> failure() {
        return failure;
    }

    /** Kills a part (SIGKILL) and returns when it is gone. This is no {@link #failure}. */
    public void kill(String part) throws InterruptedException {
        part(part).kill();
    }

    /** Stops a part in order. */
    public void stop(String part) throws InterruptedException {
        part(part).stop();
    }

    /** Starts a part that was stopped or killed; returns when it serves (a device: when its process runs). */
    public void start(String part) throws IOException, InterruptedException {
        start(part, Map.of());
    }

    /** The same with more variables in its environment, for this once: settings that differ for a test. */
    public void start(String part, Map<String, String> environment) throws IOException, InterruptedException {
        launch(part(part), environment);
        publish();
    }

    /** Stops a part in order and starts it. */
    public void restart(String part) throws IOException, InterruptedException {
        stop(part);
        start(part);
    }

    /** The process id of a part, if it runs. */
    public Optional<Long> pid(String part) {
        return part(part).child().filter(ChildProcess::isAlive).map(ChildProcess::pid);
    }

    /** Stops everything in order. Idempotent. */
    @Override
    public void close() throws IOException, InterruptedException {
        List<Part> all;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            all = new ArrayList<>(parts.values());
        }
        all.sort(Comparator.comparingInt(part -> STOP_ORDER.indexOf(part.name())));
        for (Part part : all) {
            if (part.isAlive()) {
                part.stop();
                output.say(part.name() + " stopped");
            }
        }
        Files.deleteIfExists(folder.description());
        folder.close();
    }

    /** Starts a part of this demo and watches it. */
    void launch(Part part) throws IOException, InterruptedException {
        launch(part, Map.of());
    }

    private void launch(Part part, Map<String, String> environment) throws IOException, InterruptedException {
        synchronized (lock) {
            if (closed) {
                throw new IOException("the demo is being stopped");
            }
            parts.put(part.name(), part);
        }
        Map<String, String> watched = new HashMap<>(environment);
        watched.put(ChildProcess.DESCRIPTION, folder.description().toString());
        part.start(watched);
        part.child().ifPresent(child -> child.onExit().thenAccept(this::ended));
        boolean late;
        synchronized (lock) {
            late = closed;
        }
        if (late) {
            part.stop();
        }
    }

    /** Starts the same program anew after it was stopped for its own configuration. */
    void register(Part part) {
        synchronized (lock) {
            parts.put(part.name(), part);
        }
    }

    void describe(DemoDescription whatRuns) throws IOException {
        synchronized (lock) {
            description = Optional.of(whatRuns);
        }
        publish();
    }

    private void publish() throws IOException {
        synchronized (lock) {
            if (description.isPresent() && !closed) {
                description.get().withProcesses(processes()).write(folder.description());
            }
        }
    }

    private List<DemoDescription.RunningProcess> processes() {
        List<DemoDescription.RunningProcess> running = new ArrayList<>();
        synchronized (lock) {
            for (Part part : parts.values()) {
                part.child()
                        .filter(ChildProcess::isAlive)
                        .ifPresent(child -> running.add(new DemoDescription.RunningProcess(part.name(), child.pid())));
            }
        }
        return running;
    }

    private void ended(ChildProcess child) {
        if (!child.endWasWanted()) {
            failure.complete(
                    child.name() + " ended with exit code " + child.exitCode().orElse(-1) + "; last lines of "
                            + child.log() + ":\n" + String.join("\n", child.lastLines(20)));
        }
    }

    private Part part(String name) {
        synchronized (lock) {
            Part part = parts.get(name);
            if (part == null) {
                throw new IllegalArgumentException("there is no part " + name + "; there are " + parts.keySet());
            }
            return part;
        }
    }
}
