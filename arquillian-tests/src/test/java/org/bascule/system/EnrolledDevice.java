package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A device of a test's own with a real agent, which runs until it is closed. Its sessions have the account of the sample device. */
final class EnrolledDevice implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TheSystem system;
    private final Path folder;
    private final String uid;
    private final Function<Path, Program> run;
    private Program agent;

    private EnrolledDevice(TheSystem system, Path folder, String uid, Function<Path, Program> run, Program agent) {
        this.system = system;
        this.folder = folder;
        this.uid = uid;
        this.run = run;
        this.agent = agent;
    }

    /** @param name of the device, and of the agent's folder */
    static EnrolledDevice start(TheSystem system, String name) {
        return start(
                system, name, folder -> Program.start(Map.of(), system.agentJar(), "run", "--dir", folder.toString()));
    }

    /** @param run starts the agent with its folder */
    static EnrolledDevice start(TheSystem system, String name, Function<Path, Program> run) {
        return start(system, name, system.agentUrl(), List.of(), run);
    }

    /**
     * The same elsewhere.
     *
     * @param server by which the agent knows the access server
     * @param options more ones of its enrolment
     */
    static EnrolledDevice start(
            TheSystem system, String name, String server, List<String> options, Function<Path, Program> run) {
        Api api = system.api("automation");
        Path folder = system.folder(name);
        String account = api.getJson("/api/devices/" + system.device().uid()).getString("account");
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--account", account));
        Program.Result enrolled =
                system.enrol(server, system.ca(), folder, api.enrolmentToken(1, 600), name, all.toArray(String[]::new));
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        Program agent = run.apply(folder);
        // an earlier run may have left another one of this name
        List<String> online = new ArrayList<>();
        Eventually.within(LIMIT, "online", () -> {
            api.items("/api/devices?limit=200&q=" + name).stream()
                    .filter(device -> device.getString("state").equals("online"))
                    .forEach(device -> online.add(device.getString("uid")));
            return !online.isEmpty();
        });
        String path = "/api/devices/" + online.get(0);
        String body = Json.createObjectBuilder().add("account", account).build().toString();
        String etag = api.getJson(path).getString("etag");
        Api.expect(200, api.patch(path, body, "If-Match", "\"" + etag + "\""));
        return new EnrolledDevice(system, folder, online.get(0), run, agent);
    }

    String uid() {
        return uid;
    }

    /** Of the agent. */
    Path folder() {
        return folder;
    }

    ProcessHandle agent() {
        return agent.handle();
    }

    /** {@code kill -9}; what it started may live a moment longer. */
    void kill() {
        agent.handle().destroyForcibly();
        assertThat(agent.finish(LIMIT).exit()).isEqualTo(128 + 9);
    }

    /** Another one in place of the agent that was killed. */
    void startAgain() {
        agent = run.apply(folder);
    }

    /** The same; returns when the access server has it again. */
    void startAgainOnline() {
        Eventually.within(LIMIT, "it is gone", () -> !isOnline());
        startAgain();
        Eventually.within(LIMIT, "it is back", this::isOnline);
    }

    private boolean isOnline() {
        return system.api("automation")
                .getJson("/api/devices/" + uid)
                .getString("state")
                .equals("online");
    }

    /** The owner's policy names these displays. */
    void shows(String... displays) {
        String names = String.join("\",\"", displays);
        policy(displays.length == 0 ? "{\"displays\":[]}" : "{\"displays\":[\"" + names + "\"]}");
    }

    /** The owner's, as a whole. */
    void policy(String json) {
        try {
            Files.writeString(folder.resolve("policy.json"), json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What somebody at the device says on the command line of the agent. */
    Program.Result says(String... arguments) {
        try (Program program = starts(arguments)) {
            return program.finish(new byte[0], LIMIT);
        }
    }

    /** The same, which goes on. */
    Program starts(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--dir", folder.toString()));
        return Program.start(Map.of(), system.agentJar(), all.toArray(String[]::new));
    }

    @Override
    public void close() {
        agent.close();
    }
}
