package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
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

/** What administrators do with folders, devices, users and groups: which requests it becomes, and what is said about it. */
class DirectoryVerbsTest {

    private static final String PLANT = "01900000-0000-7000-8000-0000000000a0";
    private static final String HALL = "01900000-0000-7000-8000-0000000000a1";
    private static final String YARD = "01900000-0000-7000-8000-0000000000a2";
    private static final String PRESS = "01900000-0000-7000-8000-0000000000d1";
    private static final String LATHE = "01900000-0000-7000-8000-0000000000d2";
    private static final String SAW = "01900000-0000-7000-8000-0000000000d3";
    private static final String ANN = "01900000-0000-7000-8000-0000000000e1";
    private static final String SERVICE = "01900000-0000-7000-8000-0000000000b1";

    private final FakeServer server;
    private TestUser user;

    DirectoryVerbsTest() throws IOException {
        server = new FakeServer();
        user = new TestUser(Path.of("nowhere"));
    }

    @BeforeEach
    void start(@TempDir Path home) {
        user = new TestUser(home);
        user.environment.put("BASCULE_URL", server.url());
        user.environment.put("BASCULE_TOKEN", "access");
        new FakeDirectory(server)
                .folder(PLANT, "", "Plant")
                .folder(HALL, PLANT, "Hall 1")
                .folder(YARD, PLANT, "Yard")
                .device(PRESS, HALL, "press")
                .device(LATHE, HALL, "lathe")
                .device(SAW, YARD, "saw")
                .user(ANN, PLANT, "ann")
                .group(SERVICE, PLANT, "Service");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void run(String... line) {
        assertThat(user.run(line)).as(user.err()).isZero();
    }

    private FakeServer.Request last(String method) {
        List<FakeServer.Request> found = server.requests.stream()
                .filter(request -> request.method().equals(method))
                .toList();
        assertThat(found).as(method).isNotEmpty();
        return found.get(found.size() - 1);
    }

    @Test
    void aUserInManyGroupsIsListedWithTheirNumber() {
        String listed =
                "{\"id\":\"%s\",\"name\":\"ann\",\"groups\":[{\"id\":\"g\",\"name\":\"A\"},{\"id\":\"h\",\"name\":\"B\"}],"
                        + "\"groupCount\":%d,\"pending\":true}";
        server.on("GET /api/users", 200, "{\"items\":[" + listed.formatted(ANN, 2) + "],\"next\":null}");
        run("user", "list");
        assertThat(user.out()).contains("ann   -       A, B    never");
        server.on("GET /api/users", 200, "{\"items\":[" + listed.formatted(ANN, 7) + "],\"next\":null}");
        run("user", "list");
        assertThat(user.out()).contains("7: A, B");
    }

    @Test
    void theTreeIsDrawnFromOneListWhateverItsPages() {
        run("folder", "tree");
        assertThat(user.out())
                .isEqualTo(
                        """
                        Plant (3 devices)
                        ├── Hall 1 (3 devices)
                        └── Yard (3 devices)
                        """);
        assertThat(server.requests).allMatch(request -> request.query().contains("all=true"));
        run("folder", "tree", "Yard");
        assertThat(user.out()).isEqualTo("Yard (3 devices)\n");
    }

    /** A server that says that two folders are each in the other is not believed for ever. */
    @Test
    void foldersInACircleDoNotHang() {
        server.on(
                "GET /api/folders",
                200,
                """
                {"items":[{"id":"1","parent":"2","name":"a"},{"id":"2","parent":"1","name":"b"},{"id":"3","parent":null,"name":"c"}],"next":null}
                """);
        run("folder", "tree");
        assertThat(user.out()).isEqualTo("c ( devices)\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folder rename /Plant/Yard Court | /api/folders/" + YARD + " | 4 | {\"name\":\"Court\"}",
                "folder describe Yard outside | /api/folders/" + YARD + " | 4 | {\"description\":\"outside\"}",
                "folder quota Yard 5 | /api/folders/" + YARD + " | 4 | {\"quota\":5}",
                "folder quota Yard none | /api/folders/" + YARD + " | 4 | {\"quota\":null}",
                "folder move Yard --to /Plant/Hall_1 | /api/folders/" + YARD + " | 4 | {\"parent\":\"" + HALL + "\"}",
                "device rename press press_2 | /api/devices/" + PRESS + " | 7 | {\"name\":\"press 2\"}",
                "device describe press old | /api/devices/" + PRESS + " | 7 | {\"description\":\"old\"}",
                "device move /Plant/Hall_1/press --to Yard | /api/devices/" + PRESS + " | 7 | {\"folder\":\"" + YARD
                        + "\"}",
                "device tag press urgent hall-2 | /api/devices/" + PRESS + " | 7 | {\"tags\":[\"hall-2\",\"urgent\"]}",
                "device untag press hall-2 | /api/devices/" + PRESS + " | 7 | {\"tags\":[]}",
                "user move ann --to Yard | /api/users/" + ANN + " | 5 | {\"folder\":\"" + YARD + "\"}",
                "user rename ann anna | /api/users/" + ANN + " | 5 | {\"name\":\"anna\"}",
                "group rename Service Help | /api/groups/" + SERVICE + " | 5 | {\"name\":\"Help\"}",
                "group describe Service all | /api/groups/" + SERVICE + " | 5 | {\"description\":\"all\"}",
                "group move /Plant/Service --to Yard | /api/groups/" + SERVICE + " | 5 | {\"folder\":\"" + YARD + "\"}"
            })
    void changesAreMadeUnderTheVersionThatWasRead(String line, String path, String etag, String body) {
        server.on("PATCH " + path, 200, "{\"id\":\"x\",\"name\":\"x\",\"etag\":\"8\"}");
        String[] words = line.split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace('_', ' ');
        }
        run(words);
        FakeServer.Request change = last("PATCH");
        assertThat(change.path()).isEqualTo(path);
        assertThat(change.headers().get("If-Match")).isEqualTo("\"" + etag + "\"");
        assertThat(change.body()).isEqualTo(body);
        server.on("PATCH " + path, 412, "{\"type\":\"urn:bascule:problem:precondition-failed\",\"detail\":\"No.\"}");
        assertThat(user.run(words)).isEqualTo(ExitCode.STALE.code());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "folder create East --in /Plant | /api/folders | {\"parent\":\"" + PLANT + "\",\"name\":\"East\"}",
                "user create bob --in Yard | /api/users | {\"name\":\"bob\",\"folder\":\"" + YARD + "\"}",
                "group create Night --in / --description x | /api/groups | {\"name\":\"Night\",\"folder\":\"" + PLANT
                        + "\",\"description\":\"x\"}"
            })
    void creationsHaveAKeyWhichMayBeGiven(String line, String path, String body) {
        server.on("POST " + path, 201, "{\"id\":\"01900000-0000-7000-8000-0000000000ff\"}");
        run(line.split(" "));
        assertThat(user.out()).isEqualTo("created 01900000-0000-7000-8000-0000000000ff\n");
        assertThat(last("POST").body()).isEqualTo(body);
        assertThat(last("POST").headers().get("Idempotency-Key")).matches("[A-Za-z0-9_-]{16,64}");
        run((line + " --key night-shift-2026-01").split(" "));
        assertThat(last("POST").headers().get("Idempotency-Key")).isEqualTo("night-shift-2026-01");
        assertThat(user.run((line + " --key short").split(" "))).isEqualTo(ExitCode.USAGE.code());
    }

    private static final String LOSS =
            """
            {"effects":[{"principal":{"id":"x","name":"Night shift","kind":"group"},"permission":"terminal","lost":12,"gained":0,"placesLost":2,"placesGained":0,"users":3},
            {"principal":{"id":"x","name":"Night shift","kind":"group"},"permission":"chat","lost":0,"gained":0,"placesLost":1,"placesGained":0,"users":3}],
            "ownersLeft":true,"sessionsEnding":1}
            """;

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            textBlock =
                    """
                    folder remove Hall 1, a1, folders
                    user remove ann, e1, users
                    group remove Service, b1, groups
                    """)
    void whatARemovalTakesAwayIsShownWithoutRemovingAnything(String line, String id, String kind) {
        String whole = "01900000-0000-7000-8000-0000000000" + id;
        server.on("POST /api/access/preview", 200, LOSS);
        String[] words = line.split(" ", 3);
        run(words[0], words[1], words[2], "--preview");
        assertThat(user.out()).contains("Night shift  terminal    0               12");
        assertThat(last("POST").body()).isEqualTo("{\"delete\":[\"" + whole + "\"]}");
        server.on("POST /api/access/preview", 200, LOSS.replace("\"ownersLeft\":true", "\"ownersLeft\":false"));
        assertThat(user.run(words[0], words[1], words[2], "--preview")).isEqualTo(ExitCode.CONFLICT.code());
        assertThat(server.requests)
                .extracting(FakeServer.Request::method)
                .as(kind)
                .doesNotContain("DELETE");

        server.on("DELETE /api/" + kind + "/" + whole, 204, "");
        server.on(
                "POST /api/access/preview", 422, "{\"type\":\"urn:bascule:problem:invalid\",\"detail\":\"Too many.\"}");
        server.on("GET /api/" + kind + "/" + whole + "/deletion", 200, "{\"folders\":1,\"apiTokens\":3,\"names\":[]}");
        user.in = new ByteArrayInputStream("yes\n".getBytes(StandardCharsets.UTF_8));
        run(words[0], words[1], words[2]);
        assertThat(user.err())
                .contains("With it go: 3 API tokens.\n", "what it would do to rights could not be shown: ")
                .contains("Too many.");
        assertThat(last("DELETE").path()).endsWith(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "folder move Yard --to /Plant/Hall_1, " + YARD + ", " + HALL,
        "folder move /Plant/Hall_1 --to Yard --etag 3, " + HALL + ", " + YARD,
        "device move press --to Yard, " + PRESS + ", " + YARD,
        "user move ann --to Yard, " + ANN + ", " + YARD,
        "group move Service --to Yard, " + SERVICE + ", " + YARD
    })
    void whatAMoveWouldDoIsShownWithoutMakingIt(String line, String moved, String target) {
        String[] words = (line + " --preview").split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].replace('_', ' ');
        }
        server.on("POST /api/access/preview", 200, LOSS);
        run(words);
        assertThat(user.out())
                .contains("Night shift  terminal    0               12")
                .contains("1 running sessions would end");
        assertThat(last("POST").body())
                .isEqualTo("{\"move\":[{\"resource\":\"" + moved + "\",\"folder\":\"" + target + "\"}]}");
        server.on("POST /api/access/preview", 200, LOSS.replace("\"ownersLeft\":true", "\"ownersLeft\":false"));
        assertThat(user.run(words)).isEqualTo(ExitCode.CONFLICT.code());
        assertThat(user.out()).contains("it would be refused");
        server.on("POST /api/access/preview", 403, "{\"type\":\"urn:bascule:problem:forbidden\",\"detail\":\"No.\"}");
        assertThat(user.run(words)).isEqualTo(ExitCode.REFUSED.code());
        assertThat(server.requests).extracting(FakeServer.Request::method).doesNotContain("PATCH");
    }

    @Test
    void whatAMembershipWouldDoIsShownWithoutMakingIt() {
        server.on("POST /api/access/preview", 200, LOSS);
        String pair = "[{\"group\":\"" + SERVICE + "\",\"member\":\"" + ANN + "\"}]}";
        run("group", "add", "Service", "ann", "--preview");
        assertThat(last("POST").body()).isEqualTo("{\"join\":" + pair);
        run("group", "remove-member", "Service", "ann", "--preview");
        assertThat(last("POST").body()).isEqualTo("{\"leave\":" + pair);
        assertThat(server.requests).extracting(FakeServer.Request::method).doesNotContain("PUT", "DELETE");
    }

    @Test
    void aFolderIsRemovedAfterItWasSaidWhatGoesWithIt() throws Exception {
        server.on(
                "GET /api/folders/" + HALL + "/deletion",
                200,
                """
                {"folders":3,"devices":22,"subDevices":0,"users":0,"groups":0,"entries":2,"tokens":0,"contracts":4,"sessions":1,"names":["press","la\\u001b[2Jthe"]}
                """);
        server.on("DELETE /api/folders/" + HALL, 204, "");
        server.on("POST /api/access/preview", 200, LOSS);
        assertThat(user.run("folder", "remove", "Hall 1")).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err())
                .isEqualTo(
                        """
                        With it go: 2 folders below, 22 devices, 2 permission entries, 4 contracts, 1 running sessions.
                          press
                          la\\u001b[2Jthe
                          and 20 more devices
                        WHO          PERMISSION  DEVICES GAINED  DEVICES LOST  PLACES GAINED  PLACES LOST  USERS
                        Night shift  terminal    0               12            0              2            3
                        Night shift  chat        0               0             0              1            3
                        Night shift would lose chat on no device, but on 1 folder, user or group
                        1 running sessions would end
                        Remove the folder '/Plant/Hall 1'? Type yes:
                        bascule: nothing was done: confirm with yes, or use --yes
                        """);
        user.in = new ByteArrayInputStream("yes\n".getBytes(StandardCharsets.UTF_8));
        run("folder", "remove", "Hall 1");
        assertThat(last("DELETE").headers().get("If-Match")).isEqualTo("\"4\"");
        run("folder", "remove", "Hall 1", "--yes", "--json");
        assertThat(StrictJson.parse(user.out().strip(), 1_000).string("done", 20))
                .isEqualTo("removed");
    }

    @Test
    void aDeviceIsRemovedAfterItWasSaidWhatGoesWithIt() {
        server.on(
                "GET /api/devices/" + PRESS + "/deletion",
                200,
                """
                {"devices":1,"subDevices":2,"entries":3,"accessRequests":1,"assistance":0,"settings":1,"sessions":4}
                """);
        server.on("DELETE /api/devices/" + PRESS, 204, "");
        assertThat(user.run("device", "remove", "press")).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err())
                .isEqualTo(
                        """
                        With it go: 2 sub-devices, 3 permission entries, 1 open access requests, 1 session policies and fixed relays, 4 running sessions.
                        Remove the device 'press'? Type yes:
                        bascule: nothing was done: confirm with yes, or use --yes
                        """);
        server.on("GET /api/devices/" + PRESS + "/deletion", 200, "{\"devices\":1}");
        user.in = new ByteArrayInputStream("yes\n".getBytes(StandardCharsets.UTF_8));
        run("device", "remove", "press");
        assertThat(user.err()).startsWith("With it go: nothing that you see.\n");
        assertThat(last("DELETE").headers().get("If-Match")).isEqualTo("\"7\"");
    }

    @ParameterizedTest
    @CsvSource({
        "device revoke press, POST, /api/devices/" + PRESS + "/revoke, revoked",
        "device release press, POST, /api/devices/" + PRESS + "/release, released",
        "device remove press, DELETE, /api/devices/" + PRESS + ", removed",
        "user remove ann, DELETE, /api/users/" + ANN + ", removed",
        "group remove Service, DELETE, /api/groups/" + SERVICE + ", removed"
    })
    void whatCannotBeUndoneIsAsked(String line, String method, String path, String done) {
        server.on(method + " " + path, 204, "");
        for (String each : List.of("devices/" + PRESS, "users/" + ANN, "groups/" + SERVICE)) {
            server.on("GET /api/" + each + "/deletion", 200, "{}");
        }
        assertThat(user.run(line.split(" "))).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(server.requests)
                .noneMatch(request ->
                        request.method().equals(method) && request.path().equals(path));
        run((line + " --yes").split(" "));
        assertThat(last(method).path()).isEqualTo(path);
        assertThat(last(method).headers().get("If-Match"))
                .as("as it was when the question was asked")
                .matches("\"[57]\"");
        assertThat(user.out()).isEqualTo(done + "\n");
    }

    @Test
    void devicesAreSearchedAndAllPagesRead() throws Exception {
        run("device", "list", "--json");
        assertThat(StrictJson.parse(user.out().strip(), 10_000).children("items", 9))
                .hasSize(3);
        run("device", "list", "--folder", "/Plant/Yard", "--state", "online", "--", "-tag:old", "os:debian");
        assertThat(last("GET").query())
                .isEqualTo("sort=name&state=online&folder=" + YARD + "&q=-tag%3Aold%20os%3Adebian&limit=200");
        run("device", "list", "--most", "1");
        assertThat(user.out()).hasLineCount(2);
        assertThat(last("GET").query()).endsWith("limit=1");
        assertThat(user.run("device", "list", "--most", "0")).isEqualTo(ExitCode.USAGE.code());
    }

    private static final String PLC = "01900000-0000-7000-8000-0000000000c1";

    @ParameterizedTest
    @ValueSource(strings = {"press/plc", "/Plant/Hall 1/press/plc", PRESS + "/plc", PLC})
    void aSubDeviceIsMovedUnderTheVersionThatWasRead(String reference) {
        String plc = "{\"id\":\"" + PLC + "\",\"device\":\"" + PRESS
                + "\",\"name\":\"plc\",\"services\":[{\"kind\":\"ssh\",\"port\":22}],\"etag\":\"3\"}";
        server.on("GET /api/devices/" + PRESS + "/sub-devices", 200, "{\"items\":[" + plc + "],\"next\":null}");
        server.on("GET /api/sub-devices/" + PLC, 200, plc);
        server.on("PATCH /api/sub-devices/" + PLC, 200, plc.replace(PRESS, SAW));
        run("sub-device", "move", reference, "--to", "/Plant/Yard/saw");
        assertThat(user.out()).isEqualTo("moved to the device " + SAW + "\n");
        assertThat(last("PATCH").body()).isEqualTo("{\"device\":\"" + SAW + "\"}");
        assertThat(last("PATCH").headers().get("If-Match")).isEqualTo("\"3\"");
        run("sub-device", "list", "press");
        assertThat(user.out()).contains("plc").contains("ssh:22").contains(PLC);
        run("sub-device", "show", reference, "--json");
        assertThat(user.out()).contains("\"etag\":\"3\"");
        assertThat(user.run("sub-device", "move", "press/hmi", "--to", "saw")).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).isEqualTo("bascule: there is no sub-device 'press/hmi' that you may see\n");
        assertThat(user.run("sub-device", "show", "plc")).isEqualTo(ExitCode.REFUSED.code());
        server.on("PATCH /api/sub-devices/" + PLC, 412, "{\"type\":\"urn:bascule:problem:precondition-failed\"}");
        assertThat(user.run("sub-device", "move", reference, "--to", "saw")).isEqualTo(ExitCode.STALE.code());
    }

    @Test
    void membershipsAreMadeAndEndedWithoutVersion() {
        server.on("PUT /api/groups/" + SERVICE + "/members/" + ANN, 204, "");
        server.on("DELETE /api/groups/" + SERVICE + "/members/" + ANN, 204, "");
        run("group", "add", "Service", "ann");
        run("group", "remove-member", "/Plant/Service", "user:ann");
        assertThat(last("DELETE").headers()).doesNotContainKey("If-Match");
        server.on(
                "PUT /api/groups/" + SERVICE + "/members/" + ANN,
                409,
                "{\"type\":\"urn:bascule:problem:group-cycle\",\"detail\":\"A circle.\"}");
        assertThat(user.run("group", "add", "Service", "ann")).isEqualTo(ExitCode.CONFLICT.code());
    }

    @Test
    void aNameOfAUserAndAGroupNeedsItsKind() {
        new FakeDirectory(server)
                .folder(PLANT, "", "Plant")
                .user(ANN, PLANT, "night")
                .group(SERVICE, PLANT, "night");
        server.on("PUT /api/groups/" + SERVICE + "/members/" + ANN, 204, "");
        assertThat(user.run("group", "add", "night", "night")).isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err())
                .isEqualTo("bascule: 'night' means 2 things: use one of the ids: user " + ANN + " in Plant, group "
                        + SERVICE + " in Plant\n");
        run("group", "add", "night", "user:night");
        run("group", "add", "night", "user:" + ANN);
    }

    @Test
    void listsOfPeopleAreTables() {
        server.on(
                "GET /api/groups/" + SERVICE + "/members",
                200,
                "{\"items\":[{\"id\":\"" + ANN + "\",\"name\":\"ann\",\"kind\":\"user\"}],\"next\":null}");
        run("user", "list", "--group", "Service");
        assertThat(last("GET").query()).isEqualTo("group=" + SERVICE + "&limit=200");
        assertThat(user.out()).contains("ann   Plant   -       never");
        run("group", "list", "Serv");
        assertThat(user.out()).contains("Service  Plant   2");
        run("group", "members", "Service");
        assertThat(user.out()).contains("user  ann   " + ANN);
    }
}
