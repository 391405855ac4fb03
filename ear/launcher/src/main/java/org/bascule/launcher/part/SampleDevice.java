package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.launcher.process.ChildProcess;
import org.bascule.launcher.process.Commands;

/** An agent on this machine: an ordinary agent, enrolled by an ordinary token. */
public final class SampleDevice extends Part {

    private final Installation installation;
    private final Path folder;
    private final Path logs;

    public SampleDevice(Installation installation, Path folder, Path logs) {
        super("device");
        this.installation = installation;
        this.folder = folder;
        this.logs = logs;
    }

    /** Enrols the device. The token travels in the environment, which other users cannot see. */
    public void enrol(String server, String token, String name, LocalAccount account, Path caFile)
            throws IOException, InterruptedException {
        Folders.delete(folder);
        Commands.run(
                "device-enrol",
                List.of(
                        Installation.java(),
                        "-jar",
                        installation.file("bascule-agent.jar").toString(),
                        "enrol",
                        "--server",
                        server,
                        "--name",
                        name,
                        "--account",
                        account.name(),
                        "--ca",
                        caFile.toString(),
                        "--dir",
                        folder.toString()),
                installation.home(),
                Map.of("BASCULE_ENROLMENT_TOKEN", token),
                logs,
                Duration.ofMinutes(1));
    }

    @Override
    ChildProcess.Spec spec() throws IOException {
        return new ChildProcess.Spec(
                name(),
                List.of(
                        Installation.java(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xss512k",
                        "-Xmx32m",
                        "-Xshare:auto",
                        "-jar",
                        installation.file("bascule-agent.jar").toString(),
                        "run",
                        "--dir",
                        folder.toString()),
                Files.createDirectories(folder),
                Map.of(),
                Optional.empty(),
                logs,
                Duration.ofSeconds(5));
    }

    /** The agent is a client: whether it is online is known at the access server. */
    @Override
    void awaitReady(ChildProcess started) {}
}
