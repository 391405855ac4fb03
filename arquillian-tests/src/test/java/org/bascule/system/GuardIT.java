package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever guesses is shut out everywhere, and what happens in a realm is in the audit log once (IDN-5, AUD-2), with the real servers. */
@ExtendWith(RunningSystem.class)
class GuardIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TheSystem system = TheSystem.get();
    private final Api operator = system.api("automation");

    private HttpResponse<String> bearer(String token, String address) {
        return new Api(system.url(), Optional.of(token)).get("/api/me", "X-Forwarded-For", address);
    }

    private static void expectBlocked(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(Api.json(answer).getString("type")).isEqualTo("urn:bascule:problem:address-blocked");
        assertThat(Integer.parseInt(answer.headers().firstValue("Retry-After").orElse("0")))
                .isBetween(200, 300);
    }

    private Optional<JsonObject> blocked(Api by, String address) {
        return by.items("/api/blocked-addresses?limit=200").stream()
                .filter(one -> one.getString("address").equals(address))
                .findFirst();
    }

    private HttpResponse<String> enrol(String token, String address) {
        String body = Json.createObjectBuilder()
                .add("token", token)
                .add("csr", "AAAA")
                .add("name", "x")
                .add("os", "x")
                .add("version", "x")
                .build()
                .toString();
        return new Api(system.url(), Optional.empty())
                .post("/api/enrol", body, "X-Forwarded-For", address, "Content-Type", "application/json");
    }

    private HttpResponse<String> signInPage(String address) throws IOException, InterruptedException {
        String query = "client_id=bascule-web&response_type=code&scope=openid&state=x&nonce=x&code_challenge="
                + "A".repeat(43) + "&code_challenge_method=S256&redirect_uri=" + system.url() + "/callback";
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(system.realmUrl() + "/protocol/openid-connect/auth?" + query))
                                .header("X-Forwarded-For", address)
                                .timeout(LIMIT)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void guessesOfOneKindShutOutAllOthersUntilTheOperatorEndsIt() throws Exception {
        String address = TheSystem.anAddress();
        String other = TheSystem.anAddress();
        String known = system.accessToken("viewer");
        assertThat(bearer(known, address).statusCode()).isEqualTo(200);
        for (int i = 0; i < 4; i++) {
            assertThat(bearer("e30.e30.e3" + i, address).statusCode()).isEqualTo(401);
        }
        expectBlocked(bearer("made-up", address));
        String token = operator.enrolmentToken(1, 600);
        expectBlocked(enrol(token, address));
        expectBlocked(bearer("bascule_" + "A".repeat(43), address));
        assertThat(signInPage(address).statusCode()).isEqualTo(429);
        assertThat(signInPage(other).statusCode()).isEqualTo(200);
        // who was known before goes on, and the next address is none of this one
        assertThat(bearer(known, address).statusCode()).isEqualTo(200);
        assertThat(bearer("made-up", other).statusCode()).isEqualTo(401);
        assertThat(enrol(token, other).statusCode()).isEqualTo(400);

        JsonObject listed = blocked(operator, address).orElseThrow();
        assertThat(listed.getInt("failures")).isEqualTo(5);
        assertThat(listed.getInt("bits")).isEqualTo(32);
        assertThat(blocked(system.otherApi(), address)).isEmpty();
        assertThat(system.otherApi()
                        .send("DELETE", "/api/blocked-addresses/" + address, HttpRequest.BodyPublishers.noBody())
                        .statusCode())
                .isEqualTo(404);
        assertThat(operator.send("DELETE", "/api/blocked-addresses/" + address, HttpRequest.BodyPublishers.noBody())
                        .statusCode())
                .isEqualTo(204);
        assertThat(bearer("made-up", address).statusCode()).isEqualTo(401);
        assertThat(signInPage(address).statusCode()).isEqualTo(200);
        List<JsonObject> audit = operator.items("/api/audit?limit=200&q=" + address);
        assertThat(audit)
                .extracting(row -> row.getString("code"))
                .filteredOn(code -> code.startsWith("address."))
                .containsExactlyInAnyOrder("address.block", "address.unblock");
    }

    /** Keycloak would believe the first of several, which is the client's own where a proxy appends. */
    @Test
    void severalForwardedAddressesAreRefusedByKeycloak() throws Exception {
        String claimed = TheSystem.anAddress();
        assertThat(signInPage(claimed + ", " + TheSystem.anAddress()).statusCode())
                .isEqualTo(503);
        assertThat(signInPage(claimed).statusCode()).isEqualTo(200);
    }

    /** Nobody but a proxy of the operator says where a request came from: he would block somebody else, and not himself. */
    @Test
    void anAddressInAHeaderOfAStrangerIsNotBelieved() throws Exception {
        String claimed = TheSystem.anAddress();
        try (Elsewhere place = Elsewhere.at("127.0.8.1")) {
            for (int i = 0; i < 5; i++) {
                HttpURLConnection connection = (HttpURLConnection)
                        URI.create(system.directUrl() + "/api/me").toURL().openConnection(place.proxy());
                connection.setRequestProperty("Authorization", "Bearer made-up");
                connection.setRequestProperty("X-Forwarded-For", claimed);
                assertThat(connection.getResponseCode()).isEqualTo(i < 4 ? 401 : 429);
            }
        }
        assertThat(blocked(operator, "127.0.8.1")).isPresent();
        assertThat(blocked(operator, claimed)).isEmpty();
    }

    /** Passwords are Keycloak's business, and count here all the same. */
    @Test
    void passwordsThatAreWrongBlockTheAddressForEveryAccountAndAreAuditedOnceEach() {
        String address;
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.domain());
            for (int i = 0; i < 5; i++) {
                pages.password("guard-nobody-" + i, "Wrong-" + i);
                if (i < 4) {
                    pages.mistake();
                }
            }
            assertThat(pages.refusal()).contains("too many failed sign-ins");
            page.navigate(system.realmUrl() + "/protocol/openid-connect/auth");
            assertThat(page.locator("#password").count()).isZero();
        }
        for (int i = 0; i < 5; i++) {
            String name = "guard-nobody-" + i;
            Eventually.within(LIMIT, name + " is in the audit log", () -> !rows("login", name)
                    .isEmpty());
            JsonObject row = rows("login", name).get(0);
            assertThat(row.getString("outcome")).isEqualTo("denied");
            assertThat(row.getString("detail")).contains("Chrom");
            assertThat(row.getString("address")).startsWith("10.");
        }
        address = rows("login", "guard-nobody-0").get(0).getString("address");
        JsonObject listed = blocked(operator, address).orElseThrow();
        assertThat(listed.getJsonArray("attempts").toString())
                .contains("guard-nobody-4")
                .contains("\"password\"");
        for (int i = 0; i < 5; i++) {
            assertThat(rows("login", "guard-nobody-" + i)).hasSize(1);
        }
    }

    private List<JsonObject> rows(String code, String text) {
        return operator.items("/api/audit?limit=200&code=" + code + "&q=" + text);
    }

    /** The access server is away while somebody signs out at the realm. */
    @Test
    void whatHappensInTheRealmWhileTheAccessServerIsAwayIsAuditedOnce() throws Exception {
        Api before = system.api("automation");
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "viewer");
            String agent = String.valueOf(page.evaluate("navigator.userAgent"));
            page.navigate(system.realmUrl() + "/protocol/openid-connect/logout");
            page.locator("#kc-logout").waitFor();
            List<String> known = before.items("/api/audit?limit=200&code=logout").stream()
                    .map(row -> row.getString("id"))
                    .toList();
            system.demo().kill("access-server");
            page.locator("#kc-logout").click();
            page.waitForLoadState();
            system.demo().start("access-server");
            Eventually.within(Duration.ofMinutes(3), "the log-out is in the audit log", () -> {
                try {
                    return !news(known).isEmpty();
                } catch (AssertionError e) {
                    return false;
                }
            });
            readAgain();
            assertThat(news(known)).singleElement().satisfies(row -> {
                assertThat(row.getString("outcome")).isEqualTo("success");
                assertThat(row.getString("detail")).contains(agent.substring(0, 40));
                assertThat(row.getJsonObject("user").getString("name")).isEqualTo("viewer");
            });
        }
    }

    /** Something more happens in the realm: once it is in the audit log, the realm's list was read again from before the log-out. */
    private void readAgain() {
        String path = "/api/audit?limit=200&code=login";
        List<String> known = system.api("automation").items(path).stream()
                .map(row -> row.getString("id"))
                .toList();
        try (BrowserContext person = system.chromium().person()) {
            PageParts.signedIn(system, person, "engineer");
            Eventually.within(
                    Duration.ofSeconds(90),
                    "the sign-in is in the audit log",
                    () -> system.api("automation").items(path).stream()
                            .anyMatch(row -> !known.contains(row.getString("id"))));
        }
    }

    private List<JsonObject> news(List<String> known) {
        return system.api("automation").items("/api/audit?limit=200&code=logout").stream()
                .filter(row -> !known.contains(row.getString("id")))
                .toList();
    }

    @Test
    void aSignInAndItsLogOutHereAreAuditedOnceEach() {
        String address = TheSystem.anAddress();
        try (BrowserContext person = system.chromium().person()) {
            person.setExtraHTTPHeaders(Map.of("X-Forwarded-For", address));
            Page page = PageParts.signedIn(system, person, "viewer");
            page.getByRole(
                            AriaRole.BUTTON,
                            new Page.GetByRoleOptions().setName(Pattern.compile("settings and sign out")))
                    .click();
            page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("Sign out"))
                    .click();
            page.waitForURL(Pattern.compile(".*/login.*"));
        }
        for (String code : List.of("login", "logout")) {
            Eventually.within(LIMIT, code, () -> !rows(code, address).isEmpty());
        }
        Eventually.within(LIMIT, "the realm was asked again", () -> !operator.items("/api/audit?limit=1")
                .isEmpty());
        for (String code : List.of("login", "logout")) {
            assertThat(rows(code, address)).singleElement().satisfies(row -> {
                assertThat(row.getString("detail")).contains("Mozilla");
                assertThat(row.getJsonObject("user").getString("name")).isEqualTo("viewer");
            });
        }
    }

    static Stream<Arguments> badQuestions() {
        String good = "{\"realm\":\"demo\",\"address\":\"192.0.2.1\",\"kind\":\"password\"}";
        return Stream.of(
                Arguments.of("empty", "/attempts", "", 400),
                Arguments.of("cut", "/attempts", "{\"realm\":", 400),
                Arguments.of("array", "/attempts", "[]", 400),
                Arguments.of("twice the same member", "/attempts", "{\"realm\":\"demo\",\"realm\":\"demo\"}", 400),
                Arguments.of("deep", "/attempts", "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000), 400),
                Arguments.of("unknown kind", "/attempts", good.replace("password", "magic"), 400),
                Arguments.of("long", "/attempts", good.replace("192.0.2.1", "1".repeat(9_000)), 413),
                Arguments.of("long address", "/attempts", good.replace("192.0.2.1", "1".repeat(200)), 400),
                Arguments.of("unknown realm", "/attempts", good.replace("demo", "nobody"), 404),
                Arguments.of("realm with a quote", "/admission", good.replace("demo", "' or 1=1 -- "), 404),
                Arguments.of("realm that is no ASCII", "/events", good.replace("demo", "d\u00e9mo"), 404),
                Arguments.of("unknown path", "/nothing", good, 404),
                Arguments.of(
                        "unknown attempt",
                        "/attempts/00000000-0000-7000-8000-000000000000/result",
                        "{\"outcome\":\"failure\"}",
                        200),
                Arguments.of(
                        "unknown outcome",
                        "/attempts/00000000-0000-7000-8000-000000000000/result",
                        "{\"outcome\":\"x\"}",
                        400));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badQuestions")
    void questionsOfTheProviderAreChecked(String name, String path, String body, int status) {
        Api provider = new Api(system.url(), Optional.of(TheSystem.secret("keycloak-provider")));
        HttpResponse<String> answer = provider.post("/internal/v1" + path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body())
                .doesNotContain("Exception")
                .doesNotContain("org.bascule")
                .doesNotContain("Payara");
        for (Optional<String> token : List.of(
                Optional.<String>empty(),
                Optional.of("x"),
                Optional.of(operator.token().orElseThrow()))) {
            assertThat(new Api(system.url(), token)
                            .post("/internal/v1" + path, body)
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(provider.get("/internal/v1" + path).statusCode()).isEqualTo(405);
        assertThat(provider.post("/internal/v1" + path, body, "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(415);
    }
}
