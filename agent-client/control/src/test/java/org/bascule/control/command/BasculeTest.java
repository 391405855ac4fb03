package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.bascule.wire.StrictJson;
import org.bascule.wire.WireException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BasculeTest {

    private final FakeServer server;
    private TestUser user;

    BasculeTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
        server.on("GET /api/domain/options", 200, "{\"commentRequired\":false}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String device(String uid, String name, String state) {
        return jakarta.json.Json.createObjectBuilder()
                .add("uid", uid)
                .add("name", name)
                .add("state", state)
                .add("folder", "f")
                .add("folderName", "Plant 1")
                .add("lastSeen", "2026-01-02T11:00:00Z")
                .build()
                .toString();
    }

    private static String list(String... devices) {
        return "{\"items\":[" + String.join(",", devices) + "],\"total\":" + devices.length
                + ",\"page\":1,\"size\":200}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bogus",
                "ls --bogus",
                "ls a b",
                "exec",
                "exec dev",
                "exec dev --",
                "shell",
                "shell a b",
                "login",
                "installation",
                "installation root"
            })
    void wrongCommandLineIsCodeTwoAndOneSentence(String line) {
        user.environment.remove("BASCULE_URL");
        assertThat(user.run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.err()).startsWith("bascule: ").doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(user.out()).isEmpty();
    }

    @Test
    void helpAndVersion() {
        assertThat(user.run("--help")).isZero();
        assertThat(user.out()).contains("Exit codes:").contains("exec").contains("BASCULE_TOKEN");
        assertThat(user.run("exec", "--help")).isZero();
        assertThat(user.out()).contains("128 + n");
        assertThat(user.run("--version")).isZero();
        assertThat(user.out()).startsWith("bascule ");
    }

    @Test
    void lsShowsATable() {
        server.on(
                "GET /api/devices",
                200,
                list(
                        device("01900000-0000-7000-8000-000000000001", "press 7", "online"),
                        device("01900000-0000-7000-8000-000000000002", "Zoë", "offline")));
        assertThat(user.run("ls")).isZero();
        assertThat(user.out())
                .isEqualTo(
                        """
                        STATE    NAME     FOLDER   ACCOUNT  LAST SEEN             UID
                        online   press 7  Plant 1  -        2026-01-02T11:00:00Z  01900000-0000-7000-8000-000000000001
                        offline  Zoë      Plant 1  -        2026-01-02T11:00:00Z  01900000-0000-7000-8000-000000000002
                        """);
    }

    @Test
    void hostileNamesAreInert() throws WireException {
        String name = "\u001b]0;owned\u0007\u001b[2J\n\u202eevil\u009b31m";
        server.on(
                "GET /api/devices",
                200,
                list(
                        device("01900000-0000-7000-8000-000000000001", name, "online"),
                        device("01900000-0000-7000-8000-000000000002", "n".repeat(10_000), "online")));
        assertThat(user.run("ls")).isZero();
        assertThat(user.out().codePoints().filter(point -> point != '\n' && Character.isISOControl(point)))
                .isEmpty();
        assertThat(user.out()).doesNotContain("\u202e").hasLineCount(3).contains("\\u001b]0;owned\\u0007");
        assertThat(user.out().length()).isLessThan(1_000);
        assertThat(user.run("ls", "--json")).isZero();
        assertThat(user.out().codePoints().filter(point -> point != '\n' && Character.isISOControl(point)))
                .isEmpty();
        assertThat(StrictJson.parse(user.out().strip(), 100_000)
                        .children("items", 9)
                        .get(0)
                        .string("name", 100))
                .isEqualTo(name);
    }

    /** By this the sign-in is found again in the list of sign-ins. */
    @Test
    void requestsSayWhichProgramItIs() {
        server.on("GET /api/devices", 200, list());
        assertThat(user.run("ls")).isZero();
        assertThat(server.requests).isNotEmpty().allSatisfy(request -> assertThat(
                        request.headers().get("User-Agent"))
                .isEqualTo("bascule/development (" + System.getProperty("os.name") + ")"));
    }

    /** What docs/cli.md says. */
    @Test
    void membersOfTheListAreTheDocumentedOnes() throws WireException {
        server.on(
                "GET /api/devices",
                200,
                list(
                        device("01900000-0000-7000-8000-000000000001", "press 7", "online"),
                        "{\"uid\":\"01900000-0000-7000-8000-000000000002\",\"name\":\"hidden\",\"state\":\"offline\",\"folder\":null,"
                                + "\"folderName\":null,\"lastSeen\":null,\"account\":null}",
                        "{\"uid\":\"01900000-0000-7000-8000-000000000003\",\"name\":\"all\",\"state\":\"offline\","
                                + "\"folder\":\"01900000-0000-7000-8000-0000000000f1\",\"folderName\":\"Plant 1\","
                                + "\"lastSeen\":\"2026-01-02T11:00:00Z\",\"account\":\"service\"}"));
        assertThat(user.run("ls", "--json")).isZero();
        List<StrictJson> items = StrictJson.parse(user.out().strip(), 100_000).children("items", 9);
        assertThat(items.get(1).object().keySet()).containsExactlyInAnyOrder("uid", "name", "state", "folderName");
        assertThat(items.get(1).text("folderName", 10)).isEmpty();
        assertThat(items.get(2).object().keySet())
                .containsExactlyInAnyOrder("uid", "name", "state", "folderName", "folder", "lastSeen", "account");
        assertThat(items.get(2).string("folder", 36)).isEqualTo("01900000-0000-7000-8000-0000000000f1");
    }

    @Test
    void lsReadsAllPagesAndPassesFilters() {
        server.on(
                "GET /api/folders",
                200,
                "{\"items\":[{\"id\":\"01900000-0000-7000-8000-0000000000f1\",\"name\":\"Plant 1\"},{\"id\":\"01900000-0000-7000-8000-0000000000f2\",\"name\":\"Plant 2\"}]}");
        server.on("GET /api/devices", request -> {
            int page = Math.max(1, server.to("/api/devices").size());
            return new FakeServer.Reply(
                    200,
                    "{\"items\":[" + device("01900000-0000-7000-8000-00000000000" + page, "d" + page, "online")
                            + "],\"next\":" + (page == 3 ? "null" : "\"after " + page + "\"") + "}");
        });
        assertThat(user.run("ls", "--folder", "Plant 2", "a&b=c")).isZero();
        assertThat(user.out()).contains("d1").contains("d2").contains("d3").hasLineCount(4);
        assertThat(server.to("/api/folders").get(0).query()).isEqualTo("q=Plant%202&limit=200");
        assertThat(server.to("/api/devices").get(0).query())
                .isEqualTo("q=a%26b%3Dc&folder=01900000-0000-7000-8000-0000000000f2&limit=200");
        assertThat(server.to("/api/devices").get(2).query())
                .isEqualTo("q=a%26b%3Dc&folder=01900000-0000-7000-8000-0000000000f2&limit=200&cursor=after%202");
        assertThat(user.run("ls", "--folder", "Plant 3")).isEqualTo(ExitCode.REFUSED.code());
    }

    @ParameterizedTest
    @CsvSource({
        "401,not-signed-in,3",
        "403,forbidden,4",
        "404,not-found,4",
        "409,device-offline,5",
        "409,device-quarantined,5",
        "409,device-switched-off,5",
        "409,handshake-failed,6",
        "409,conflict,8",
        "412,precondition-failed,10",
        "503,unavailable,7",
        "500,internal,1",
        "422,invalid,1"
    })
    void problemsBecomeExitCodes(int status, String code, int expected) {
        server.on(
                "POST /api/sessions",
                status,
                "{\"type\":\"urn:bascule:problem:" + code
                        + "\",\"title\":\"T\",\"detail\":\"Because \\u001b[2J.\",\"reference\":\"r-1\"}");
        assertThat(user.run("exec", "01900000-0000-7000-8000-000000000001", "--", "true"))
                .isEqualTo(expected);
        assertThat(user.err()).startsWith("bascule: ").hasLineCount(1).doesNotContain("\u001b");
    }

    @Test
    void nonsenseOfAServerIsOneSentence() {
        for (String body : new String[] {"", "<html>", "[]", "{\"items\":{}}", "{".repeat(100_000)}) {
            server.on("GET /api/devices", 200, body);
            assertThat(user.run("ls")).isEqualTo(ExitCode.FAILED.code());
            assertThat(user.err()).isEqualTo("bascule: the answer of the access server was not understood\n");
        }
        server.on("GET /api/devices", 502, "<html>");
        assertThat(user.run("ls")).isEqualTo(ExitCode.CONNECTION.code());
    }

    @Test
    void debugShowsTheTrace() {
        server.on("GET /api/devices", 403, "{\"detail\":\"No.\"}");
        assertThat(user.run("ls", "--debug")).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).startsWith("bascule: No.\n").contains("\tat ").doesNotContain("access");
    }

    @Test
    void namesMustBeUnique() {
        server.on(
                "GET /api/devices",
                200,
                list(
                        device("01900000-0000-7000-8000-000000000001", "press", "online"),
                        device("01900000-0000-7000-8000-000000000002", "press", "online"),
                        device("01900000-0000-7000-8000-000000000003", "press 2", "online")));
        server.on("POST /api/sessions", 409, "{\"type\":\"urn:bascule:problem:device-offline\",\"detail\":\"Off.\"}");
        assertThat(user.run("exec", "press", "--", "true")).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err())
                .isEqualTo(
                        "bascule: 'press' means 2 things: use one of the ids: device 01900000-0000-7000-8000-000000000001 in Plant 1, "
                                + "device 01900000-0000-7000-8000-000000000002 in Plant 1\n");
        assertThat(user.run("exec", "pres", "--", "true")).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).isEqualTo("bascule: there is no device 'pres' that you may see\n");
        assertThat(user.run("exec", "press 2", "--", "true")).isEqualTo(ExitCode.OFFLINE.code());
        assertThat(server.to("/api/devices").get(2).query()).isEqualTo("q=%22press%202%22&limit=200");
        assertThat(server.to("/api/sessions").get(0).body())
                .isEqualTo("{\"device\":\"01900000-0000-7000-8000-000000000003\",\"operations\":[\"exec\"]}");
    }

    @Test
    void reasonIsPassedOn() {
        server.on("POST /api/sessions", 403, "{\"detail\":\"No.\"}");
        user.run("exec", "--reason", "pump alarm", "01900000-0000-7000-8000-000000000001", "--", "true");
        assertThat(server.to("/api/sessions").get(0).body()).contains("\"reason\":\"pump alarm\"");
        assertThat(Optional.ofNullable(server.to("/api/sessions").get(0).bearer()))
                .contains("access");
    }
}
