package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeDirectory;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.wire.StrictJson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code folder}, {@code device} and {@code token} against a server that answers what a test says. */
class AdministrationTest {

    private static final String ROOT = "01900000-0000-7000-8000-0000000000a0";
    private static final String NORTH = "01900000-0000-7000-8000-0000000000a1";
    private static final String SECOND = "01900000-0000-7000-8000-0000000000a2";
    private static final String PUMP = "01900000-0000-7000-8000-0000000000d1";
    private static final String DEVICE = "/api/devices/" + PUMP;

    private final FakeServer server;
    private FakeDirectory directory;
    private TestUser user;

    AdministrationTest() throws IOException {
        server = new FakeServer();
        directory = new FakeDirectory(server);
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
        directory = new FakeDirectory(server)
                .folder(ROOT, "", "Customers")
                .folder(NORTH, ROOT, "North")
                .device(PUMP, NORTH, "pump 1");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String folder(String id, String name) {
        return "{\"id\":\"%s\",\"name\":\"%s\",\"devices\":3,\"children\":0,\"description\":null}".formatted(id, name);
    }

    private static String device(String name, String folder) {
        return "{\"uid\":\"%s\",\"name\":\"%s\",\"folder\":\"%s\",\"state\":\"online\",\"etag\":\"7\"}"
                .formatted(PUMP, name, folder);
    }

    private static String list(String... items) {
        return "{\"items\":[" + String.join(",", items) + "],\"next\":null}";
    }

    private FakeServer.Request only(String path, String method) {
        return server.to(path).stream()
                .filter(request -> request.method().equals(method))
                .reduce((one, other) -> {
                    throw new AssertionError("more than one " + method + " " + path);
                })
                .orElseThrow();
    }

    @Test
    void foldersAreListedAndShown() throws Exception {
        assertThat(user.run("folder", "list")).isZero();
        assertThat(user.out())
                .isEqualTo(
                        """
                        NAME       DEVICES  FOLDERS  DESCRIPTION  ID
                        Customers  3        0        -            01900000-0000-7000-8000-0000000000a0
                        """);
        assertThat(user.run("folder", "list", "/Customers", "--json")).isZero();
        assertThat(StrictJson.parse(user.out().strip(), 10_000)
                        .children("items", 9)
                        .get(0)
                        .string("id", 36))
                .isEqualTo(NORTH);
    }

    /** Found with one search, however many topmost folders there are. */
    @Test
    void aPathCostsFewRequests() {
        for (int i = 0; i < 40; i++) {
            directory.folder("01900000-0000-7000-8000-0000000001" + (10 + i), "", "top " + i);
        }
        assertThat(user.run("folder", "show", "/Customers/North"))
                .as(user.err())
                .isZero();
        assertThat(server.requests).hasSize(2);
    }

    /** With and without the name of the topmost folder, by id, and not at all. */
    @ParameterizedTest
    @CsvSource({
        "/Customers/North, 0",
        "/North, 0",
        "//Customers//North/, 0",
        NORTH + ", 0",
        "/Customers/South, 4",
        "/Customers/North/x, 4"
    })
    void foldersAreFoundByPathAndId(String reference, int code) {
        server.on("POST /api/folders", 201, folder("01900000-0000-7000-8000-0000000000a2", "East"));
        assertThat(user.run("folder", "create", "East", "--in", reference))
                .as(user.err())
                .isEqualTo(code);
        if (code == 0) {
            assertThat(only("/api/folders", "POST").body())
                    .isEqualTo("{\"parent\":\"" + NORTH + "\",\"name\":\"East\"}");
        } else {
            assertThat(user.err()).startsWith("bascule: there is no folder '/Customers/");
            assertThat(server.to("/api/folders"))
                    .noneMatch(request -> request.method().equals("POST"));
        }
    }

    @Test
    void aPathThatMeansTwoFoldersListsBoth() {
        directory.folder(SECOND, ROOT, "North");
        assertThat(user.run("folder", "show", "/Customers/North")).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err())
                .isEqualTo("bascule: '/Customers/North' means 2 things: use one of the ids: folder " + NORTH
                        + ", folder " + SECOND + "\n");
    }

