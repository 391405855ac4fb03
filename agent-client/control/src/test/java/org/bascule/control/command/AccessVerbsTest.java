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

/** Permissions, requests for access and for help, sessions, contracts: which requests they become, and what is said about it. */
class AccessVerbsTest {

    private static final String PLANT = "01900000-0000-7000-8000-0000000000a0";
    private static final String HALL = "01900000-0000-7000-8000-0000000000a1";
    private static final String PRESS = "01900000-0000-7000-8000-0000000000d1";
    private static final String CAMERA = "01900000-0000-7000-8000-0000000000c1";
    private static final String ANN = "01900000-0000-7000-8000-0000000000e1";
    private static final String SERVICE = "01900000-0000-7000-8000-0000000000b1";
    private static final String ENTRY = "01900000-0000-7000-8000-000000000011";

    private static final String ALLOW =
            """
            {"id":"%s","resource":{"id":"%s","name":"Hall 1","kind":"folder","path":[{"id":"%s","name":"Plant"}]},
            "principal":{"id":"%s","name":"Service","kind":"group"},"permission":"terminal","effect":"allow","from":null,"until":null,
            "window":{"days":["mon","tue","wed","thu","fri"],"start":"08:00","end":"17:00","zone":"Europe/Vienna"},
            "origin":"entry","delegable":false,"editable":true,"etag":"3"}
            """
                    .formatted(ENTRY, HALL, PLANT, SERVICE);

    private final FakeServer server;
    private TestUser user;

    AccessVerbsTest() throws IOException {
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
                .device(PRESS, HALL, "press")
                .user(ANN, PLANT, "ann")
                .group(SERVICE, PLANT, "Service");
        server.on("GET /api/access/entries", 200, "{\"items\":[" + ALLOW + "],\"next\":null}");
        server.on("POST /api/access/entries", 201, "{\"items\":[" + ALLOW + "]}");
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
    void aGrantBecomesOneRequestForAllPermissions() {
        run("grant", "Service", "terminal,read-files", "/Plant/Hall 1");
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"permissions\":[\"terminal\",\"read-files\"],\"effect\":\"allow\",\"delegable\":false,\"principal\":\""
                                + SERVICE + "\",\"resource\":\"" + HALL + "\"}");
        assertThat(last("POST").headers().get("Idempotency-Key")).isNotBlank();
        assertThat(user.out())
                .isEqualTo(
                        """
                        EFFECT  PERMISSION  WHO      ON             FROM  UNTIL  WINDOW                                         ID
                        allow   terminal    Service  /Plant/Hall 1  -     -      mon,tue,wed,thu,fri 08:00-17:00 Europe/Vienna  %s
                        """
                                .formatted(ENTRY));
    }

    @Test
    void theCatalogueSaysWhatDoesNothingYet() {
        server.on(
                "GET /api/permissions",
                200,
                """
                {"items":[
                {"code":"terminal","kind":"device-access","text":"Terminal","used":true,"freshFactor":false},
                {"code":"vpn","kind":"device-access","text":"VPN","used":false,"freshFactor":false}],"presets":[]}
                """);
        run("grant", "permissions");
        assertThat(user.out())
                .isEqualTo(
                        """
                        PERMISSION  KIND           WHAT IT IS
                        terminal    device-access  Terminal
                        vpn         device-access  VPN (not used by this version)
                        """);
    }

