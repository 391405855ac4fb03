package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code import} and {@code export} against a server that answers what a test says. */
class TransferTest {

    private static final String ID = "01900000-0000-7000-8000-0000000000f1";
    private static final String JOB = "/api/imports/" + ID;
    private static final String CHANGES = JOB + "/changes";

    private final FakeServer server;
    private TestUser user;
    private Path home = Path.of("nowhere");

    TransferTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(home);
    }

    @BeforeEach
    void start(@TempDir Path folder) {
        home = folder;
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String job(String state, String phase, int done, String problems) {
        return ("{\"id\":\"%s\",\"state\":\"%s\",\"phase\":\"%s\",\"done\":%d,\"total\":2,\"problems\":[%s],"
                        + "\"changes\":{\"created\":1,\"updated\":1,\"moved\":0,\"deleted\":0,\"unchanged\":0,\"skipped\":0}}")
                .formatted(ID, state, phase, done, problems);
    }

    private String file(String name) throws IOException {
        return Files.writeString(home.resolve(name), "kind,path\nfolder,/grüße\n")
                .toString();
    }

    @Test
    void fileIsSentAwaitedAndCounted() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        server.on("POST /api/imports", 202, job("running", "checking", 0, ""));
        server.on(
                "GET " + JOB,
                request -> new FakeServer.Reply(
                        200,
                        asked.getAndIncrement() == 0 ? job("running", "writing", 1, "") : job("done", "ended", 2, "")));
        assertThat(user.run("import", file("directory.csv"))).as(user.err()).isZero();
        FakeServer.Request sent = server.to("/api/imports").get(0);
        assertThat(sent.query()).isEqualTo("format=csv&dryRun=false&unknownDevices=refuse");
        assertThat(sent.headers()).containsEntry("Content-Type", "text/csv").containsKey("Idempotency-Key");
        assertThat(sent.body()).isEqualTo("kind,path\nfolder,/grüße\n");
        assertThat(user.err()).contains("checking: 0 of 2 lines").contains("writing: 1 of 2 lines");
        assertThat(user.out()).isEqualTo("1 created, 1 updated, 0 moved, 0 deleted, 0 unchanged, 0 skipped\n");
    }

    @Test
    void dryRunListsEveryChange() throws IOException {
        server.on("POST /api/imports", 202, job("done", "ended", 2, ""));
        server.on(
                "GET " + CHANGES,
                200,
                "{\"items\":[{\"line\":2,\"action\":\"create\",\"kind\":\"folder\",\"path\":\"/A\\u001b[31m\",\"detail\":\"name: '' → 'A'\"}],"
                        + "\"next\":null}");
        assertThat(user.run("import", file("x.txt"), "--dry-run", "--format", "csv", "--skip-unknown-devices"))
                .as(user.err())
                .isZero();
        assertThat(server.to("/api/imports").get(0).query()).isEqualTo("format=csv&dryRun=true&unknownDevices=skip");
        assertThat(user.out())
                .contains("2     create  folder")
                .contains("would be: 1 created")
                .doesNotContain("\u001b");
    }

    @Test
    void jsonHasTheImportWithItsChanges() throws Exception {
        server.on("POST /api/imports", 202, job("done", "ended", 2, ""));
        server.on("GET " + CHANGES, 200, "{\"items\":[{\"line\":2}],\"next\":null}");
        assertThat(user.run("import", file("directory.json"), "--dry-run", "--json"))
                .as(user.err())
                .isZero();
        StrictJson printed = StrictJson.parse(user.out().strip(), 10_000);
        assertThat(printed.string("id", 36)).isEqualTo(ID);
        assertThat(printed.children("items", 9)).hasSize(1);
        assertThat(server.to("/api/imports").get(0).query()).startsWith("format=json&");
    }

    @Test
    void problemsAreToldWithTheirPlace() throws IOException {
        server.on(
                "POST /api/imports",
                202,
                job(
                        "failed",
                        "ended",
                        0,
                        "{\"line\":3,\"column\":\"quota\",\"reason\":\"This is not a whole number.\"},"
                                + "{\"line\":0,\"column\":\"\",\"reason\":\"As a whole.\"}"));
        assertThat(user.run("import", file("directory.csv"))).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err())
                .isEqualTo(
                        """
                        line 3, column quota: This is not a whole number.
                        As a whole.
                        nothing was changed
                        """);
        assertThat(user.out()).isEmpty();
    }

    @Test
    void refusedAndMissingFilesHaveTheirExitCodes() throws IOException {
        server.on("POST /api/imports", 409, "{\"type\":\"conflict\",\"title\":\"Conflict\",\"status\":409}");
        assertThat(user.run("import", file("directory.csv"))).isEqualTo(ExitCode.CONFLICT.code());
        assertThat(user.run("import", home.resolve("none.csv").toString())).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("none.csv cannot be read");
        assertThat(user.run("import")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.run("import", "x", "--format", "xml")).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void onATerminalAnExportIsInert() throws Exception {
        server.on(
                "GET /api/export", request -> new FakeServer.Reply(200, "a,\u001b[2J\u009b31m\u007f\r\n\tü \u00a0€\n"));
        Export.print(user.around(), "/api/export?format=csv", true);
        assertThat(user.out()).isEqualTo("a,?[2J\ufffd?31m?\n\tü \u00a0€\n");
        assertThat(user.run("export")).isZero();
        assertThat(user.out()).as("into a pipe or a file as it is").contains("\u001b[2J");
    }

    @Test
    void exportIsPrintedOrSavedButNeverOverAFile() throws IOException {
        server.on("GET /api/export", request -> new FakeServer.Reply(200, "all of it, " + request.query()));
        assertThat(user.run("export", "--format", "csv")).as(user.err()).isZero();
        assertThat(user.out()).isEqualTo("all of it, format=csv");
        Path file = home.resolve("directory.csv");
        assertThat(user.run("export", "-o", file.toString())).as(user.err()).isZero();
        assertThat(file).hasContent("all of it, format=csv");
        assertThat(user.run("export", "-o", file.toString())).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("exists already and is not overwritten");
        server.on("GET /api/export", 403, "{\"type\":\"forbidden\",\"title\":\"No\",\"status\":403}");
        Path other = home.resolve("other.json");
        assertThat(user.run("export", "-o", other.toString())).isEqualTo(ExitCode.REFUSED.code());
        assertThat(other).as("nothing half").doesNotExist();
    }
}