    /** The answer to the first attempt is lost on the way: the second has the same key. */
    @Test
    void aCreationIsRepeatedWithItsKeyWhenTheAnswerIsLost() {
        AtomicInteger attempts = new AtomicInteger();
        server.on(
                "POST /api/folders",
                request -> attempts.getAndIncrement() == 0
                        ? new FakeServer.Reply(503, "{\"title\":\"gone\"}")
                        : new FakeServer.Reply(201, folder(NORTH, "East")));
        assertThat(user.run("folder", "create", "East", "--in", ROOT))
                .as(user.err())
                .isZero();
        assertThat(server.to("/api/folders").stream()
                        .filter(request -> request.method().equals("POST"))
                        .map(request -> request.headers().get("Idempotency-Key")))
                .hasSize(2)
                .allMatch(key -> key.matches("[A-Za-z0-9_-]{16,64}"))
                .satisfies(keys -> assertThat(keys.get(0)).isEqualTo(keys.get(1)));
    }

    @Test
    void aDeviceIsChangedUnderItsVersion() {
        server.on("PATCH " + DEVICE, 200, device("pump 2", NORTH));
        assertThat(user.run("device", "rename", "/Customers/North/pump 1", "pump 2"))
                .as(user.err())
                .isZero();
        assertThat(user.out()).isEqualTo("renamed to pump 2\n");
        FakeServer.Request change = only(DEVICE, "PATCH");
        assertThat(change.headers().get("If-Match")).isEqualTo("\"7\"");
        assertThat(change.body()).isEqualTo("{\"name\":\"pump 2\"}");
    }

    @Test
    void aDeviceOfAFolderBelowIsNotTheOneOfThePath() {
        assertThat(user.run("device", "show", "/Customers/pump 1")).isEqualTo(ExitCode.REFUSED.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no\n", "y\n", "yes please\n"})
    void nothingIsRemovedWithoutYes(String reply) {
        server.on("GET " + DEVICE + "/deletion", 200, "{\"devices\":1}");
        user.in = new ByteArrayInputStream(reply.getBytes(StandardCharsets.UTF_8));
        assertThat(user.run("device", "remove", PUMP)).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err()).contains("Remove the device 'pump 1'?");
        assertThat(server.requests).noneMatch(request -> request.method().equals("DELETE"));
    }

    @Test
    void aDeviceIsRemovedAfterYesOrWithTheOption() {
        server.on("GET " + DEVICE + "/deletion", 200, "{\"devices\":1}");
        server.on("DELETE " + DEVICE, 204, "");
        user.in = new ByteArrayInputStream("yes\n".getBytes(StandardCharsets.UTF_8));
        assertThat(user.run("device", "remove", PUMP)).as(user.err()).isZero();
        assertThat(only(DEVICE, "DELETE").headers().get("If-Match")).isEqualTo("\"7\"");
        assertThat(user.run("device", "remove", "--yes", PUMP)).as(user.err()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"409,conflict,8", "428,precondition-required,8", "403,forbidden,4", "404,not-found,4", "422,invalid,1"})
    void refusalsBecomeExitCodes(int status, String problem, int code) {
        server.on(
                "PATCH " + DEVICE,
                status,
                "{\"type\":\"urn:bascule:problem:" + problem + "\",\"detail\":\"Because.\"}");
        assertThat(user.run("device", "account", PUMP, "service")).isEqualTo(code);
        assertThat(user.err()).isEqualTo("bascule: Because.\n");
    }

    @Test
    void whatSomebodyChangedMeanwhileIsNotChanged() {
        server.on(
                "PATCH " + DEVICE,
                412,
                "{\"type\":\"urn:bascule:problem:precondition-failed\",\"detail\":\"Another version.\"}");
        assertThat(user.run("device", "rename", PUMP, "pump 2")).isEqualTo(ExitCode.STALE.code());
        assertThat(user.err())
                .isEqualTo(
                        "bascule: nothing was done, because somebody changed it meanwhile: look at it again (Another version.)\n");
    }

    /** A program that looked earlier says which version it saw. */
    @Test
    void aVersionThatWasSeenEarlierCanBeGiven() {
        server.on("PATCH " + DEVICE, 200, device("pump 2", NORTH));
        assertThat(user.run("device", "rename", "--etag", "6", PUMP, "pump 2")).isZero();
        assertThat(only(DEVICE, "PATCH").headers().get("If-Match")).isEqualTo("\"6\"");
    }

    @Test
    void whatIsWrongWithWhichFieldIsSaid() {
        server.on(
                "PATCH " + DEVICE,
                422,
                "{\"type\":\"urn:bascule:problem:invalid\",\"detail\":\"Not valid.\",\"errors\":[{\"field\":\"name\",\"detail\":\"Too long.\"}]}");
        assertThat(user.run("device", "rename", PUMP, "x")).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).isEqualTo("bascule: Not valid. name: Too long.\n");
    }

