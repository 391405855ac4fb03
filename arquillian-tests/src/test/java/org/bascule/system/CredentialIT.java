package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.Cookie;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.bascule.system.ApiDescription.Call;
import org.bascule.system.ApiDescription.Extent;
import org.bascule.system.ApiDescription.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** API tokens, sign-ins and their ends, and what strangers try with a browser's cookie, on the running system. */
@ExtendWith(RunningSystem.class)
class CredentialIT {

    private static final String EVIL = "https://evil.example";
    /** Sign-ins that others of these tests have made stand in the list, too. */
    private static final String ALL = "?limit=200";

    private final TheSystem system = TheSystem.get();
    private final Api automation = system.api("automation");

    private String me(Api api) {
        return api.getJson("/api/me").getJsonObject("user").getString("id");
    }

    private JsonObject token(List<String> permissions, String folder) {
        String body = Json.createObjectBuilder()
                .add("name", "it")
                .add("permissions", Json.createArrayBuilder(permissions))
                .add("folders", Json.createArrayBuilder().add(folder))
                .add("expiresIn", 3_600)
                .build()
                .toString();
        return Api.json(Api.expect(201, automation.post("/api/me/tokens", body)));
    }

    private Api with(JsonObject token) {
        return new Api(system.url(), Optional.of(token.getString("token")));
    }

    private static String problem(HttpResponse<String> answer) {
        return answer.statusCode() + " " + Api.json(answer).getString("type").replace("urn:bascule:problem:", "");
    }

