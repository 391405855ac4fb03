package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.bascule.launcher.process.ChildProcess;

/** A relay on Payara Micro, run by the administrator's script. It gets no account of any database. */
public final class Relay extends Part {

    private final Installation installation;
    private final Path settings;
    private final Path folder;
    private final Path logs;

    public Relay(String id, Installation installation, Path settings, Path folder, Path logs) {
        super(id);
        this.installation = installation;
        this.settings = settings;
        this.folder = folder;
        this.logs = logs;
    }

    @Override
    ChildProcess.Spec spec() throws IOException {
        Files.createDirectories(folder);
        return new ChildProcess.Spec(
                name(),
                installation.shell("relay.sh", settings),
                folder,
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                Optional.empty(),
                logs,
                Duration.ofSeconds(15));
    }

    @Override
    void awaitReady(ChildProcess started) throws IOException, InterruptedException {
        await(started, Duration.ofMinutes(3), () -> started.lastLines(40).stream()
                .anyMatch(line -> line.contains("ready in")));
    }
}