    @Test
    void aTokenIsMadeAndItsTextAlonePrinted() {
        server.on("POST /api/enrolment-tokens", 201, "{\"id\":\"t\",\"token\":\"bsc1.x\",\"command\":\"c\"}");
        assertThat(user.run("token", "create", "--in", "/North", "--uses", "5", "--valid", "12h"))
                .as(user.err())
                .isZero();
        assertThat(user.out()).isEqualTo("bsc1.x\n");
        assertThat(only("/api/enrolment-tokens", "POST").body())
                .isEqualTo("{\"folder\":\"" + NORTH + "\",\"expiresIn\":43200,\"uses\":5}");
        assertThat(user.run("token", "create", "--in", NORTH, "--valid", "soon"))
                .isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void theLineThatInstallsTheAgentIsPrintedBeforeTheToken() {
        server.on("POST /api/enrolment-tokens", 201, "{\"id\":\"t\",\"token\":\"bsc1.x\",\"command\":\"c\"}");
        server.on(
                "GET /api/agent-installer",
                200,
                "{\"url\":null,\"sha256\":null,\"command\":null,\"pairCommand\":null}");
        assertThat(user.run("token", "create", "--in", NORTH, "--install")).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("hands out no agent");
        assertThat(server.requests).noneMatch(request -> request.method().equals("POST"));

        server.on("GET /api/agent-installer", 200, "{\"command\":\"curl x && sudo sh y\"}");
        assertThat(user.run("token", "create", "--in", NORTH, "--install"))
                .as(user.err())
                .isZero();
        assertThat(user.out()).isEqualTo("curl x && sudo sh y\nbsc1.x\n");
    }

    @Test
    void anEnrolmentFileIsMadeInsteadAndNeverOverAnother(@TempDir Path temporary) throws Exception {
        server.on(
                "POST /api/enrolment-tokens",
                201,
                "{\"id\":\"t\",\"token\":\"bsc1.x\",\"server\":\"https://b.example\",\"expires\":\"2026-03-01T12:00:00Z\",\"command\":\"c\"}");
        Path file = temporary.resolve("enrolment.json");
        Path ca = temporary.resolve("ca.pem");
        Files.writeString(ca, "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n");
        String[] command = {"token", "create", "--in", NORTH, "--file", file.toString(), "--file-ca", ca.toString()};
        assertThat(user.run(command)).as(user.err()).isZero();
        assertThat(user.out()).doesNotContain("bsc1.x").contains("enrolment.json");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file))
                .isEqualTo(
                        "{\"format\":\"bascule-enrolment\",\"version\":1,\"server\":\"https://b.example\",\"token\":\"bsc1.x\",\"expires\":\"2026-03-01T12:00:00Z\",\"ca\":\"-----BEGIN CERTIFICATE-----\\nAA==\\n-----END CERTIFICATE-----\\n\"}\n");
        only("/api/enrolment-tokens", "POST");
        assertThat(user.run(command)).isEqualTo(ExitCode.FAILED.code());
        assertThat(user.err()).contains("exists already");
        only("/api/enrolment-tokens", "POST");
    }

    @Test
    void aTagIsRenamedAndDeletedByItsNameInTheQuery() {
        server.on("PATCH /api/tags", 200, "{\"devices\":3}");
        server.on("DELETE /api/tags", 204, "");
        assertThat(user.run("tag", "rename", "hall/2", "hall#3", "--merge"))
                .as(user.err())
                .isZero();
        assertThat(user.out()).isEqualTo("renamed on 3 devices\n");
        assertThat(only("/api/tags", "PATCH").body()).isEqualTo("{\"name\":\"hall#3\",\"merge\":true}");
        assertThat(only("/api/tags", "PATCH").headers()).doesNotContainKey("If-Match");
        assertThat(user.run("tag", "delete", "hall#3", "--yes")).as(user.err()).isZero();
        only("/api/tags", "DELETE");
    }

    @Test
    void hostileTextsAreInert() {
        String hostile = "\\u001b[2J\\u202eevil\\n";
        server.on("GET /api/folders", 200, list(folder(ROOT, hostile)));
        server.on("GET " + DEVICE, 200, device(hostile, NORTH));
        for (String[] line : new String[][] {
            {"folder", "list"}, {"folder", "list", "--json"}, {"device", "show", PUMP}, {"device", "remove", PUMP}
        }) {
            user.run(line);
            assertThat((user.out() + user.err())
                            .codePoints()
                            .filter(point -> point != '\n' && Character.isISOControl(point) || point == 0x202e))
                    .isEmpty();
        }
    }
}
