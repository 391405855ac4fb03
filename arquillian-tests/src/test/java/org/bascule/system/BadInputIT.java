package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes in gets a clear answer: a problem with a reference, a close code, an inert text. */
@ExtendWith(RunningSystem.class)
class BadInputIT {

    private final TheSystem system = TheSystem.get();

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of("empty", ""),
                Arguments.of("cut", "{\"device\":"),
                Arguments.of("array", "[]"),
                Arguments.of("text", "\"x\""),
                Arguments.of("twice the same member", "{\"device\":\"a\",\"device\":\"b\"}"),
                Arguments.of("wrong type", "{\"device\":1,\"operations\":\"terminal\"}"),
                Arguments.of("deep", "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000)),
                Arguments.of("not UTF-8 shaped", "{\"device\":\"\ud800\",\"operations\":[\"terminal\"]}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bodies")
    void malformedBodiesAreProblemsEverywhere(String name, String body) {
        String uid = system.device().uid();
        Api api = system.api("automation");
        for (String path : new String[] {"/api/sessions", "/api/folders", "/api/enrolment-tokens"}) {
            problem(api.post(path, body), 400, 404, 422);
        }
        problem(api.put("/api/sessions/" + SessionId.random().hex() + "/handshake", body), 400, 404, 422);
        problem(api.patch("/api/devices/" + uid, body, "If-Match", "\"0\""), 400, 412, 422);
        problem(new Api(system.url(), Optional.empty()).post("/api/enrol", body), 400, 401, 422, 429);
    }

    @Test
    void oversizedBodiesAreRefused() {
        String body = "{\"name\":\"" + "x".repeat(100_000) + "\"}";
        problem(system.api("automation").post("/api/folders", body), 413);
    }

    @Test
    void otherContentTypesAreRefused() {
        problem(
                system.api("automation")
                        .post("/api/folders", "name=x", "Content-Type", "application/x-www-form-urlencoded"),
                415);
        problem(system.api("automation").post("/api/folders", "<x/>", "Content-Type", "application/xml"), 415);
    }

    @Test
    void unknownPathsAndTraversalAreNotFound() {
        Api api = system.api("automation");
        problem(api.get("/api/nothing"), 404);
        for (String path : new String[] {
            "/api/devices/..%2f..%2fetc%2fpasswd",
            "/api/devices/%2e%2e",
            "/assets/..%2fWEB-INF/web.xml",
            "/WEB-INF/web.xml",
            "/assets/%2e%2e/WEB-INF/web.xml",
            "/META-INF/MANIFEST.MF"
        }) {
            HttpResponse<String> answer = api.get(path);
            assertThat(answer.statusCode()).as(path).isIn(302, 303, 400, 403, 404);
            assertThat(answer.body())
                    .as(path)
                    .doesNotContain("<web-app")
                    .doesNotContain("Manifest-Version")
                    .doesNotContain("Payara")
                    .doesNotContain("at org.");
        }
    }

    @Test
    void namesAreBoundedAndInert() {
        Api api = system.api("automation");
        String folder = api.rootFolder();
        for (String name : new String[] {
            "", "   ", "x".repeat(201), "x".repeat(10_000), "a\u0000b", "a\u001b[31mb", "a\u202eb", "a\nb"
        }) {
            JsonObject body = Json.createObjectBuilder()
                    .add("name", name)
                    .add("parent", folder)
                    .build();
            problem(api.post("/api/folders", body.toString()), 400, 422);
        }
        // hostile, but text: stored and given back as it is
        String name = "<script>alert(1)</script> ' or 1=1 -- ${jndi:ldap://x} ../../x " + System.nanoTime();
        JsonObject body = Json.createObjectBuilder()
                .add("name", name)
                .add("parent", folder)
                .build();
        assertThat(Api.json(Api.expect(201, api.post("/api/folders", body.toString())))
                        .getString("name"))
                .isEqualTo(name);
    }

    /** An administrator is told; what a machine says of itself at its enrolment is made harmless, or refused where it has no end. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("impossibleNames")
    void aDeviceHasNoNameThatIsTooLongOrHasControlCharacters(String what, String name, boolean enrolled) {
        String path = "/api/devices/" + system.device().uid();
        Api api = system.api("automation");
        String before = api.getJson(path).getString("name");
        String etag = '"' + api.getJson(path).getString("etag") + '"';
        String body = Json.createObjectBuilder().add("name", name).build().toString();
        problem(api.patch(path, body, "If-Match", etag), 400, 422);
        assertThat(api.getJson(path).getString("name")).isEqualTo(before);
        Program.Result result = enrol(name);
        assertThat(result.exit() == 0).as(result.error()).isEqualTo(enrolled);
        assertThat(result.error() + result.output())
                .isNotBlank()
                .doesNotContain("\tat ")
                .doesNotContain("Exception")
                .doesNotContain("\u001b")
                .doesNotContain("\u202e");
        if (enrolled) {
            assertThat(api.items("/api/devices?limit=200&q=named")).isNotEmpty().allSatisfy(device -> assertThat(
                            device.getString("name"))
                    .doesNotContainPattern("[\\p{Cc}\\p{Cf}]"));
        }
    }

    static Stream<Arguments> impossibleNames() {
        return Stream.of(
                Arguments.of("10,000 characters", "named" + "x".repeat(10_000), false),
                Arguments.of("escape", "named\u001b[31mb\u001b]0;owned\u0007", true),
                Arguments.of("line feed", "named\nb", true),
                Arguments.of("right to left", "named\u202egpj.exe", true));
    }

    private Program.Result enrol(String name) {
        return system.enrol(system.folder("named"), system.api("automation").enrolmentToken(1, 600), name);
    }

    /** What a device calls itself is text, on every page that names it. */
    @Test
    void aHostileNameOfADeviceIsTextInPages() {
        String name = "<img src=x onerror=\"window.owned=1\"><script>window.owned=1</script>{{7*7}} "
                + Long.toString(System.nanoTime(), 36);
        Program.Result enrolled = enrol(name);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        String last = name.substring(name.lastIndexOf(' ') + 1);
        String uid =
                system.api("automation").items("/api/devices?q=" + last).get(0).getString("uid");
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            for (String path : List.of(
                    "/devices?q=" + last,
                    "/devices/" + uid,
                    "/devices/" + uid + "/history",
                    "/access?resource=" + uid,
                    "/audit?q=" + last)) {
                PageParts.open(page, system.url() + path);
                page.getByText(name)
                        .filter(new Locator.FilterOptions().setVisible(true))
                        .first()
                        .waitFor();
                assertThat(page.evaluate("() => window.owned === undefined"))
                        .as(path)
                        .isEqualTo(true);
                assertThat(page.locator("img[src=x]").count()).as(path).isZero();
                assertThat(page.title()).as(path).doesNotContain("49");
            }
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void queriesOutsideTheirBoundsAreProblems() {
        Api api = system.api("automation");
        for (String query : new String[] {
            "limit=0", "limit=x", "limit=201", "cursor=x", "sort=password", "state=maybe", "q=%22open", "q=name:x"
        }) {
            problem(api.get("/api/devices?" + query), 400, 422);
        }
        for (String query : new String[] {"from=yesterday", "outcome=maybe"}) {
            problem(api.get("/api/audit?" + query), 400, 422);
        }
        assertThat(api.get("/api/devices?q=%25'%22%3B--%00").statusCode()).isIn(200, 400, 422);
    }

    private static void problem(HttpResponse<String> answer, Integer... statuses) {
        assertThat(answer.statusCode()).as(answer.uri() + " " + answer.body()).isIn((Object[]) statuses);
        assertThat(answer.headers().firstValue("content-type").orElse(""))
                .as(answer.body())
                .startsWith("application/problem+json");
        JsonObject problem = Api.json(answer);
        assertThat(problem.getString("type")).startsWith("urn:bascule:problem:");
        assertThat(problem.getString("reference")).isNotBlank();
        assertThat(problem.getString("detail")).isNotBlank();
        assertThat(answer.body())
                .doesNotContain("Exception")
                .doesNotContain("org.bascule")
                .doesNotContain("java.");
    }

    static Stream<Arguments> sockets() {
        return Stream.of(
                Arguments.of("agent: not JSON", "agent", "hello", false, 1008),
                Arguments.of("agent: array", "agent", "[]", false, 1008),
                Arguments.of("agent: no type", "agent", "{}", false, 1008),
                Arguments.of("agent: heartbeat before proof", "agent", "{\"type\":\"hb\"}", false, 1008),
                Arguments.of("agent: half a proof", "agent", "{\"type\":\"auth\"}", false, 1008),
                Arguments.of(
                        "agent: too long",
                        "agent",
                        "{\"type\":\"hb\",\"x\":\"" + "y".repeat(70_000) + "\"}",
                        false,
                        1009),
                Arguments.of("agent: binary", "agent", "x", true, 1008),
                Arguments.of("agent: long binary", "agent", "x".repeat(70_000), true, 1009),
                Arguments.of("relay: no token", "relay", "hello", false, 4001),
                Arguments.of("relay: JSON", "relay", "{}", false, 4001),
                Arguments.of("relay: too long", "relay", "x".repeat(3_000), false, 4003),
                Arguments.of("relay: much too long", "relay", "x".repeat(70_000), false, 4003),
                Arguments.of("relay: binary first", "relay", "x", true, 4001),
                Arguments.of("relay: long binary", "relay", "x".repeat(60_000), true, 4003));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sockets")
    void socketsCloseOnWhatTheyDoNotUnderstand(String name, String which, String message, boolean binary, int code)
            throws Exception {
        String relay = system.demo().description().relays().get(0).nativeUrl();
        URI uri = which.equals("agent")
                ? URI.create(system.agentUrl().replace("https:", "wss:") + "/agent/v1")
                : URI.create(relay + "/v1/" + SessionId.random().hex());
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        WebSocket socket = open(uri, closed);
        if (binary) {
            socket.sendBinary(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)), true);
        } else {
            socket.sendText(message, true);
        }
        // a connection that is cut without a close frame counts as 1006 here
        assertThat(closed.get(15, TimeUnit.SECONDS)).isEqualTo(code);
    }

    static Stream<Arguments> eventSockets() {
        return Stream.of(
                Arguments.of("text", "hello", false, 1003),
                Arguments.of("JSON", "{\"type\":\"ping\"}", false, 1003),
                Arguments.of("empty", "", false, 1003),
                Arguments.of("binary", "x", true, 1003),
                Arguments.of("long text", "x".repeat(70_000), false, 1009),
                Arguments.of("long binary", "x".repeat(70_000), true, 1009));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("eventSockets")
    void liveEventsTakeNothingFromWhoIsSignedIn(String name, String message, boolean binary, int code)
            throws Exception {
        Map<String, String> bearer = Map.of("Authorization", "Bearer " + system.accessToken("viewer"));
        try (EventsSocket events = EventsSocket.open(system.url(), bearer)) {
            if (binary) {
                events.socket().sendBinary(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)), true);
            } else {
                events.socket().sendText(message, true);
            }
            assertThat(events.awaitClose(Duration.ofSeconds(15))).isEqualTo(code);
        }
    }

