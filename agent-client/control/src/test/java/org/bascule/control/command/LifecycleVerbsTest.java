package org.bascule.control.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bascule.control.ExitCode;
import org.bascule.control.FakeDirectory;
import org.bascule.control.FakeServer;
import org.bascule.control.TestUser;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pairing, binding, alarms, help, options and sub-devices: which requests they become, and what is said about it. */
class LifecycleVerbsTest {

    private static final String PLANT = "01900000-0000-7000-8000-0000000000a0";
    private static final String PRESS = "01900000-0000-7000-8000-0000000000d1";
    private static final String LATHE = "01900000-0000-7000-8000-0000000000d2";
    private static final String CAMERA = "01900000-0000-7000-8000-0000000000c1";
    private static final String CODE = "/api/pairings/AB12-CD34";
    private static final String DEVICE =
            "{\"uid\":\"%s\",\"name\":\"press\",\"words\":[\"amber\",\"canoe\"],\"fingerprint\":\"f-1\",\"etag\":\"7\"}"
                    .formatted(PRESS);
    private static final String OPTIONS =
            "{\"commentRequired\":false,\"assistance\":{\"enabled\":true,\"contactFields\":[],\"expiresHours\":24},\"quota\":null,\"etag\":\"5\"}";

    private final FakeServer server;
    private TestUser user;

