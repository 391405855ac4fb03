package org.bascule.launcher.part;

import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.launcher.process.ChildProcess;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.state.PrivateFiles;

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
        if (!account.canLogIn()) {
            nameShell();
        }
    }

    /** The account's own shell refuses to start; the policy of the device names another. */
    private void nameShell() throws IOException {
        Path policy = folder.resolve("policy.json");
        try (Reader in = Files.newBufferedReader(policy);
                JsonReader reader = Json.createReader(in)) {
            PrivateFiles.write(
                    policy,
                    Json.createObjectBuilder(reader.readObject())
                                    .add("shell", "/bin/sh")
                                    .build() + "\n");
        }
    }

    @Override
    ChildProcess.Spec spec() throws IOException {
        return new ChildProcess.Spec(
                name(),
                List.of(
                        Installation.java(),
                        // as in the agent's start script; the optimising compiler stays, for AES-GCM
                        "-Xms8m",
                        "-Xmx40m",
                        "-Xss256k",
                        "-XX:+UseSerialGC",
                        "-XX:ReservedCodeCacheSize=32m",
                        "-XX:MinHeapFreeRatio=10",
                        "-XX:MaxHeapFreeRatio=30",
                        "-XX:-UsePerfData",
                        "-jar",
                        installation.file("bascule-agent.jar").toString(),
                        "run",
                        "--dir",
                        folder.toString()),
                Files.createDirectories(folder),
                Map.of("MALLOC_ARENA_MAX", "2", "MALLOC_TRIM_THRESHOLD_", "131072"),
                Optional.empty(),
                logs,
                Duration.ofSeconds(5));
    }

    /** The agent is a client: whether it is online is known at the access server. */
    @Override
    void awaitReady(ChildProcess started) {}
}
