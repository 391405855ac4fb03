package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the installed access server keeps of the log outside its database, by its settings and on its own (AUD-5, AUD-6). */
@ExtendWith(RunningSystem.class)
class AnchorsIT {

    /** Heads go out once a minute, records more often. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    private Program.Result verify(int exit, Path heads, Path export) {
        Map<String, String> environment =
                Map.of("XDG_CONFIG_HOME", system.folder("cli-anchors").toString());
        try (Program program = Program.start(
                environment,
                system.basculeJar(),
                "audit",
                "verify",
                "--json",
                "--root",
                system.rootHash(),
                "--heads",
                heads.toString(),
                export.toString())) {
            Program.Result result = program.finish(Duration.ofSeconds(60));
            assertThat(result.exit()).as(result.output() + result.error()).isEqualTo(exit);
            return result;
        }
    }

    private static JsonObject json(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /** The folder is deleted in the end; its name is in the records of both. */
    private String recorded() {
        String name = "Anchored " + Long.toString(System.nanoTime(), 36);
        JsonObject request = Json.createObjectBuilder()
                .add("parent", api.rootFolder())
                .add("name", name)
                .build();
        JsonObject folder = Api.json(Api.expect(201, api.post("/api/folders", request.toString())));
        Api.expect(
                204,
                api.send(
                        "DELETE",
                        "/api/folders/" + folder.getString("id"),
                        HttpRequest.BodyPublishers.noBody(),
                        "If-Match",
                        '"' + folder.getString("etag") + '"'));
        return name;
    }

    /** The newest line of the domain's tree in the anchor file. */
    private Optional<String> newestLine(String tree) {
        try {
            Path file = TheSystem.anchors();
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.stream()
                    .filter(line -> json(line).getString("tree").equals(tree))
                    .reduce((former, later) -> later);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void headsReachTheFileAndTheSyslogServerAndAnExportIsComparedWithThem() throws IOException {
        JsonObject before = api.getJson("/api/audit/head");
        recorded();
        Eventually.within(
                LIMIT,
                "the records are sealed",
                () -> api.getJson("/api/audit/head").getInt("size") >= before.getInt("size") + 2);
        int size = api.getJson("/api/audit/head").getInt("size");
        String tree = before.getString("tree");
        Eventually.within(LIMIT, "a head with them is in the file", () -> newestLine(tree)
                .filter(line -> json(line).getInt("size") >= size)
                .isPresent());
        String line = newestLine(tree).orElseThrow();
        Eventually.within(LIMIT, "and at the syslog server", () -> system.syslog().received().stream()
                .anyMatch(received -> received.startsWith("bascule tree-head ") && received.endsWith(line)));

        Path folder = Files.createDirectories(system.folder("anchors"));
        Path export = Files.writeString(
                folder.resolve("audit.export"),
                Api.expect(200, api.get("/api/audit/tree/export")).body());
        Path heads = Files.copy(TheSystem.anchors(), folder.resolve("anchors.jsonl"));
        JsonObject report = json(verify(0, heads, export).output());
        assertThat(report.getBoolean("good")).isTrue();
        assertThat(report.getInt("headsCompared")).isPositive();

        // a head that says otherwise
        JsonObject head = json(line);
        String root = head.getString("root");
        String other = (root.startsWith("A") ? "B" : "A") + root.substring(1);
        Files.writeString(heads, line.replace(root, other) + "\n");
        assertThat(json(verify(6, heads, export).output()).getBoolean("good")).isFalse();
    }

    @Test
    void recordsReachTheSyslogServer() {
        String name = recorded();
        for (String code : List.of("folder.create", "folder.delete")) {
            Eventually.within(LIMIT, code + " of " + name, () -> system.syslog().received().stream()
                    .anyMatch(line -> line.startsWith("bascule ") && line.contains(code) && line.contains(name)));
        }
    }
}