    @Test
    void aGrantHasItsLimitsOfTime() {
        run(
                "grant",
                "--deny",
                "--delegable",
                "--from",
                "2026-02-01T08:00:00+01:00",
                "--until",
                "+7d",
                "--window",
                "mon-fri 08:00-17:00 Europe/Vienna",
                "user:ann",
                "terminal",
                "press");
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"permissions\":[\"terminal\"],\"effect\":\"deny\",\"delegable\":true,\"from\":\"2026-02-01T07:00:00Z\","
                                + "\"until\":\"2026-01-09T12:00:00Z\",\"window\":{\"days\":[\"mon\",\"tue\",\"wed\",\"thu\",\"fri\"],"
                                + "\"start\":\"08:00\",\"end\":\"17:00\",\"zone\":\"Europe/Vienna\"},\"principal\":\""
                                + ANN
                                + "\",\"resource\":\"" + PRESS + "\"}");
    }

    @ParameterizedTest
    @CsvSource({"grant", "grant Service", "grant Service terminal", "grant remove", "grant remove x terminal"})
    void anIncompleteGrantIsSaidToBeOne(String line) {
        assertThat(user.run(line.split(" "))).isEqualTo(ExitCode.USAGE.code());
        assertThat(server.requests).noneMatch(request -> !request.method().equals("GET"));
    }

    @Test
    void oneIsOneselfWhereAPrincipalIsNamed() {
        server.on("GET /api/me", 200, "{\"user\":{\"id\":\"" + ANN + "\",\"name\":\"ann\"}}");
        run("grant", "me", "terminal", "press");
        assertThat(last("POST").body()).contains("\"principal\":\"" + ANN + "\"");
    }

    /** A sub-device is behind its device. */
    @Test
    void aResourceMayBeASubDevice() {
        server.on(
                "GET /api/devices/" + PRESS + "/sub-devices",
                200,
                "{\"items\":[{\"id\":\"" + CAMERA + "\",\"name\":\"camera\"}],\"next\":null}");
        run("grant", "Service", "terminal", "/Plant/Hall 1/press/camera");
        assertThat(last("POST").body()).contains("\"resource\":\"" + CAMERA + "\"");
    }

    @Test
    void aPreviewChangesNothingAndSaysWhatWouldBe() {
        server.on(
                "POST /api/access/preview",
                200,
                """
                {"effects":[{"principal":{"id":"x","name":"Service","kind":"group"},"permission":"terminal","lost":0,"gained":214,"placesLost":0,"placesGained":9,"users":6}],
                "ownersLeft":true,"sessionsEnding":2}
                """);
        run("grant", "Service", "terminal", "Hall 1", "--preview");
        assertThat(user.out())
                .isEqualTo(
                        """
                        WHO      PERMISSION  DEVICES GAINED  DEVICES LOST  PLACES GAINED  PLACES LOST  USERS
                        Service  terminal    214             0             9              0            6
                        2 running sessions would end
                        """);
        assertThat(server.to("/api/access/preview").get(0).body())
                .startsWith("{\"add\":[{")
                .endsWith("}]}");
        assertThat(server.to("/api/access/entries")).isEmpty();
        server.on("POST /api/access/preview", 200, "{\"effects\":[],\"ownersLeft\":false,\"sessionsEnding\":0}");
        assertThat(user.run("grant", "remove", "Service", "terminal", "Hall 1", "--preview"))
                .isEqualTo(ExitCode.CONFLICT.code());
        assertThat(user.out()).contains("no owner");
        assertThat(server.to("/api/access/preview").get(1).body()).isEqualTo("{\"remove\":[\"" + ENTRY + "\"]}");
    }

    @Test
    void aPreviewTellsOfALossOfAdministrationWhereThereIsNoDevice() {
        server.on(
                "POST /api/access/preview",
                200,
                """
                {"effects":[
                {"principal":{"id":"x","name":"Service","kind":"group"},"permission":"manage-permissions","lost":0,"gained":0,"placesLost":2,"placesGained":0,"users":6},
                {"principal":{"id":"x","name":"Service","kind":"group"},"permission":"manage-users","lost":3,"gained":0,"placesLost":2,"placesGained":1,"users":6}],
                "ownersLeft":true,"sessionsEnding":0}
                """);
        run("grant", "remove", "Service", "terminal", "Hall 1", "--preview");
        assertThat(user.out())
                .isEqualTo(
                        """
                        WHO      PERMISSION          DEVICES GAINED  DEVICES LOST  PLACES GAINED  PLACES LOST  USERS
                        Service  manage-permissions  0               0             0              2            6
                        Service  manage-users        0               3             1              2            6
                        Service would lose manage-permissions on no device, but on 2 folders, users or groups
                        Service would gain manage-users on no device, but on 1 folder, user or group
                        """);
        server.on("POST /api/access/preview", 200, "{\"effects\":[],\"ownersLeft\":true,\"sessionsEnding\":0}");
        assertThat(user.run("grant", "remove", "Service", "terminal", "Hall 1", "--preview"))
                .isEqualTo(ExitCode.OK.code());
        assertThat(user.out()).contains("it would change nobody's rights");
    }

    @Test
    void entriesAreListed() {
        run("grant", "list", "Hall 1", "--inherited", "--principal", "Service");
        assertThat(last("GET").query())
                .isEqualTo("resource=" + HALL + "&principal=" + SERVICE + "&inherited=true&limit=200");
        run("grant", "list", "--json");
        assertThat(user.out()).contains("\"permission\":\"terminal\"");
    }

    @Test
    void entriesAreRemovedUnderTheirVersion() {
        server.on("DELETE /api/access/entries/" + ENTRY, 204, "");
        user.in = new ByteArrayInputStream("yes\n".getBytes(StandardCharsets.UTF_8));
        run("grant", "remove", "Service", "terminal,read-files", "Hall 1");
        assertThat(user.err()).contains("allow   terminal    Service").contains("Remove this entry?");
        assertThat(last("DELETE").headers().get("If-Match")).isEqualTo("\"3\"");
        run("grant", "remove", ENTRY, "--yes");
        assertThat(user.run("grant", "remove", "Service", "terminal", "Hall 1", "--deny", "--yes"))
                .as("there is none that denies")
                .isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).contains("there is one that allows: leave --deny out");
        assertThat(user.run("grant", "remove", "Service", "read-files", "Hall 1", "--yes"))
                .isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err())
                .contains("there is no such entry that you may see")
                .doesNotContain("deny");
        server.on(
                "GET /api/access/entries",
                200,
                "{\"items\":[" + ALLOW.replace("\"allow\"", "\"deny\"") + "],\"next\":null}");
        assertThat(user.run("grant", "remove", "Service", "terminal", "Hall 1", "--yes"))
                .isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.err()).contains("there is one that denies: say --deny");
        int lists = server.to("/api/access/entries").size();
        run("grant", "remove", ENTRY, "--etag", "9", "--yes");
        assertThat(server.to("/api/access/entries")).as("nothing is looked for").hasSize(lists);
        assertThat(last("DELETE").headers().get("If-Match")).isEqualTo("\"9\"");
    }

    private void effective(boolean granted, String deciding, String lost) {
        server.on(
                "GET /api/access/effective",
                200,
                """
                {"user":{"id":"%s","name":"ann"},"resource":{"id":"%s","name":"press","kind":"device","path":[{"id":"%s","name":"Plant"}]},
                "items":[{"permission":"terminal","granted":%s,"deciding":%s,"reason":"%s","lost":[%s]},
                {"permission":"vpn","granted":false,"deciding":null,"reason":"no-entry","lost":[]}]}
                """
                        .formatted(
                                ANN,
                                PRESS,
                                PLANT,
                                granted,
                                deciding,
                                deciding.equals("null") ? "no-entry" : "group-entry",
                                lost));
    }

    @Test
    void rightsAreExplained() {
        effective(true, ALLOW, "{\"entry\":" + ALLOW.replace("allow", "deny") + ",\"why\":\"farther\"}");
        run("rights", "explain", "ann", "press", "terminal");
        assertThat(last("GET").query()).isEqualTo("user=" + ANN + "&resource=" + PRESS);
        String window = ", mon,tue,wed,thu,fri 08:00-17:00 Europe/Vienna: ";
        assertThat(user.out())
                .isEqualTo("terminal: granted for ann on /Plant/press\n"
                        + "because: allow for group Service on /Plant/Hall 1" + window + "an entry of a group\n"
                        + "lost:    deny for group Service on /Plant/Hall 1" + window + "it is farther away\n");
        run("rights", "explain", "ann", "press");
        assertThat(user.out()).hasLineCount(3).contains("vpn         no");
    }

    @Test
    void aScriptAsksWhetherSomethingIsGranted() {
        effective(false, "null", "");
        run("rights", "explain", "ann", "press", "terminal");
        assertThat(user.run("rights", "explain", "ann", "press", "terminal", "--check"))
                .isEqualTo(ExitCode.REFUSED.code());
        assertThat(user.run("rights", "explain", "ann", "press", "fly")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.run("rights", "explain", "ann", "press", "--check")).isEqualTo(ExitCode.USAGE.code());
        effective(true, ALLOW, "");
        run("rights", "explain", "ann", "press", "terminal", "--check", "--json");
        assertThat(user.out()).contains("\"granted\":true").doesNotContain("vpn");
    }

    /** Who may not see users can still ask about himself. */
    @Test
    void meIsTheCaller() {
        server.on("GET /api/me", 200, "{\"user\":{\"id\":\"" + ANN + "\",\"name\":\"ann\"}}");
        effective(true, ALLOW, "");
        run("rights", "explain", "me", "press");
        assertThat(last("GET").query()).startsWith("user=" + ANN + "&");
        assertThat(server.requests).noneMatch(request -> request.query().contains("q=me"));
    }

    @Test
    void everybodyAndOnePersonAreListedWithAllTheirPermissions() {
        String many = "\"" + "permission-with-a-long-name\",\"".repeat(20) + "last\"";
        server.on(
                "GET /api/access/everybody",
                200,
                "{\"items\":[{\"user\":{\"id\":\"" + ANN + "\",\"name\":\"ann\"},\"permissions\":[" + many
                        + "]}],\"next\":null}");
        run("rights", "everybody", "/Plant");
        assertThat(user.out()).hasLineCount(2).contains("ann").contains(" last\n");
        server.on(
                "GET /api/access/person",
                200,
                "{\"items\":[{\"resource\":{\"id\":\"" + HALL
                        + "\",\"name\":\"Hall 1\",\"kind\":\"folder\",\"path\":[]},\"permissions\":[\"vpn\"],\"devices\":9}],\"next\":null}");
        run("rights", "person", "ann");
        assertThat(user.out()).contains("/Hall 1  folder  9        vpn");
    }

    /** Nothing can be read of it: there is no answer to a GET. */
    @Test
    void whatIsCutOffAndHiddenIsListedAndJoinedAgain() {
        String hidden = "0199a5a0-0000-7000-8000-00000000abcd";
        server.on(
                "GET /api/folders/" + HALL + "/cut-off",
                200,
                "{\"items\":[{\"id\":\"" + hidden
                        + "\",\"name\":\"vault\",\"kind\":\"folder\",\"etag\":\"3\"}],\"next\":null}");
        run("rights", "cut-off", "/Plant/Hall 1");
        assertThat(user.out()).hasLineCount(2).contains("vault  folder  " + hidden + "  3");
        server.on("PUT /api/access/inheritance/" + hidden, 204, "");
        run("rights", "inherit", "--on", "folder:" + hidden, "--etag", "3");
        assertThat(last("PUT").headers().get("If-Match")).isEqualTo("\"3\"");
        assertThat(server.requests).noneMatch(request -> request.path().equals("/api/folders/" + hidden));
    }

    @Test
    void inheritanceIsBlockedUnderTheVersionOfTheResource() {
        server.on("PUT /api/access/inheritance/" + HALL, 204, "");
        run("rights", "inherit", "--off", "folder:Hall 1");
        assertThat(last("PUT").headers().get("If-Match")).isEqualTo("\"4\"");
        assertThat(last("PUT").body()).isEqualTo("{\"inherit\":false}");
        run("rights", "inherit", "--on", "/Plant/Hall 1");
        assertThat(last("PUT").body()).isEqualTo("{\"inherit\":true}");
        assertThat(user.run("rights", "inherit", "Hall 1")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.run("rights", "inherit", "--on", "--off", "Hall 1")).isEqualTo(ExitCode.USAGE.code());
        assertThat(user.run("rights", "inherit", "--on", "group:Service")).isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void accessIsAskedForAndDecided() {
        String request =
                "{\"id\":\"r\",\"state\":\"approved\",\"permissions\":[\"vpn\"],\"until\":\"2026-01-02T20:00:00Z\","
                        + "\"user\":{\"id\":\"u\",\"name\":\"ann\"},\"reason\":\"alarm\"}";
        server.on("POST /api/access/requests", 201, request);
        server.on("GET /api/access/requests", 200, "{\"items\":[" + request + "],\"next\":null}");
        for (String decision : new String[] {"approve", "reject", "withdraw"}) {
            server.on("POST /api/access/requests/r/" + decision, 200, request);
        }
        run("request", "create", "vpn,terminal", "press", "--until", "+8h", "--reason", "alarm");
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"permissions\":[\"vpn\",\"terminal\"],\"reason\":\"alarm\",\"until\":\"2026-01-02T20:00:00Z\","
                                + "\"resource\":\"" + PRESS + "\"}");
        assertThat(last("POST").headers().get("Idempotency-Key")).isNotBlank();
        run("request", "list", "--state", "open", "--mine");
        assertThat(last("GET").query()).isEqualTo("state=open&mine=true&limit=200");
        run("request", "approve", "r", "--until", "+1h");
        assertThat(last("POST").body()).isEqualTo("{\"until\":\"2026-01-02T13:00:00Z\"}");
        run("request", "reject", "r", "--reason", "no");
        assertThat(last("POST").body()).isEqualTo("{\"reason\":\"no\"}");
        run("request", "withdraw", "r");
        assertThat(user.out()).isEqualTo("approved: vpn until 2026-01-02T20:00:00Z\n");
        assertThat(user.run("request", "create", "vpn", "press", "--until", "soon", "--reason", "x"))
                .isEqualTo(ExitCode.USAGE.code());
    }

    private static final String ASKED =
            """
            {"id":"r","state":"open","permissions":["terminal","vpn"],"until":"2026-01-02T20:00:00Z","reason":"alarm","etag":"1",
            "user":{"id":"%s","name":"ann"},"resource":{"id":"%s","name":"press","kind":"device","path":[]}}
            """
                    .formatted(ANN, PRESS);

    @ParameterizedTest
    @CsvSource({"'', 2026-01-02T20:00:00Z", "' --until +1h', 2026-01-02T13:00:00Z"})
    void whatAnApprovalWouldGiveIsShownWithoutGivingIt(String option, String until) {
        server.on("GET /api/access/requests", 200, "{\"items\":[" + ASKED + "],\"next\":null}");
        server.on(
                "POST /api/access/preview",
                200,
                "{\"effects\":[{\"principal\":{\"name\":\"ann\"},\"permission\":\"terminal\",\"lost\":0,\"gained\":1,\"users\":1}],"
                        + "\"ownersLeft\":true,\"sessionsEnding\":0}");
        run(("request approve r --preview" + option).split(" "));
        assertThat(user.out()).contains("ann  terminal    1               0");
        assertThat(last("GET").query()).startsWith("state=open&");
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"add\":[{\"resource\":\"%s\",\"principal\":\"%s\",\"permissions\":[\"terminal\",\"vpn\"],\"effect\":\"allow\","
                                        .formatted(PRESS, ANN)
                                + "\"delegable\":false,\"until\":\"" + until + "\"}]}");
        assertThat(server.requests).noneMatch(request -> request.path().endsWith("/approve"));
    }

    /** The permission may be there while the time is not. */
    @ParameterizedTest
    @CsvSource({
        "r --until +9h, 2026-01-02T20:00:00Z, 8",
        "r --until 2026-01-02T11:59:59Z, 2026-01-02T20:00:00Z, 8",
        "r, 2026-01-02T12:00:00Z, 8",
        "r --until soon, 2026-01-02T20:00:00Z, 2",
        "s, 2026-01-02T20:00:00Z, 4"
    })
    void anApprovalThatWouldBeRefusedIsNotShownAsOne(String line, String until, int code) {
        server.on(
                "GET /api/access/requests",
                200,
                "{\"items\":[" + ASKED.replace("2026-01-02T20:00:00Z", until) + "],\"next\":null}");
        assertThat(user.run(("request approve --preview " + line).split(" "))).isEqualTo(code);
        assertThat(server.requests).noneMatch(request -> request.method().equals("POST"));
    }

    @Test
    void helpIsTakenAndClosed() {
        String request =
                "{\"id\":\"h\",\"state\":\"taken\",\"device\":{\"uid\":\"d\",\"name\":\"press\"},\"text\":\"stuck\","
                        + "\"contact\":{\"name\":\"Ann\",\"phone\":null,\"email\":\"ann@x.example\"}}";
        server.on("GET /api/assistance", 200, "{\"items\":[" + request + "],\"next\":null}");
        server.on("POST /api/assistance/h/take", 200, request);
        server.on("POST /api/assistance/h/close", 200, request);
        run("assist", "list", "--state", "open");
        assertThat(user.out()).contains("taken  press   stuck  Ann, ann@x.example");
        run("assist", "take", "h");
        run("assist", "close", "h", "--comment", "freed");
        assertThat(last("POST").body()).isEqualTo("{\"comment\":\"freed\"}");
        server.on(
                "POST /api/assistance/h/take",
                409,
                "{\"type\":\"urn:bascule:problem:conflict\",\"detail\":\"Somebody was quicker.\"}");
        assertThat(user.run("assist", "take", "h")).isEqualTo(ExitCode.CONFLICT.code());
    }

    @Test
    void contractsAndQualificationsAreReplacedUnderTheirVersion() {
        String contract = "/api/folders/" + HALL + "/contract";
        server.on("GET " + contract, 200, "{\"reference\":\"C-1\",\"etag\":\"4\"}");
        server.on("PUT " + contract, 200, "{\"reference\":\"C-2\",\"etag\":\"5\"}");
        server.on("DELETE " + contract, 204, "");
        run("contract", "show", "Hall 1");
        assertThat(user.out()).contains("reference  C-1");
        run("contract", "set", "Hall 1", "--reference", "C-2", "--required", "--qualification", "high voltage");
        assertThat(last("PUT").body())
                .isEqualTo("{\"required\":true,\"qualifications\":[\"high voltage\"],\"reference\":\"C-2\"}");
        assertThat(last("PUT").headers().get("If-Match")).isEqualTo("\"4\"");
        run("contract", "remove", "Hall 1", "--yes");
        assertThat(last("DELETE").headers().get("If-Match")).isEqualTo("\"4\"");

        String held = "/api/users/" + ANN + "/qualifications";
        server.on("GET " + held, 200, "{\"items\":[{\"name\":\"welding\",\"until\":null}],\"etag\":\"5\"}");
        server.on("PUT " + held, request -> new FakeServer.Reply(200, request.body()));
        run("qualification", "add", "ann", "high voltage", "--until", "+1d");
        assertThat(last("PUT").body())
                .isEqualTo(
                        "{\"items\":[{\"name\":\"welding\",\"until\":null},{\"name\":\"high voltage\",\"until\":\"2026-01-03T12:00:00Z\"}]}");
        run("qualification", "remove", "ann", "welding");
        assertThat(last("PUT").body()).isEqualTo("{\"items\":[]}");
        assertThat(user.run("qualification", "remove", "ann", "flying")).isEqualTo(ExitCode.REFUSED.code());
    }

    @Test
    void whatAContractOrAQualificationWouldDoIsShownWithoutSavingIt() {
        String held = "/api/users/" + ANN + "/qualifications";
        server.on("GET " + held, 200, "{\"items\":[{\"name\":\"welding\",\"until\":null}],\"etag\":\"5\"}");
        server.on(
                "POST /api/access/preview",
                200,
                """
                {"effects":[{"principal":{"id":"x","name":"Service","kind":"group"},"permission":"terminal","lost":3,"gained":0,"placesLost":0,"placesGained":0,"users":2}],
                "ownersLeft":true,"sessionsEnding":1}
                """);
        run("contract", "set", "Hall 1", "--reference", "C-2", "--until", "+1d", "--required", "--preview");
        assertThat(user.out())
                .contains("Service  terminal    0               3")
                .contains("1 running sessions would end");
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"contracts\":[{\"folder\":\"" + HALL
                                + "\",\"contract\":{\"required\":true,\"qualifications\":[],\"reference\":\"C-2\",\"until\":\"2026-01-03T12:00:00Z\"}}]}");
        run("contract", "remove", "Hall 1", "--preview");
        assertThat(last("POST").body()).isEqualTo("{\"contracts\":[{\"folder\":\"" + HALL + "\",\"contract\":null}]}");
        run("qualification", "add", "ann", "high voltage", "--preview");
        assertThat(last("POST").body())
                .isEqualTo("{\"qualifications\":[{\"user\":\"" + ANN
                        + "\",\"items\":[{\"name\":\"welding\",\"until\":null},{\"name\":\"high voltage\"}]}]}");
        run("qualification", "remove", "ann", "welding", "--preview");
        assertThat(last("POST").body()).isEqualTo("{\"qualifications\":[{\"user\":\"" + ANN + "\",\"items\":[]}]}");
        assertThat(server.requests).extracting(FakeServer.Request::method).doesNotContain("PUT", "DELETE");
    }

    @Test
    void theOperationsLogIsListedUpToANumber() {
        server.on(
                "GET /api/audit",
                request -> new FakeServer.Reply(
                        200,
                        "{\"items\":[{\"time\":\"2026-01-02T11:00:00Z\",\"code\":\"folder.create\",\"outcome\":\"success\","
                                + "\"user\":{\"id\":\"u\",\"name\":\"ann\"}}],\"next\":\"after "
                                + server.to("/api/audit").size() + "\"}"));
        run(
                "audit",
                "list",
                "--code",
                "folder.create",
                "--user",
                "ann",
                "--from",
                "2026-01-01T00:00:00Z",
                "--most",
                "3");
        assertThat(user.out()).hasLineCount(4).contains("ann   folder.create  success");
        assertThat(server.to("/api/audit")).hasSize(3);
        assertThat(server.to("/api/audit").get(0).query())
                .isEqualTo("from=2026-01-01T00%3A00%3A00Z&code=folder.create&user=" + ANN + "&limit=3");
    }

    @Test
    void aReportHasAllItsPages() {
        String line =
                "{\"user\":\"ann\",\"device\":\"%s\",\"folder\":{\"id\":\"f\",\"name\":\"Hall 1\"},\"sessions\":2,\"seconds\":61,"
                        + "\"bytesIn\":10,\"bytesOut\":20}";
        server.on(
                "GET /api/audit/report",
                request -> new FakeServer.Reply(
                        200,
                        request.query().contains("cursor=")
                                ? "{\"items\":[" + line.formatted("lathe") + "],\"next\":null,\"operations\":[]}"
                                : "{\"items\":[" + line.formatted("press") + "],\"next\":\"more\",\"operations\":[]}"));
        run("audit", "report", "--from", "2026-01-01T00:00:00Z", "--to", "2026-02-01T00:00:00Z", "--in", "Hall 1");
        assertThat(user.out())
                .hasLineCount(3)
                .contains("ann   press   Hall 1  2         61       10        20")
                .contains("ann   lathe   Hall 1  2         61");
        assertThat(server.to("/api/audit/report").get(0).query())
                .isEqualTo("from=2026-01-01T00%3A00%3A00Z&to=2026-02-01T00%3A00%3A00Z&folder=" + HALL + "&limit=200");
        assertThat(user.run("audit", "report", "--from", "2026-01-01T00:00:00Z"))
                .isEqualTo(ExitCode.USAGE.code());
    }

    @Test
    void hostileTextsAreInert() throws Exception {
        String hostile = ALLOW.replace("Service", "\\u001b]0;x\\u0007\\u202e").replace("Hall 1", "a\\nb");
        server.on("GET /api/access/entries", 200, "{\"items\":[" + hostile + "],\"next\":null}");
        effective(true, hostile, "");
        for (String[] line : new String[][] {
            {"grant", "list"},
            {"grant", "list", "--json"},
            {"rights", "explain", "ann", "press"},
            {"rights", "explain", "ann", "press", "terminal"},
            {"grant", "remove", ENTRY}
        }) {
            user.run(line);
            assertThat((user.out() + user.err())
                            .codePoints()
                            .filter(point -> point != '\n' && Character.isISOControl(point) || point == 0x202e))
                    .isEmpty();
        }
        run("grant", "list", "--json");
        assertThat(StrictJson.parse(user.out().strip(), 10_000).children("items", 2))
                .hasSize(1);
    }
}