    @Test
    void anApiTokenDoesWhatItsLimitsLeaveAndNothingAfterItWasRevoked() {
        String folder = Api.json(Api.expect(
                        201,
                        automation.post(
                                "/api/folders",
                                Json.createObjectBuilder()
                                        .add("name", "tokens-" + UUID.randomUUID())
                                        .add("parent", automation.rootFolder())
                                        .build()
                                        .toString())))
                .getString("id");
        JsonObject made = token(List.of("see-resources", "manage-folders"), folder);
        Api api = with(made);
        assertThat(me(api)).isEqualTo(me(automation));
        assertThat(api.getJson("/api/me").getJsonObject("permissions").getJsonArray("domain"))
                .isEmpty();
        assertThat(api.items("/api/devices")).isEmpty();
        assertThat(automation.items("/api/devices")).isNotEmpty();
        assertThat(api.items("/api/folders?all=true"))
                .extracting(one -> one.getString("id"))
                .containsExactly(folder);
        assertThat(api.get("/api/folders/" + automation.rootFolder()).statusCode())
                .isEqualTo(404);
        assertThat(api.get("/api/users").statusCode()).isIn(200, 403);
        String sub = "{\"name\":\"sub\",\"parent\":\"" + folder + "\"}";
        assertThat(api.post("/api/folders", sub).statusCode()).isEqualTo(201);
        String more = "{\"name\":\"x\",\"permissions\":[\"see-resources\"],\"folders\":[\"" + folder
                + "\"],\"expiresIn\":3600}";
        assertThat(problem(api.post("/api/me/tokens", more))).isEqualTo("403 forbidden");
        assertThat(problem(api.send(
                        "DELETE", "/api/me/tokens/" + made.getString("id"), HttpRequest.BodyPublishers.noBody())))
                .isEqualTo("403 forbidden");
        assertThat(automation.items("/api/me/tokens"))
                .filteredOn(one -> one.getString("id").equals(made.getString("id")))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.containsKey("token")).isFalse();
                    assertThat(one.isNull("lastUsed")).isFalse();
                });
        Api.expect(
                204,
                automation.send(
                        "DELETE", "/api/me/tokens/" + made.getString("id"), HttpRequest.BodyPublishers.noBody()));
        assertThat(api.get("/api/me").statusCode()).isEqualTo(401);
    }

    @Test
    void theCommandLineWorksWithAnApiToken() {
        JsonObject made = token(List.of("see-resources"), automation.rootFolder());
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", made.getString("token"));
        environment.put("XDG_CONFIG_HOME", system.folder("cli-token").toString());
        try (Program program = Program.start(environment, system.basculeJar(), "ls")) {
            Program.Result result = program.finish(new byte[0], Duration.ofSeconds(40));
            assertThat(result.exit()).as(result.error()).isZero();
            assertThat(result.output()).contains(system.device().name());
        }
    }

    /** By somebody else: the browser is out at once, its live events end, and the realm asks for the password again. */
    @Test
    void aSignInThatAnAdministratorEndsIsOverHereAndAtTheRealm() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "viewer");
            String cookie = cookie(person);
            Api here = new Api(system.url(), Optional.empty());
            String user = Api.json(Api.expect(200, here.get("/api/me", "Cookie", cookie)))
                    .getJsonObject("user")
                    .getString("id");
            JsonObject signIn = Api.json(Api.expect(200, here.get("/api/me/sign-ins", "Cookie", cookie)))
                    .getJsonArray("items")
                    .getValuesAs(JsonObject.class)
                    .stream()
                    .filter(one -> one.getBoolean("current"))
                    .findFirst()
                    .orElseThrow();
            assertThat(signIn.getString("client")).isEqualTo("browser");
            // each person of these tests comes from an address of its own
            assertThat(signIn.getString("address")).startsWith("10.");
            assertThat(signIn.getString("userAgent")).contains("Chrome");
            String path = "/api/users/" + user + "/sign-ins";
            assertThat(automation.items(path))
                    .extracting(one -> one.getString("id"))
                    .contains(signIn.getString("id"));
            try (EventsSocket socket =
                    EventsSocket.open(system.url(), Map.of("Cookie", cookie, "Origin", system.url()))) {
                Api.expect(
                        204,
                        automation.send(
                                "DELETE", path + "/" + signIn.getString("id"), HttpRequest.BodyPublishers.noBody()));
                assertThat(socket.awaitClose(Duration.ofSeconds(10))).isEqualTo(1008);
            }
            assertThat(here.get("/api/me", "Cookie", cookie).statusCode()).isEqualTo(401);
            assertThat(automation.items(path))
                    .extracting(one -> one.getString("id"))
                    .doesNotContain(signIn.getString("id"));
            // the open page goes there by itself
            page.waitForURL(url -> URI.create(url).getPath().equals("/login"));
            new SignInPages(page, system.url()).chooseDomain(system.domain());
            page.locator("#password").waitFor();
        }
    }

    @Test
    void signingOutEndsTheSignInInTheList() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "viewer");
            String cookie = cookie(person);
            Api here = new Api(system.url(), Optional.empty());
            JsonObject me = Api.json(Api.expect(200, here.get("/api/me", "Cookie", cookie)));
            String path = "/api/users/" + me.getJsonObject("user").getString("id") + "/sign-ins";
            int before = automation.items(path + ALL).size();
            HttpResponse<String> out = logout(here, cookie, me.getString("csrf"));
            String location = out.headers().firstValue("Location").orElseThrow();
            assertThat(location)
                    .startsWith(system.realmUrl() + "/protocol/openid-connect/logout?")
                    .contains("post_logout_redirect_uri=" + ApiDescription.encoded(system.url() + "/login"))
                    .doesNotContain("evil");
            assertThat(automation.items(path + ALL)).hasSize(before - 1);
            assertThat(here.get("/api/me", "Cookie", cookie).statusCode()).isEqualTo(401);
            // the open page goes there by itself: not closed on its way
            page.waitForURL(url -> URI.create(url).getPath().equals("/login"));
        }
    }

    /** Somebody who can choose where the log-out leads would have a link of this site that leads anywhere. */
    private HttpResponse<String> logout(Api here, String cookie, String csrf) {
        HttpResponse<String> answer = here.post(
                "/logout?next=" + ApiDescription.encoded(EVIL),
                "csrf=" + ApiDescription.encoded(csrf) + "&next=" + ApiDescription.encoded(EVIL)
                        + "&post_logout_redirect_uri=" + ApiDescription.encoded(EVIL),
                "Content-Type",
                "application/x-www-form-urlencoded",
                "Cookie",
                cookie,
                "Origin",
                system.url());
        assertThat(answer.statusCode()).isEqualTo(303);
        return answer;
    }

    /** The domain's decision counts at the next request of a running login, which goes on once a factor is proved. */
    @Test
    void aSecondFactorThatIsRequiredFromNowOnIsAskedForAtTheNextRequest() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            String user = newcomer(pages, page);
            Api here = new Api(system.url(), Optional.empty());
            String before = cookie(person);
            assertThat(here.get("/api/devices", "Cookie", before).statusCode()).isEqualTo(200);
            String signIn = currentSignIn(here, before);
            settings("chosen", user, "");
            assertThat(problem(here.get("/api/devices", "Cookie", before))).isEqualTo("403 second-factor-required");
            assertThat(problem(here.post("/api/folders", "{}", "Cookie", before)))
                    .isEqualTo("403 second-factor-required");
            assertThat(denied(user)).containsExactly("second-factor-required: POST /api/folders");
            assertThat(here.get("/api/me", "Cookie", before).statusCode()).isEqualTo(200);
            assertThat(here.get("/devices", "Cookie", before).headers().firstValue("Location"))
                    .contains(system.url() + "/login?domain=" + system.domain() + "&factor=required&next=%2Fdevices");
            page.navigate(system.url() + "/devices");
            page.locator("#kc-totp-secret-key").waitFor();
            assertThat(here.get("/api/me", "Cookie", before).statusCode())
                    .as("the login goes on meanwhile")
                    .isEqualTo(200);
            pages.enrolTotp();
            page.waitForURL(system.url() + "/devices**");
            String after = cookie(person);
            assertThat(after).isNotEqualTo(before);
            assertThat(here.get("/api/devices", "Cookie", after).statusCode()).isEqualTo(200);
            assertThat(here.get("/api/me", "Cookie", before).statusCode()).isEqualTo(401);
            assertThat(currentSignIn(here, after))
                    .as("the same session of the realm")
                    .isEqualTo(signIn);
            JsonObject factors = Api.json(Api.expect(200, here.get("/api/me/factors", "Cookie", after)));
            assertThat(factors.getBoolean("required")).isTrue();
            assertThat(factors.isNull("provedAt")).isFalse();
            assertThat(factors.getJsonArray("items").getValuesAs(JsonObject.class))
                    .extracting(one -> one.getString("kind"))
                    .contains("password", "otp");
        } finally {
            settings("voluntary", null, "");
        }
    }

    /** Somebody new signs in, who has no second factor and has attempted nothing yet. */
    private String newcomer(SignInPages pages, Page page) {
        String name = "new-" + UUID.randomUUID().toString().substring(0, 8);
        JsonObject user = Api.json(Api.expect(
                201,
                automation.post(
                        "/api/users",
                        "{\"name\":\"%s\",\"folder\":\"%s\",\"account\":{\"firstPassword\":true}}"
                                .formatted(name, automation.rootFolder()))));
        pages.chooseDomain(system.domain());
        pages.password(name, user.getString("firstPassword"));
        pages.newPassword("Second-" + user.getString("firstPassword"));
        page.waitForURL(url -> url.startsWith(system.url()) && !url.contains("/callback"));
        return user.getString("id");
    }

    /** What the records say of a user's refused attempts. */
    private List<String> denied(String user) {
        return automation.items("/api/audit?limit=200&outcome=denied&user=" + user).stream()
                .map(row -> row.getString("detail"))
                .toList();
    }

    private static String currentSignIn(Api here, String cookie) {
        return Api.json(Api.expect(200, here.get("/api/me/sign-ins", "Cookie", cookie)))
                .getJsonArray("items")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(one -> one.getBoolean("current"))
                .findFirst()
                .orElseThrow()
                .getString("id");
    }

    @Test
    void aPermissionThatTheDomainMarksAsksForAFreshFactorWhereverItIsUsed() {
        String folder = "{\"name\":\"fresh-" + UUID.randomUUID() + "\",\"parent\":\"" + automation.rootFolder() + "\"}";
        Api token = with(token(List.of("see-resources", "manage-folders"), automation.rootFolder()));
        settings("voluntary", null, "manage-folders");
        try {
            assertThat(problem(automation.post("/api/folders", folder))).isEqualTo("403 factor-not-fresh");
            assertThat(problem(token.post("/api/folders", folder))).isEqualTo("403 factor-not-fresh");
            String more = "{\"name\":\"x\",\"permissions\":[\"see-resources\"],\"folders\":[\""
                    + automation.rootFolder() + "\"],\"expiresIn\":3600}";
            assertThat(problem(automation.post("/api/me/tokens", more))).isEqualTo("403 factor-not-fresh");
            assertThat(automation.get("/api/devices").statusCode()).isEqualTo(200);
            assertThat(automation.items("/api/permissions"))
                    .filteredOn(one -> one.getBoolean("freshFactor"))
                    .extracting(one -> one.getString("code"))
                    .containsExactly("manage-folders");
            assertThat(problem(changed("voluntary", null, "")))
                    .as("nor is it switched off without one")
                    .isEqualTo("403 factor-not-fresh");
        } finally {
            assertThat(new DatabaseContent(system.database())
                            .change(
                                    "update sign_in_setting set fresh_permissions = '' where domain_id = (select id from domain where name = ?)",
                                    system.domain()))
                    .isOne();
            settings("voluntary", null, "");
        }
        assertThat(token.post("/api/folders", folder).statusCode()).isEqualTo(201);
    }

    /** Changes two of the settings of sign-in and leaves the others. */
    private void settings(String mode, @Nullable String principal, String fresh) {
        Api.expect(200, changed(mode, principal, fresh));
    }

    private HttpResponse<String> changed(String mode, @Nullable String principal, String fresh) {
        JsonObject now = automation.getJson("/api/sign-in-settings");
        JsonObject changed = Json.createObjectBuilder(now)
                .add(
                        "secondFactor",
                        Json.createObjectBuilder()
                                .add("mode", mode)
                                .add(
                                        "principals",
                                        Json.createArrayBuilder(principal == null ? List.of() : List.of(principal))))
                .add(
                        "freshFactor",
                        Json.createObjectBuilder()
                                .add(
                                        "permissions",
                                        Json.createArrayBuilder(fresh.isEmpty() ? List.of() : List.of(fresh)))
                                .add("minutes", 5))
                .build();
        return automation.put(
                "/api/sign-in-settings", changed.toString(), "If-Match", "\"" + now.getString("etag") + "\"");
    }

    /** The realm's own pages, and back. */
    @Test
    void whoeverChangesAFactorGoesToTheRealmAndComesBack() {
        Api nobody = new Api(system.url(), Optional.empty());
        assertThat(nobody.get("/account/start?do=totp").headers().firstValue("Location"))
                .contains(system.url() + "/login?next=" + ApiDescription.encoded("/account/start?do=totp"));
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "viewer");
            String cookie = cookie(person);
            assertThat(nobody.get("/account/start?do=nothing", "Cookie", cookie).statusCode())
                    .isEqualTo(404);
            String location = nobody.get(
                            "/account/start?do=totp&next=" + ApiDescription.encoded(EVIL), "Cookie", cookie)
                    .headers()
                    .firstValue("Location")
                    .orElseThrow();
            assertThat(location)
                    .startsWith(system.realmUrl() + "/protocol/openid-connect/auth?")
                    .contains("kc_action=CONFIGURE_TOTP")
                    .contains("state=")
                    .contains("code_challenge=")
                    .doesNotContain("evil");
            page.navigate(system.url() + "/account/start?do=totp&next=/devices");
            page.locator("#cancelTOTPBtn, [name=cancel-aia]").first().click();
            page.waitForURL(system.url() + "/devices?action=cancelled**");
        }
    }

    /** Every operation that changes something, with a cookie alone, without this site's origin, and with a foreign one. */
    @Test
    void noChangeIsMadeWithACookieThatAnotherSiteSends() {
        ApiDescription description = new ApiDescription(
                Api.expect(200, automation.get("/api/openapi.yaml")).body());
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            String user = newcomer(new SignInPages(page, system.url()), page);
            String cookie = cookie(person);
            Api here = new Api(system.url(), Optional.empty());
            String csrf = Api.json(here.get("/api/me", "Cookie", cookie)).getString("csrf");
            assertThat(EventsSocket.refusal(system.url(), Map.of("Cookie", cookie, "Origin", EVIL)))
                    .isEqualTo(403);
            assertThat(here.post("/logout", "", "Cookie", cookie, "Origin", EVIL)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(denied(user))
                    .containsExactlyInAnyOrder(
                            "csrf: GET /api/events, from " + EVIL, "csrf: POST /logout, from " + EVIL);
            List<String> accepted = new ArrayList<>();
            int tried = 0;
            for (Operation operation : description.operations()) {
                if (!operation.changes() || operation.isPublic()) {
                    continue;
                }
                Call call = description.call(operation, Extent.REQUIRED, "csrf", slot -> UUID.randomUUID()
                        .toString());
                String type = operation.contentType().orElse("application/json");
                for (List<String> headers : List.of(
                        List.<String>of(),
                        List.of("X-CSRF-Token", csrf),
                        List.of("Origin", system.url()),
                        List.of("X-CSRF-Token", csrf, "Origin", EVIL),
                        List.of("X-CSRF-Token", csrf, "Origin", "null"),
                        List.of("X-CSRF-Token", "x" + csrf, "Origin", system.url()),
                        List.of("X-CSRF-Token", csrf, "Referer", system.url() + "/"))) {
                    List<String> all = new ArrayList<>(headers);
                    all.addAll(List.of("Cookie", cookie, "Content-Type", type));
                    HttpResponse<String> answer = here.send(
                            operation.method(),
                            call.target(),
                            call.body()
                                    .map(HttpRequest.BodyPublishers::ofString)
                                    .orElse(HttpRequest.BodyPublishers.noBody()),
                            all.toArray(new String[0]));
                    tried++;
                    if (answer.statusCode() != 403 || !answer.body().contains("urn:bascule:problem:csrf")) {
                        accepted.add(operation + " " + headers + " -> " + answer.statusCode() + " " + answer.body());
                    }
                }
            }
            assertThat(tried).isGreaterThan(300);
            assertThat(accepted).isEmpty();
            assertThat(denied(user))
                    .as("each is recorded, what is too much within a minute as a number")
                    .hasSizeBetween(120, tried)
                    .allMatch(detail -> detail.startsWith("csrf: ") || detail.contains("more refused attempts"));
            for (String origin : List.of(EVIL, "null", "")) {
                List<String> headers =
                        new ArrayList<>(List.of("Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"));
                if (!origin.isEmpty()) {
                    headers.addAll(List.of("Origin", origin));
                }
                assertThat(here.post("/logout", "csrf=" + csrf, headers.toArray(new String[0]))
                                .statusCode())
                        .isEqualTo(403);
            }
            assertThat(here.get("/api/me", "Cookie", cookie).statusCode()).isEqualTo(200);
        }
    }

    /** A session that an attacker planted is worth nothing after the victim has signed in with it; and strangers have none. */
    @Test
    void aSessionFromBeforeTheSignInIsNoSignIn() {
        Api attacker = new Api(system.url(), Optional.empty());
        assertThat(attacker.get("/login?domain=" + system.domain()).headers().allValues("Set-Cookie"))
                .singleElement()
                .satisfies(cookie -> assertThat(cookie).startsWith("bascule-login-"));
        String planted = "bascule=" + "5".repeat(28);
        try (BrowserContext victim = system.chromium().person()) {
            String[] cookie = planted.split("=", 2);
            victim.addCookies(List.of(new Cookie(cookie[0], cookie[1]).setUrl(system.url())));
            PageParts.signedIn(system, victim, "viewer");
            String now = cookie(victim);
            assertThat(now).isNotEqualTo(planted);
            assertThat(attacker.get("/api/me", "Cookie", planted).statusCode()).isEqualTo(401);
            assertThat(attacker.get("/api/me", "Cookie", now).statusCode()).isEqualTo(200);
            assertThat(victim.cookies(system.url()))
                    .as("the begun sign-in is forgotten")
                    .noneMatch(left -> left.name.startsWith("bascule-login-"));
        }
    }

    private record Started(String cookie, String state) {}

    private Started started(Api api) {
        HttpResponse<String> start = api.get("/login?domain=" + system.domain());
        String location = start.headers().firstValue("Location").orElseThrow();
        String cookie = start.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        return new Started(cookie, location.replaceFirst(".*[?&]state=([^&]+).*", "$1"));
    }

    /** What comes to the callback without having been asked for, or once more. */
    @Test
    void anAnswerCountsOnceInTheBrowserThatAskedForIt() {
        Api api = new Api(system.url(), Optional.empty());
        Started mine = started(api);
        for (String answer : List.of(
                "/callback?code=x",
                "/callback?code=x&state=",
                "/callback?code=x&state=wrong",
                "/callback?code=x&state=" + mine.state() + "x")) {
            assertThat(end(api, answer, mine.cookie())).as(answer).endsWith("/login?error=expired");
        }
        assertThat(end(api, "/callback?code=x&state=" + mine.state(), "bascule=somebody"))
                .endsWith("/login?error=expired");
        assertThat(end(
                        api,
                        "/callback?code=x&state=" + mine.state(),
                        started(api).cookie()))
                .endsWith("/login?error=expired");
        HttpResponse<String> refused = api.get("/callback?code=forged&state=" + mine.state(), "Cookie", mine.cookie());
        assertThat(refused.headers().firstValue("Location").orElse("")).endsWith("/login?error=refused");
        assertThat(refused.headers().allValues("Set-Cookie"))
                .as("the browser forgets what it began")
                .singleElement()
                .satisfies(cookie -> assertThat(cookie)
                        .startsWith("bascule-login-" + mine.state() + "=;")
                        .contains("Max-Age=0"));
        try (BrowserContext person = system.chromium().person()) {
            AtomicReference<String> callback = new AtomicReference<>("");
            Page page = person.newPage();
            page.onRequest(request -> {
                if (request.url().startsWith(system.url() + "/callback")) {
                    callback.set(request.url());
                }
            });
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "viewer", system.user("viewer").password());
            URI used = URI.create(callback.get());
            String again = used.getRawPath() + "?" + used.getRawQuery();
            assertThat(end(api, again, cookie(person))).endsWith("/login?error=expired");
            // the code with the state of another browser's sign-in
            Started other = started(api);
            String mixed = again.replaceFirst("state=[^&]+", "state=" + other.state());
            assertThat(end(api, mixed, other.cookie())).endsWith("/login?error=refused");
        }
    }

    private static String end(Api api, String path, String cookie) {
        return api.get(path, "Cookie", cookie).headers().firstValue("Location").orElse("");
    }

    @Test
    void aSignInLeadsToAPageOfThisSiteWhateverTheLinkSaid() {
        Api api = new Api(system.url(), Optional.empty());
        for (String next :
                List.of(EVIL, "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example")) {
            HttpResponse<String> page = api.get("/login?domain=no-such-domain&next=" + ApiDescription.encoded(next));
            assertThat(page.headers().firstValue("Location").orElse(""))
                    .as(next)
                    .isEqualTo(system.url() + "/login?error=domain");
        }
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            page.navigate(system.url() + "/login?domain=" + system.domain() + "&next="
                    + ApiDescription.encoded("//evil.example/"));
            new SignInPages(page, system.url())
                    .password("viewer", system.user("viewer").password());
            new SignInPages(page, system.url()).expectDevices();
            assertThat(page.url()).startsWith(system.url() + "/");
        }
    }

    private String cookie(BrowserContext person) {
        return person.cookies(system.url()).stream()
                .filter(cookie -> cookie.name.equals("bascule"))
                .map(cookie -> cookie.name + "=" + cookie.value)
                .findFirst()
                .orElseThrow();
    }
}
