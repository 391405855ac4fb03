package org.bascule.launcher.part;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.launcher.process.ChildProcess;
import org.bascule.launcher.process.Commands;
import org.bascule.launcher.state.Folders;

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
        List<String> command = new ArrayList<>(program("enrol"));
        command.addAll(
                List.of("--server", server, "--name", name, "--account", account.name(), "--ca", caFile.toString()));
        if (!account.canLogIn()) {
            command.addAll(List.of("--shell", "/bin/sh"));
        }
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("BASCULE_ENROLMENT_TOKEN", token);
        Commands.run("device-enrol", command, installation.home(), environment, logs, Duration.ofMinutes(1));
    }

    @Override
    ChildProcess.Spec spec() throws IOException {
        return new ChildProcess.Spec(
                name(),
                program("run"),
                Files.createDirectories(folder),
                environment(),
                Optional.empty(),
                logs,
                Duration.ofSeconds(5));
    }

    private List<String> program(String verb) throws IOException {
        return List.of("sh", installation.file("bascule-agent").toString(), verb, "--dir", folder.toString());
    }

    private static Map<String, String> environment() {
        // this machine itself stays free for an agent that somebody tries out against the demo
        return Map.of("JAVA_HOME", System.getProperty("java.home"), "BASCULE_AGENT_HARDWARE", "sample device");
    }

    /** The agent is a client: whether it is online is known at the access server. */
    @Override
    void awaitReady(ChildProcess started) {}
}
