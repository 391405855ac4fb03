package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import jakarta.json.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The way in, with a real browser and a real Keycloak (IDN-1 to IDN-4 in their first form). */
@ExtendWith(RunningSystem.class)
class SignInIT {

    private final TheSystem system = TheSystem.get();

    @Test
    void theFirstSignInChangesThePasswordAndEnrolsASecondFactorThatTheSecondAsksFor() {
        TheSystem.User admin = system.user("admin");
        String password = "Second-" + admin.password();
        String secret;
        Instant enrolled;
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.domain());
            pages.password("admin", admin.password());
            String first = page.url();
            // the realm asks for both, in its own order
            if (page.locator("#password-new").isVisible()) {
                pages.newPassword(password);
                page.locator("#kc-totp-secret-key").waitFor();
                secret = pages.enrolTotp();
            } else {
                secret = pages.enrolTotp();
                page.locator("#password-new").waitFor();
                pages.newPassword(password);
            }
            enrolled = Instant.now();
            assertThat(first).contains("/realms/" + system.realm() + "/");
            pages.expectDevices();
            signOut(page);
        }
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.domain());
            pages.password("admin", admin.password());
            page.locator("#input-error, .pf-v5-c-helper-text__item-text, [id^=input-error]")
                    .first()
                    .waitFor();
            pages.password("admin", password);
            page.locator("#otp").waitFor();
            // a code is good once: the next one, which the realm accepts one step ahead
            pages.code(secret, enrolled.plus(Duration.ofSeconds(30)));
            pages.expectDevices();
        }
        assertThat(system.api("automation").items("/api/audit?limit=200"))
                .anySatisfy(row -> {
                    assertThat(row.getString("code")).isEqualTo("login");
                    assertThat(row.getString("outcome")).isEqualTo("success");
                })
                .anySatisfy(row -> assertThat(row.getString("code")).isEqualTo("logout"));
        Eventually.within(
                Duration.ofSeconds(30),
                "the failed sign-in is in the audit log",
                () -> system.api("automation").items("/api/audit?limit=200&code=login&outcome=denied").stream()
                        .anyMatch(row -> row.toString().contains("admin")));
    }

    /** As a script does, with what {@code demo.json} says. */
    @Test
    void theSecondFactorOfTheManagerIsInTheDescription() {
        TheSystem.User manager = system.user("manager");
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            pages.chooseDomain(system.domain());
            pages.password("manager", manager.password());
            page.locator("#otp").waitFor();
            pages.code(manager.secondFactor().orElseThrow(), Instant.now());
            pages.expectDevices();
        }
    }

    private static void signOut(Page page) {
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("settings and sign out")))
                .click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("Sign out"))
                .click();
        page.waitForURL(Pattern.compile(".*/login.*"));
    }

    @Test
    void signingOutEndsTheSessionHereAndAtTheRealm() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            TheSystem.User viewer = system.user("viewer");
            pages.signIn(system.domain(), "viewer", viewer.password());
            String old = sessionCookie(person);
            // the answer comes late, when the page has heard already that the sign-in has ended
            page.route("**/logout", route -> {
                APIResponse answer = route.fetch(new Route.FetchOptions().setMaxRedirects(0));
                page.waitForTimeout(2_000);
                route.fulfill(new Route.FulfillOptions().setResponse(answer));
            });
            signOut(page);
            // the old cookie is worth nothing any more
            assertThat(new Api(system.url(), Optional.empty())
                            .get("/api/me", "Cookie", old)
                            .statusCode())
                    .isEqualTo(401);
            // and the realm asks again
            page.navigate(system.url() + "/login?domain=" + system.domain());
            page.locator("#password").waitFor();
        }
    }

    @Test
    void theSessionCookieIsOutOfReachOfScripts() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            List<String> errors = Chromium.errorsOf(page);
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "viewer", system.user("viewer").password());
            Cookie cookie = person.cookies(system.url()).stream()
                    .filter(it -> it.name.equals("bascule"))
                    .findFirst()
                    .orElseThrow();
            assertThat(cookie.httpOnly).isTrue();
            assertThat(cookie.sameSite).hasToString("LAX");
            assertThat((String) page.evaluate("document.cookie")).doesNotContain("bascule=");
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void aSignInForOneDomainIsNoneInAnother() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            TheSystem.User viewer = system.user("viewer");
            new SignInPages(page, system.url()).signIn(system.domain(), "viewer", viewer.password());
            assertThat(page.evaluate("fetch('/api/me').then(r => r.json()).then(me => me.domain.name)"))
                    .isEqualTo(system.domain());
            // the other domain's realm knows no such session: it asks for its own user and password
            page.navigate(system.url() + "/login?domain=" + system.otherDomain());
            page.locator("#username").waitFor();
            assertThat(page.url()).contains("/realms/" + system.otherDomain() + "/");
            new SignInPages(page, system.url()).password("viewer", viewer.password());
            page.locator("#password").waitFor();
            assertThat(page.url()).contains("/realms/" + system.otherDomain() + "/");
        }
        // a token of one realm shows nothing of the other domain
        String uid = system.device().uid();
        assertThat(system.api("automation").get("/api/devices/" + uid).statusCode())
                .isEqualTo(200);
        assertThat(system.otherApi().get("/api/devices/" + uid).statusCode()).isEqualTo(404);
        assertThat(system.otherApi().items("/api/devices?limit=200"))
                .noneMatch(device -> device.getString("uid").equals(uid));
        assertThat(system.otherApi().getJson("/api/me").getJsonObject("domain").getString("name"))
                .isEqualTo(system.otherDomain());
    }

    @Test
    void strangersGet401FromTheApiAndALoginPageFromPages() {
        Api stranger = new Api(system.url(), Optional.empty());
        HttpResponse<String> api = stranger.get("/api/devices");
        assertThat(api.statusCode()).isEqualTo(401);
        assertThat(api.headers().firstValue("content-type").orElse("")).startsWith("application/problem+json");
        HttpResponse<String> page = stranger.get("/devices");
        assertThat(page.statusCode()).isIn(302, 303);
        assertThat(page.headers().firstValue("location").orElse(""))
                .contains("/login")
                .contains("next=");
        assertThat(EventsSocket.refusal(system.url(), Map.of())).isEqualTo(401);
        assertThat(EventsSocket.refusal(system.url(), Map.of("Authorization", "Bearer e30.e30.e30")))
                .isEqualTo(401);
        assertThat(EventsSocket.refusal(system.url(), Map.of("Cookie", "bascule=x", "Origin", system.url())))
                .isEqualTo(401);
    }

    /** Any page may open a WebSocket, and the browser adds the cookie. */
    @Test
    void anEventsSocketWithACookieIsForThisSitesPagesAlone() {
        try (BrowserContext person = system.chromium().person()) {
            PageParts.signedIn(system, person, "viewer");
            String cookie = sessionCookie(person);
            try (EventsSocket socket =
                    EventsSocket.open(system.url(), Map.of("Cookie", cookie, "Origin", system.url()))) {
                assertThat(socket.isOpen()).isTrue();
            }
            for (String origin : List.of("http://evil.example", system.url() + ".evil.example", "null")) {
                assertThat(EventsSocket.refusal(system.url(), Map.of("Cookie", cookie, "Origin", origin)))
                        .as(origin)
                        .isEqualTo(403);
            }
            assertThat(EventsSocket.refusal(system.url(), Map.of("Cookie", cookie)))
                    .isEqualTo(403);
        }
    }

    @Test
    void liveEventsStayInTheirDomain() {
        Api here = system.api("automation");
        Api there = system.otherApi();
        try (EventsSocket ours = EventsSocket.open(
                        system.url(), Map.of("Authorization", "Bearer " + system.accessToken("automation")));
                EventsSocket theirs = EventsSocket.open(
                        system.url(), Map.of("Authorization", "Bearer " + system.otherAccessToken()))) {
            String one = folder(here);
            String other = folder(there);
            Eventually.within(
                    Duration.ofSeconds(10), "each hears of its own", () -> ours.heard(one) && theirs.heard(other));
            assertThat(ours.heard(other)).isFalse();
            assertThat(theirs.heard(one)).isFalse();
            here.deleteFolder(one);
            there.deleteFolder(other);
        }
    }

    private static String folder(Api api) {
        String body = Json.createObjectBuilder()
                .add("parent", api.rootFolder())
                .add("name", "live-" + UUID.randomUUID())
                .build()
                .toString();
        return Api.json(Api.expect(201, api.post("/api/folders", body))).getString("id");
    }

    /** Single log-out: the realm tells the application, which nobody has asked anything meanwhile. */
    @Test
    void aLogOutAtTheRealmEndsTheSessionHereAndItsLiveEvents() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "viewer");
            String cookie = sessionCookie(person);
            Api here = new Api(system.url(), Optional.empty());
            assertThat(here.get("/api/me", "Cookie", cookie).statusCode()).isEqualTo(200);
            try (EventsSocket socket =
                    EventsSocket.open(system.url(), Map.of("Cookie", cookie, "Origin", system.url()))) {
                page.navigate(system.realmUrl() + "/protocol/openid-connect/logout");
                page.locator("#kc-logout").click();
                assertThat(socket.awaitClose(Duration.ofSeconds(10))).isEqualTo(1008);
            }
            assertThat(here.get("/api/me", "Cookie", cookie).statusCode()).isEqualTo(401);
            assertThat(EventsSocket.refusal(system.url(), Map.of("Cookie", cookie, "Origin", system.url())))
                    .isEqualTo(401);
        }
    }

    private String sessionCookie(BrowserContext person) {
        return person.cookies(system.url()).stream()
                .filter(cookie -> cookie.name.equals("bascule"))
                .map(cookie -> cookie.name + "=" + cookie.value)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aTamperedOrForeignTokenIsRefused() {
        String good = system.accessToken("automation");
        String tampered = good.substring(0, good.length() - 8) + "AAAAAAAA";
        String[] parts = good.split("\\.");
        for (String token : List.of(tampered, parts[0] + "." + parts[1] + ".", "x", "e30.e30.e30")) {
            assertThat(new Api(system.url(), Optional.of(token)).get("/api/me").statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void aChangeWithACookieNeedsTheCsrfHeaderAndThisSitesOrigin() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "viewer", system.user("viewer").password());
            String cookie = sessionCookie(person);
            String csrf = (String) page.evaluate("fetch('/api/me').then(r => r.json()).then(me => me.csrf)");
            Api api = new Api(system.url(), Optional.empty());
            String body = "{\"device\":\"" + system.device().uid() + "\",\"operations\":[\"terminal\"]}";
            assertThat(problem(api.post("/api/sessions", body, "Cookie", cookie, "Origin", system.url())))
                    .isEqualTo("csrf");
            assertThat(problem(api.post(
                            "/api/sessions",
                            body,
                            "Cookie",
                            cookie,
                            "X-CSRF-Token",
                            csrf,
                            "Origin",
                            "http://evil.example")))
                    .isEqualTo("csrf");
            assertThat(problem(api.post(
                            "/api/sessions", body, "Cookie", cookie, "X-CSRF-Token", "wrong", "Origin", system.url())))
                    .isEqualTo("csrf");
            // with both it is the permission that is missing
            assertThat(problem(api.post(
                            "/api/sessions", body, "Cookie", cookie, "X-CSRF-Token", csrf, "Origin", system.url())))
                    .isEqualTo("forbidden");
        }
    }

    private static String problem(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(403);
        return Api.json(answer).getString("type").replace("urn:bascule:problem:", "");
    }
}