    private WebSocket open(URI uri, CompletableFuture<Integer> closed) {
        WebSocket.Builder builder =
                HttpClient.newBuilder().sslContext(system.trustingTls()).build().newWebSocketBuilder();
        return builder.buildAsync(uri, new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                        closed.complete(code);
                        return CompletableFuture.completedFuture(null);
                    }

                    @Override
                    public void onError(WebSocket socket, Throwable error) {
                        closed.complete(1006);
                    }
                })
                .join();
    }

    /** Who never ends a header is not waited for, however many there are, and others notice nothing. */
    @Test
    void headersThatComeByteByByteHaveAnEnd() throws Exception {
        Duration worst = Duration.ZERO;
        try (SlowCallers slow = new SlowCallers(system, 250)) {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (slow.more() > 0) {
                assertThat(System.nanoTime()).as("they are closed").isLessThan(end);
                long began = System.nanoTime();
                assertThat(new Api(system.directUrl(), Optional.empty())
                                .get("/api/installation")
                                .statusCode())
                        .isEqualTo(200);
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                worst = took.compareTo(worst) > 0 ? took : worst;
                Thread.sleep(1_000);
            }
        }
        assertThat(worst).as("others").isLessThan(Duration.ofSeconds(2));
    }

    /** Raw HTTP: a method that nobody needs, and headers without end. */
    @Test
    void traceIsOff() {
        HttpResponse<String> answer =
                system.api("automation").send("TRACE", "/api/me", HttpRequest.BodyPublishers.noBody());
        assertThat(answer.statusCode()).isIn(403, 405, 501);
        assertThat(answer.body()).doesNotContain("Bearer");
    }
}