    LifecycleVerbsTest() throws IOException {
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
                .device(PRESS, PLANT, "press")
                .device(LATHE, PLANT, "lathe");
        server.on(
                "GET " + CODE,
                200,
                "{\"code\":\"AB12-CD34\",\"name\":\"pump\\u001b[2J\",\"os\":\"debian\",\"fingerprint\":\"f-9\",\"words\":[\"amber\",\"canoe\"],"
                        + "\"rootWords\":[\"river\",\"stone\"],\"address\":\"192.0.2.1\"}");
        server.on("POST " + CODE + "/accept", 201, DEVICE);
        server.on("POST " + CODE + "/reject", 204, "");
        server.on("GET /api/devices/" + PRESS, 200, DEVICE);
        server.on("POST /api/devices/" + PRESS + "/rebind", 204, "");
        server.on("GET /api/domain/options", 200, OPTIONS);
        server.on("PATCH /api/domain/options", 200, OPTIONS);
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

    private void answer(String text) {
        user.in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private void assertNothingWasDone() {
        assertThat(server.requests).allMatch(request -> request.method().equals("GET"));
    }

    @Test
    void aMachineIsAcceptedAfterItsWordsWereCompared() {
        assertThat(user.run("pairing", "accept", "AB12-CD34", "--in", "/Plant"))
                .isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertThat(user.err())
                .contains("Words of its key: amber canoe\n")
                .contains("Words of this installation, which the machine shows too: river stone\n")
                .contains("debian, 192.0.2.1")
                .doesNotContain("\u001b");
        assertNothingWasDone();
        answer("yes\n");
        run("pairing", "accept", "AB12-CD34", "--in", "/Plant");
        assertThat(user.out()).isEqualTo("accepted: press " + PRESS + "\n");
        assertThat(last("POST").path()).isEqualTo(CODE + "/accept");
        assertThat(last("POST").body()).isEqualTo("{\"folder\":\"" + PLANT + "\",\"fingerprint\":\"f-9\"}");
    }

    @Test
    void anAcceptanceWhoseAnswerIsLostIsSentOnceMoreUnderItsKey() {
        AtomicInteger asked = new AtomicInteger();
        server.on(
                "POST " + CODE + "/accept",
                request -> asked.getAndIncrement() == 0
                        ? new FakeServer.Reply(503, "{\"title\":\"gone\"}")
                        : new FakeServer.Reply(201, DEVICE));
        run("pairing", "accept", "AB12-CD34", "--in", "Plant", "--words", "amber canoe");
        assertThat(user.out()).isEqualTo("accepted: press " + PRESS + "\n");
        List<FakeServer.Request> sent = server.to(CODE + "/accept");
        assertThat(sent).hasSize(2);
        assertThat(sent.get(0).headers().get("Idempotency-Key")).matches("[A-Za-z0-9_-]{16,64}");
        assertThat(sent.get(1).headers().get("Idempotency-Key"))
                .isEqualTo(sent.get(0).headers().get("Idempotency-Key"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"amber canoe", "Amber-Canoe", " amber,  canoe "})
    void aProgramSaysTheWords(String words) {
        run("pairing", "accept", "AB12-CD34", "--in", "Plant", "--words", words, "--json");
        assertThat(user.out()).contains("\"uid\":\"" + PRESS + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"canoe amber", "amber", "", "amber canoe canoe"})
    void otherWordsAcceptNothing(String words) {
        for (String[] line : new String[][] {
            {"pairing", "accept", "AB12-CD34", "--in", "Plant", "--words", words},
            {"device", "rebind", "press", "--words", words}
        }) {
            assertThat(user.run(line)).isEqualTo(ExitCode.SECURITY.code());
        }
        assertNothingWasDone();
    }

    @Test
    void aMachineIsShownAndSentAway() {
        run("pairing", "show", "AB12-CD34");
        assertThat(user.out()).contains("amber canoe").contains("192.0.2.1").doesNotContain("\u001b");
        assertThat(user.run("pairing", "reject", "AB12-CD34")).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertNothingWasDone();
        run("pairing", "reject", "AB12-CD34", "--yes");
        assertThat(last("POST").path()).isEqualTo(CODE + "/reject");
        assertThat(user.run("pairing", "show", "../me")).isEqualTo(ExitCode.REFUSED.code());
    }

    @Test
    void changedHardwareIsBoundUnderTheVersionThatWasRead() {
        assertThat(user.run("device", "rebind", "press")).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        assertNothingWasDone();
        answer("yes\n");
        run("device", "rebind", "press");
        assertThat(last("POST").body()).isEqualTo("{\"fingerprint\":\"f-1\"}");
        assertThat(last("POST").headers().get("If-Match")).isEqualTo("\"7\"");
        run("device", "rebind", "press", "--words", "amber canoe", "--etag", "9");
        assertThat(last("POST").headers().get("If-Match")).isEqualTo("\"9\"");
    }

    @ParameterizedTest
    @CsvSource({
        "device revoke press --yes, revoke, revoked",
        "device release press --yes, release, released",
        "device clear-quarantine press, clear-quarantine, cleared",
        "alarm acknowledge press, acknowledge-claim, acknowledged"
    })
    void whatSomebodyChangedMeanwhileIsLeftAsItIs(String line, String action, String done) {
        String path = "POST /api/devices/" + PRESS + "/" + action;
        server.on(path, 204, "");
        run(line.split(" "));
        assertThat(user.out()).isEqualTo(done + "\n");
        assertThat(last("POST").headers().get("If-Match")).isEqualTo("\"7\"");
        assertThat(last("POST").body()).isEmpty();
        run((line + " --etag 6").split(" "));
        assertThat(last("POST").headers().get("If-Match")).isEqualTo("\"6\"");
        server.on(path, 412, "{\"type\":\"urn:bascule:problem:precondition-failed\",\"detail\":\"It was changed.\"}");
        assertThat(user.run(line.split(" "))).isEqualTo(ExitCode.STALE.code());
        assertThat(user.err()).contains("nothing was done").contains("It was changed.");
    }

    @Test
    void alarmsAreThoseOfDevicesThatNeedSomebody() {
        String row =
                "{\"uid\":\"%s\",\"name\":\"%s\",\"folderName\":\"Plant\",\"claimed\":%s,\"hardware\":\"%s\",\"quarantined\":%s}";
        String press = row.formatted(PRESS, "press", "\"2026-01-02T03:04:05Z\"", "changed", "true");
        String lathe = row.formatted(LATHE, "lathe", "null", "bound", "true");
        server.on(
                "GET /api/devices",
                request -> new FakeServer.Reply(
                        200,
                        "{\"items\":[" + (request.query().startsWith("q=alarm&") ? press : press + "," + lathe)
                                + "],\"next\":null}"));
        run("alarm", "list");
        assertThat(user.out().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("claimed, hardware-changed, clone  press"))
                .anyMatch(line -> line.matches("clone +lathe .*"));
        assertThat(server.to("/api/devices"))
                .extracting(FakeServer.Request::query)
                .anyMatch(query -> query.contains("state=quarantined"));
        run("alarm", "list", "--most", "1", "--json");
        assertThat(user.out()).contains(PRESS).doesNotContain(LATHE);
        server.on("POST /api/devices/" + PRESS + "/acknowledge-claim", 204, "");
        run("alarm", "acknowledge", PRESS);
        assertThat(user.out()).isEqualTo("acknowledged\n");
    }

    @Test
    void manyDevicesMayAskForHelp() {
        server.on("POST /api/devices/bulk", 200, "{\"done\":[\"" + PRESS + "\",\"" + LATHE + "\"],\"refused\":[]}");
        run("device", "assistance", "on", "--until", "+7d", "press", "/Plant/lathe", PRESS);
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"devices\":[{\"uid\":\"%s\",\"etag\":\"7\"},{\"uid\":\"%s\",\"etag\":\"7\"}],\"action\":\"assistance\","
                                        .formatted(PRESS, LATHE)
                                + "\"assistance\":{\"enabled\":true,\"until\":\"2026-01-09T12:00:00Z\"}}");
        assertThat(user.out()).isEqualTo("may ask for help: 2 devices\n");
        run("device", "assistance", "off", "press", "--json");
        assertThat(last("POST").body()).endsWith("\"assistance\":{\"enabled\":false}}");
        assertThat(user.out()).contains("\"refused\":[]");
    }

    @ParameterizedTest
    @CsvSource({"forbidden, 4", "precondition-failed, 10"})
    void whatIsRefusedOfManyIsTold(String problem, int code) {
        server.on(
                "POST /api/devices/bulk",
                200,
                "{\"done\":[\"%s\"],\"refused\":[{\"uid\":\"%s\",\"type\":\"urn:bascule:problem:%s\",\"detail\":\"Because.\"}]}"
                        .formatted(PRESS, LATHE, problem));
        assertThat(user.run("device", "assistance", "on", "press", "lathe")).isEqualTo(code);
        assertThat(user.out()).contains("1 device\n").contains("lathe").contains("Because.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "device assistance maybe press",
                "device assistance on",
                "device assistance off press --until +1h",
                "device assistance on press --until tomorrow",
                "options set",
                "options set --quota many",
                "options set --assistance yes",
                "sub-device change " + CAMERA,
                "sub-device create plc --behind press --services ssh",
                "sub-device create plc --behind press --services ssh:999999",
                "pairing accept AB12-CD34"
            })
    void whatCannotBeMeantIsSaidToBeSo(String line) {
        assertThat(user.run(line.split(" "))).isEqualTo(ExitCode.USAGE.code());
        assertNothingWasDone();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--comment-required on --quota none | {\"commentRequired\":true,\"quota\":null}",
                "--assistance off --contact-fields name,phone --assistance-expires 12 |"
                        + " {\"assistance\":{\"enabled\":false,\"contactFields\":[\"name\",\"phone\"],\"expiresHours\":12}}",
                "--notify none --full-session-log off --audit-days 730 --quota 9 |"
                        + " {\"fullSessionLog\":false,\"notificationAddresses\":[],\"auditDays\":730,\"quota\":9}",
                "--contact-fields none | {\"assistance\":{\"contactFields\":[]}}"
            })
    void optionsThatAreNotGivenStay(String options, String body) {
        run(("options set " + options).split(" "));
        assertThat(last("PATCH").body()).isEqualTo(body);
        assertThat(last("PATCH").headers().get("If-Match")).isEqualTo("\"5\"");
        run("options", "show", "--json");
        assertThat(user.out().strip()).isEqualTo(OPTIONS);
    }

    @Test
    void anEmptyTextEmptiesNoList() {
        assertThat(user.run("options", "set", "--notify", "")).isEqualTo(ExitCode.USAGE.code());
        assertNothingWasDone();
    }

    @Test
    void aSubDeviceComesChangesAndGoes() {
        String answer = "{\"id\":\"" + CAMERA + "\",\"name\":\"camera\",\"etag\":\"3\"}";
        server.on("POST /api/devices/" + PRESS + "/sub-devices", 201, answer);
        server.on("GET /api/sub-devices/" + CAMERA, 200, answer);
        server.on("PATCH /api/sub-devices/" + CAMERA, 200, answer);
        server.on("DELETE /api/sub-devices/" + CAMERA, 204, "");
        run("sub-device", "create", "camera", "--behind", "press", "--ip", "10.0.0.7", "--services", "http:80,ssh:22");
        assertThat(user.out()).isEqualTo("created " + CAMERA + "\n");
        assertThat(last("POST").body())
                .isEqualTo(
                        "{\"name\":\"camera\",\"ip\":\"10.0.0.7\",\"services\":[{\"kind\":\"http\",\"port\":80},{\"kind\":\"ssh\",\"port\":22}]}");
        assertThat(last("POST").headers().get("Idempotency-Key")).isNotBlank();
        run("sub-device", "change", CAMERA, "--name", "cam", "--ip", "", "--services", "");
        assertThat(last("PATCH").body()).isEqualTo("{\"name\":\"cam\",\"ip\":\"\",\"services\":[]}");
        assertThat(last("PATCH").headers().get("If-Match")).isEqualTo("\"3\"");
        assertThat(user.run("sub-device", "remove", CAMERA)).isEqualTo(ExitCode.NOT_CONFIRMED.code());
        run("sub-device", "remove", CAMERA, "--yes");
        assertThat(last("DELETE").headers().get("If-Match")).isEqualTo("\"3\"");
    }

    @Test
    void whatAnInheritanceTakesAwayIsShownBefore() {
        server.on(
                "POST /api/access/preview",
                200,
                "{\"effects\":[{\"principal\":{\"name\":\"Service\"},\"permission\":\"terminal\",\"lost\":214,\"gained\":0}],"
                        + "\"ownersLeft\":true,\"sessionsEnding\":2}");
        run("rights", "inherit", "--off", "press", "--preview");
        assertThat(last("POST").body()).isEqualTo("{\"inherit\":[{\"resource\":\"" + PRESS + "\",\"inherit\":false}]}");
        assertThat(user.out()).contains("214").contains("2 running sessions would end");
        assertThat(server.requests).noneMatch(request -> request.method().equals("PUT"));
        server.on("POST /api/access/preview", 200, "{\"effects\":[],\"ownersLeft\":false,\"sessionsEnding\":0}");
        assertThat(user.run("rights", "inherit", "--on", "press", "--preview")).isEqualTo(ExitCode.CONFLICT.code());
    }
}
