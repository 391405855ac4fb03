package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever guesses at Keycloak is shut out by address, for every account and realm (IDN-5). Each test has addresses of its own. */
@ExtendWith(RunningSystem.class)
class GuessingIT {

    private static final int FAILURES = 5;

    private final TheSystem system = TheSystem.get();

    @Test
    void fiveFailuresShutAnAddressOutForEveryAccountAndRealmAlsoWithTheRightPassword() {
        String right = system.user("viewer").password();
        try (Elsewhere place = Elsewhere.at("127.0.7.1");
                BrowserContext person = system.chromium().person(place, "en-GB");
                BrowserContext neighbour = system.chromium().person(place, "de-DE")) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            Page open = neighbour.newPage();
            open.navigate(system.url() + "/login?domain=" + system.otherDomain());
            open.locator("#password").waitFor();

            pages.chooseDomain(system.domain());
            for (int failure = 1; failure < FAILURES; failure++) {
                // users that there are and users that there are not
                pages.password(failure % 2 == 0 ? "viewer" : "nobody-" + failure, "wrong");
                assertThat(pages.mistake()).isEqualTo("User name or password is not right.");
            }
            pages.password("nobody", "wrong");
            assertThat(pages.refusal())
                    .contains("too many failed sign-ins from your address")
                    .containsPattern("another [45] min \\d+ s");
            PageParts.fits(page, "refusal");

            // a form that was open before, in another realm, with the right password
            new SignInPages(open, system.url())
                    .password(
                            "viewer",
                            system.user(system.otherDomain(), "viewer").password());
            assertThat(new SignInPages(open, system.url()).refusal())
                    .contains("zu viele fehlgeschlagene Anmeldungen")
                    .containsPattern("noch [45] min \\d+ s");
            // and from the start
            Response answer = new RealmPages(page, system.realmUrl()).open(Map.of());
            assertThat(answer.status()).isEqualTo(429);
            assertThat(Integer.parseInt(answer.headerValue("retry-after"))).isBetween(200, 300);
            RealmPages.Answer token = new RealmPages(page, system.realmUrl())
                    .post(
                            place.proxy(),
                            "/protocol/openid-connect/token",
                            Map.of(
                                    "grant_type", "refresh_token",
                                    "client_id", "bascule-cli",
                                    "refresh_token", system.user("automation").apiToken()));
            assertThat(token.status()).as(token.body()).isEqualTo(429);
            assertThat(token.body()).contains("Too many failed attempts from this address");
        }
        // the account itself is not locked
        try (Elsewhere place = Elsewhere.at("127.0.7.2");
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            new SignInPages(person.newPage(), system.url()).signIn(system.domain(), "viewer", right);
        }
    }

    @Test
    void aSuccessOfSomebodyElseClearsNothing() {
        try (Elsewhere place = Elsewhere.at("127.0.7.3");
                BrowserContext attacker = system.chromium().person(place, "en-GB");
                BrowserContext neighbour = system.chromium().person(place, "en-GB")) {
            SignInPages pages = new SignInPages(attacker.newPage(), system.url());
            pages.chooseDomain(system.domain());
            for (int failure = 1; failure < FAILURES; failure++) {
                pages.password("nobody-" + failure, "wrong");
                pages.mistake();
            }
            new SignInPages(neighbour.newPage(), system.url())
                    .signIn(system.domain(), "viewer", system.user("viewer").password());
            pages.password("nobody", "wrong");
            assertThat(pages.refusal()).contains("too many failed sign-ins");
        }
    }

    @Test
    void secretsOfClientsCodesAndTokensAreCountedToo() {
        try (Elsewhere place = Elsewhere.at("127.0.7.4");
                BrowserContext person = system.chromium().person()) {
            RealmPages realm = new RealmPages(person.newPage(), system.realmUrl());
            String token = "/protocol/openid-connect/token";
            for (Map<String, String> guess : java.util.List.of(
                    Map.of("grant_type", "client_credentials", "client_id", "bascule-server", "client_secret", "x"),
                    Map.of("grant_type", "refresh_token", "client_id", "bascule-cli", "refresh_token", "x"),
                    Map.of(
                            "grant_type", "authorization_code",
                            "client_id", "bascule-cli",
                            "code", "x",
                            "redirect_uri", "http://127.0.0.1/signed-in"),
                    Map.of(
                            "grant_type", "urn:ietf:params:oauth:grant-type:device_code",
                            "client_id", "bascule-cli",
                            "device_code", "x"))) {
                assertThat(realm.post(place.proxy(), token, guess).status())
                        .as(guess.toString())
                        .isIn(400, 401);
            }
            // what a person types to sign in a device
            assertThat(realm.post(place.proxy(), "/device", Map.of("device_user_code", "AAAA-AAAA"))
                            .status())
                    .isEqualTo(200);
            assertThat(realm.post(place.proxy(), "/device", Map.of("device_user_code", "AAAA-AAAB"))
                            .status())
                    .isEqualTo(429);
            // and the start of the device grant
            assertThat(RealmPages.post(
                                    place.proxy(),
                                    system.realmUrl() + "/protocol/openid-connect/auth/device",
                                    Map.of("client_id", "bascule-cli", "scope", "openid"),
                                    Map.of("Accept", "application/json"))
                            .status())
                    .isEqualTo(429);
        }
    }

    /** Or any page could have its readers shut out. */
    @Test
    void whatAnotherSitesPageSendsIsNobodysFailure() {
        try (Elsewhere place = Elsewhere.at("127.0.7.7");
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            Page page = person.newPage();
            String device = system.realmUrl() + "/device?user_code=AAAA-AAAC";
            page.route(
                    "https://elsewhere.example/**",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("text/html")
                            .setBody("<a href='" + device + "'>go</a>")));
            page.navigate("https://elsewhere.example/");
            page.evaluate(
                    """
                    async realm => {
                      for (let i = 0; i < 8; i++) {
                        await new Promise(done => {
                          const image = new Image();
                          image.onload = image.onerror = done;
                          image.src = realm + '/device?user_code=AAAA-AAA' + i;
                        });
                        const sent = body => ({mode: 'no-cors', method: 'POST', body: new URLSearchParams(body)});
                        await fetch(realm + '/device', sent({device_user_code: 'AAAA-AAA' + i}));
                        await fetch(realm + '/protocol/openid-connect/token',
                          sent({grant_type: 'refresh_token', client_id: 'bascule-cli', refresh_token: 'x'}));
                        await fetch(realm + '/protocol/openid-connect/auth?client_id=nobody', {mode: 'no-cors'});
                      }
                    }""",
                    system.realmUrl());
            for (int link = 0; link < FAILURES; link++) {
                page.navigate("https://elsewhere.example/");
                page.locator("a").click();
                assertThat(page.locator("#device_user_code").inputValue().replace("-", ""))
                        .isEqualTo("AAAAAAAC");
            }
            // its reader confirms it, which counts
            page.locator("#kc-login").click();
            page.getByText("This code is not right").waitFor();
            assertThat(new RealmPages(page, system.realmUrl()).open(Map.of()).status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whoAsksForASignInOfNoClientIsShutOutAndFillsNoLog() {
        try (Elsewhere place = Elsewhere.at("127.0.7.8");
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            Page page = person.newPage();
            RealmPages realm = new RealmPages(page, system.realmUrl());
            for (int i = 0; i < 2 * FAILURES; i++) {
                assertThat(realm.open(Map.of("client_id", "nobody-7-8")).status())
                        .isEqualTo(400);
            }
            assertThat(realm.open(Map.of()).status()).isEqualTo(429);
            realm.open(Map.of());
            Eventually.within(
                    java.time.Duration.ofSeconds(30),
                    "what came before the block is in the audit log",
                    () -> of(system, place) >= FAILURES);
            assertThat(of(system, place)).isEqualTo(FAILURES);
        }
    }

    private static long of(TheSystem system, Elsewhere place) {
        return system.api("automation").items("/api/audit?limit=200&code=login&outcome=denied").stream()
                .filter(row -> row.toString().contains("\"" + place.address() + "\""))
                .count();
    }

    @Test
    void noClientSendsPasswordsByItself() {
        try (Elsewhere place = Elsewhere.at("127.0.7.5");
                BrowserContext person = system.chromium().person()) {
            RealmPages realm = new RealmPages(person.newPage(), system.realmUrl());
            for (String client : java.util.List.of("bascule-cli", "admin-cli")) {
                RealmPages.Answer answer = realm.post(
                        place.proxy(),
                        "/protocol/openid-connect/token",
                        Map.of(
                                "grant_type",
                                "password",
                                "client_id",
                                client,
                                "username",
                                "viewer",
                                "password",
                                system.user("viewer").password()));
                assertThat(answer.status()).as(client).isIn(400, 401);
                assertThat(answer.body()).doesNotContain("access_token");
            }
        }
    }

    @Test
    void theAuditLogHasTheAddressAndTheProgramOfAFailure() {
        try (Elsewhere place = Elsewhere.at("127.0.7.6");
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            SignInPages pages = new SignInPages(person.newPage(), system.url());
            pages.chooseDomain(system.domain());
            pages.password("somebody-of-7-6", "wrong");
            pages.mistake();
            Eventually.within(
                    java.time.Duration.ofSeconds(30),
                    "the failed sign-in is in the audit log",
                    () -> system.api("automation").items("/api/audit?limit=200&code=login&outcome=denied").stream()
                            .map(Object::toString)
                            .anyMatch(row -> row.contains("somebody-of-7-6") && row.contains(place.address())));
        }
    }
}
