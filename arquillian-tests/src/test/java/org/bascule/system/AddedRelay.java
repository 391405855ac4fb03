package org.bascule.system;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One more relay for the running system, added as {@code docs/operations.md} says: the script with a file of settings, then an operator's approval. As there it listens on all addresses of this machine. */
final class AddedRelay implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String RELAYS = "/api/installation/relays";
    private static final Path SCRIPT = Path.of("..", "ear", "launcher", "target", "install", "scripts", "relay.sh");

    private final TheSystem system;
    private final String id;
    private final int port;
    private final int opsPort;
    private final Program program;
    private boolean approved;

    private AddedRelay(TheSystem system, String id, int port, int opsPort, Program program) {
        this.system = system;
        this.id = id;
        this.port = port;
        this.opsPort = opsPort;
        this.program = program;
    }

    /**
     * Starts it, at a name of this machine; {@link #approve()} waits for it.
     *
     * @param name what its id begins with: another try has another key, and is another relay
     */
    static AddedRelay start(TheSystem system, String name, String host) {
        int port = FreePorts.next();
        int opsPort = FreePorts.next();
        String id = name + "-" + port;
        Path folder = system.folder(id);
        String settings =
                """
                ACCESS_URL=%s
                ACCESS_CA_FILE=%s
                ROOT_HASH=%s
                RELAY_ID=%s
                RELAY_URL=wss://%s:%d/relay
                RELAY_OPS_PORT=%d
                RELAY_FOLDER=%s
                TLS_KEYSTORE=%s
                TLS_KEYSTORE_PASSWORD_FILE=%s
                JVM_OPTIONS='-Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1'
                """
                        .formatted(
                                system.agentUrl(),
                                system.ca(),
                                system.rootHash(),
                                id,
                                host,
                                port,
                                opsPort,
                                folder,
                                TheSystem.serverKeyStore(),
                                TheSystem.secretFile("tls"));
        try {
            Path file = Files.writeString(Files.createDirectories(folder).resolve("relay.conf"), settings);
            Program program = Program.start(
                    Map.of("JAVA_HOME", System.getProperty("java.home")),
                    List.of("sh", SCRIPT.toAbsolutePath().normalize().toString(), file.toString()));
            return new AddedRelay(system, id, port, opsPort, program);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When it has made itself known an operator compares the words, and sessions use it. Done once. */
    void approve() {
        if (approved) {
            return;
        }
        Api operator = system.api("automation");
        Eventually.within(LIMIT, id + " is there", () -> seen(operator).isPresent());
        String words = seen(operator).orElseThrow().getString("words");
        Eventually.within(
                LIMIT, id + " shows its words", () -> (program.outputSoFar() + program.errorSoFar()).contains(words));
        Api.expect(204, operator.post(RELAYS + "/" + id + "/approve", WalkThings.body("words", words)));
        Eventually.within(LIMIT, id + " is used", () -> isUsed(operator));
        approved = true;
    }

    /** Whether it is to be empty; waits until it is so. */
    void drain(boolean drain) {
        Eventually.within(LIMIT, id + (drain ? " is left" : " is used"), () -> {
            try {
                Api operator = system.api("automation");
                operator.put(RELAYS + "/" + id + "/drain", "{\"drain\":" + drain + "}");
                return isUsed(operator) != drain;
            } catch (AssertionError e) {
                // the access server has just been started
                return false;
            }
        });
    }

    /** New sessions may use it. */
    private boolean isUsed(Api operator) {
        return operator.getJson("/api/relays").getJsonArray("relays").getValuesAs(JsonObject.class).stream()
                .anyMatch(relay -> relay.getString("id").equals(id));
    }

    private Optional<JsonObject> seen(Api operator) {
        return operator.items(RELAYS).stream()
                .filter(relay -> relay.getString("id").equals(id))
                .findFirst();
    }

    String id() {
        return id;
    }

    int port() {
        return port;
    }

    /** Health and metrics. */
    int opsPort() {
        return opsPort;
    }

    List<Listener> listeners() throws IOException {
        return Listener.of(program.pid());
    }

    @Override
    public void close() {
        program.close();
        Api.expect(
                204, system.api("automation").send("DELETE", RELAYS + "/" + id, HttpRequest.BodyPublishers.noBody()));
    }
}
