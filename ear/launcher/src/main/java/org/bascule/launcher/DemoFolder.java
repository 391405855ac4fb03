package org.bascule.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.bascule.launcher.process.FolderLock;
import org.bascule.launcher.process.Ports;
import org.bascule.launcher.state.Folders;
import org.bascule.launcher.state.PrivateFiles;

/** The folder of one demo: what lies where, and what the last run left. */
final class DemoFolder implements AutoCloseable {

    private static final Duration LEFTOVERS = Duration.ofSeconds(60);

    private final Path folder;
    private final FolderLock lock;

    private DemoFolder(Path folder, FolderLock lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * Takes the folder. If a launcher was killed here a moment ago, its programs are still closing their files: waits for them.
     *
     * @throws IOException if a demo is running here
     */
    static DemoFolder take(Path folder, DemoOptions.Extent extent) throws IOException, InterruptedException {
        FolderLock lock = FolderLock.take(folder);
        try {
            DemoFolder taken = new DemoFolder(folder, lock);
            taken.awaitLeftovers();
            taken.forgetInterruptedStart(extent);
            PrivateFiles.folder(taken.state());
            Files.createDirectories(taken.logs());
            return taken;
        } catch (IOException | InterruptedException e) {
            lock.close();
            throw e;
        }
    }

    Path description() {
        return folder.resolve("demo.json");
    }

    Path state() {
        return folder.resolve("state");
    }

    Path logs() {
        return folder.resolve("logs");
    }

    /** Notes that everything was set up once; the next start goes on from here. */
    void complete(DemoOptions.Extent extent) throws IOException {
        PrivateFiles.write(completed(extent), "");
    }

    /** What an interrupted first start leaves (half a schema, say) is of no use to anybody. */
    private void forgetInterruptedStart(DemoOptions.Extent extent) throws IOException {
        boolean whole = Files.exists(completed(DemoOptions.Extent.EVERYTHING)) || Files.exists(completed(extent));
        if (!whole) {
            Folders.delete(state());
        }
    }

    /** Without the application less is complete. */
    private Path completed(DemoOptions.Extent extent) {
        return state().resolve(extent == DemoOptions.Extent.SERVERS ? "complete-servers" : "complete");
    }

    /**
     * Free ports by name, kept for the next start.
     *
     * @param usual where there was no start before
     * @param asked for this start, before those of the last one
     */
    Map<String, Integer> choosePorts(Map<String, Integer> usual, Map<String, Integer> asked) throws IOException {
        Map<String, Integer> preferred = new LinkedHashMap<>(usual);
        preferred.putAll(lastPorts());
        preferred.putAll(asked);
        Map<String, Integer> chosen = Ports.choose(preferred);
        StringBuilder text = new StringBuilder();
        chosen.forEach(
                (name, port) -> text.append(name).append('=').append(port).append('\n'));
        PrivateFiles.write(ports(), text.toString());
        return chosen;
    }

    /** The ports of the last run; empty at the first. */
    Map<String, Integer> lastPorts() throws IOException {
        Properties kept = new Properties();
        if (Files.exists(ports())) {
            try (InputStream in = Files.newInputStream(ports())) {
                kept.load(in);
            }
        }
        Map<String, Integer> last = new LinkedHashMap<>();
        kept.forEach((name, port) -> last.put(name.toString(), Integer.valueOf(port.toString())));
        return last;
    }

    private Path ports() {
        return state().resolve("ports.properties");
    }

    private void awaitLeftovers() throws IOException, InterruptedException {
        if (!Files.exists(description())) {
            return;
        }
        Instant written = Files.getLastModifiedTime(description()).toInstant();
        List<DemoDescription.RunningProcess> processes = lastProcesses();
        Files.delete(description());
        Instant deadline = Instant.now().plus(LEFTOVERS);
        for (DemoDescription.RunningProcess process : processes) {
            while (isLeftover(process.pid(), written)) {
                if (Instant.now().isAfter(deadline)) {
                    throw new IOException("a " + process.name() + " of the last run (process " + process.pid()
                            + ") does not end; stop it first");
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    private List<DemoDescription.RunningProcess> lastProcesses() {
        try {
            return DemoDescription.read(description()).processes();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** A process id may belong to somebody else by now, who started after the description was written. */
    private static boolean isLeftover(long pid, Instant written) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(handle -> Optional.of(handle.info().startInstant().orElse(Instant.MIN)))
                .filter(start -> start.isBefore(written))
                .isPresent();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
