package org.bascule.launcher;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.JsonWriterFactory;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bascule.launcher.state.PrivateFiles;
import org.bascule.wire.Json;

/**
 * What runs, where, and how to get in: the content of {@code demo.json} (mode 0600: it holds passwords).
 *
 * @param ready whether everything runs; a reader waits for true. What watches over the programs makes it false when the launcher is gone without having stopped them
 * @param url the web application, without TLS on the loopback interface: a secure context for browsers, without certificate warnings
 * @param agentUrl the same server by TLS, for agents and the command line
 * @param caFile PEM of the certification authority of {@code agentUrl} and the relays
 * @param domain the domain to sign in to
 * @param keycloak Keycloak's address
 * @param processes by part
 */
public record DemoDescription(
        boolean ready,
        String url,
        String agentUrl,
        Path caFile,
        String domain,
        String keycloak,
        List<User> users,
        List<Device> devices,
        List<RelayServer> relays,
        List<RunningProcess> processes,
        Database database) {

    /**
     * A user.
     *
     * @param password as it was at the beginning; the administrator has to change it at the first sign-in
     * @param secondFactor the TOTP secret, where one is enrolled
     * @param apiToken an offline token of the client {@code bascule-cli}, for {@code BASCULE_TOKEN}
     */
    public record User(
            String domain, String name, String password, Optional<String> secondFactor, Optional<String> apiToken) {

        @Override
        public String toString() {
            return "User[" + name + "@" + domain + ", [REDACTED]]";
        }
    }

    /** A device that is enrolled. */
    public record Device(String uid, String name) {}

    /** A relay: {@code url} for browsers, {@code nativeUrl} by TLS. */
    public record RelayServer(String id, String url, String nativeUrl) {}

    /** A process of the demo. */
    public record RunningProcess(String name, long pid) {}

    /** The database server, with its administrator: demo only. */
    public record Database(String host, int port, String user, String password) {

        @Override
        public String toString() {
            return "Database[" + host + ":" + port + ", " + user + ", [REDACTED]]";
        }
    }

    public DemoDescription {
        users = List.copyOf(users);
        devices = List.copyOf(devices);
        relays = List.copyOf(relays);
        processes = List.copyOf(processes);
    }

    /** The user of that name in the first domain. */
    public User user(String name) {
        return user(domain, name);
    }

    /** The user of that name in a domain. */
    public User user(String inDomain, String name) {
        return users.stream()
                .filter(user -> user.domain().equals(inDomain) && user.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no user " + name + " in " + inDomain));
    }

    DemoDescription withReady(boolean value) {
        return new DemoDescription(
                value, url, agentUrl, caFile, domain, keycloak, users, devices, relays, processes, database);
    }

    DemoDescription withProcesses(List<RunningProcess> others) {
        return new DemoDescription(
                ready, url, agentUrl, caFile, domain, keycloak, users, devices, relays, others, database);
    }

    /** Writes the file in one step. */
    public void write(Path file) throws IOException {
        StringWriter text = new StringWriter();
        JsonWriterFactory factory = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true));
        try (JsonWriter writer = factory.createWriter(text)) {
            writer.write(toJson());
        }
        PrivateFiles.write(file, text + "\n");
    }

    /** @throws IOException if there is no such file or it is no description */
    public static DemoDescription read(Path file) throws IOException {
        try (Reader in = Files.newBufferedReader(file);
                JsonReader reader = Json.createReader(in)) {
            return parse(reader.readObject());
        } catch (JsonException | NullPointerException | ClassCastException e) {
            throw new IOException(file + " is not the description of a demo", e);
        }
    }

    private JsonObject toJson() {
        return Json.createObjectBuilder()
                .add("ready", ready)
                .add("url", url)
                .add("agentUrl", agentUrl)
                .add("caFile", caFile.toString())
                .add("domain", domain)
                .add("keycloak", keycloak)
                .add("users", array(users, DemoDescription::json))
                .add("devices", array(devices, device -> object("uid", device.uid())
                        .add("name", device.name())))
                .add("relays", array(relays, relay -> object("id", relay.id())
                        .add("url", relay.url())
                        .add("nativeUrl", relay.nativeUrl())))
                .add("processes", array(processes, process -> object("name", process.name())
                        .add("pid", process.pid())))
                .add(
                        "database",
                        object("host", database.host())
                                .add("port", database.port())
                                .add("user", database.user())
                                .add("password", database.password()))
                .build();
    }

    private static JsonObjectBuilder json(User user) {
        JsonObjectBuilder json =
                object("domain", user.domain()).add("name", user.name()).add("password", user.password());
        user.secondFactor().ifPresent(secret -> json.add("secondFactor", secret));
        user.apiToken().ifPresent(token -> json.add("apiToken", token));
        return json;
    }

    private static JsonObjectBuilder object(String name, String value) {
        return Json.createObjectBuilder().add(name, value);
    }

    private static <T> JsonArrayBuilder array(Collection<T> values, Function<T, JsonObjectBuilder> each) {
        JsonArrayBuilder array = Json.createArrayBuilder();
        values.forEach(value -> array.add(each.apply(value)));
        return array;
    }

    private static DemoDescription parse(JsonObject json) {
        JsonObject database = json.getJsonObject("database");
        return new DemoDescription(
                json.getBoolean("ready"),
                json.getString("url"),
                json.getString("agentUrl"),
                Path.of(json.getString("caFile")),
                json.getString("domain"),
                json.getString("keycloak"),
                list(
                        json,
                        "users",
                        user -> new User(
                                user.getString("domain"),
                                user.getString("name"),
                                user.getString("password"),
                                optional(user, "secondFactor"),
                                optional(user, "apiToken"))),
                list(json, "devices", device -> new Device(device.getString("uid"), device.getString("name"))),
                list(
                        json,
                        "relays",
                        relay -> new RelayServer(
                                relay.getString("id"), relay.getString("url"), relay.getString("nativeUrl"))),
                list(
                        json,
                        "processes",
                        process -> new RunningProcess(
                                process.getString("name"),
                                process.getJsonNumber("pid").longValueExact())),
                new Database(
                        database.getString("host"),
                        database.getInt("port"),
                        database.getString("user"),
                        database.getString("password")));
    }

    private static <T> List<T> list(JsonObject json, String name, Function<JsonObject, T> each) {
        return json.getJsonArray(name).stream()
                .map(JsonValue::asJsonObject)
                .map(each)
                .toList();
    }

    private static Optional<String> optional(JsonObject json, String name) {
        return json.containsKey(name) ? Optional.of(json.getString(name)) : Optional.empty();
    }
}
