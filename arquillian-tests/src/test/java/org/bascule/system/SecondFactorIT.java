package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Second factors with a real browser and a real Keycloak (IDN-4, IDN-9): authenticator app, recovery codes, passkeys with Chromium's virtual authenticator. The users
 * are those of the second domain, whom no other test signs in by browser.
 */
@ExtendWith(RunningSystem.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecondFactorIT {

    private static final Map<String, String> FRESH = Map.of("second_factor", "fresh");

    private final TheSystem system = TheSystem.get();

    private String realmUrl() {
        return system.realmUrl(system.otherDomain());
    }

    private String password(String user) {
        return system.user(system.otherDomain(), user).password();
    }

    /** From an address of the test's own: a wrong code here must not shut out the other tests. */
    private static Elsewhere place() {
        return Elsewhere.at("127.0.8.1");
    }

    @Test
    @Order(1)
    void aUsedCodeIsRefusedAndTheNextIsTaken() {
        String secret =
                system.user(system.otherDomain(), "manager").secondFactor().orElseThrow();
        Instant now = Instant.now();
        try (Elsewhere place = place();
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            signIn(person.newPage(), "manager").code(secret, now);
        }
        try (Elsewhere place = place();
                BrowserContext person = system.chromium().person(place, "de-DE")) {
            Page page = person.newPage();
            SignInPages pages = signIn(page, "manager");
            page.locator("#otp").waitFor();
            PageParts.fits(page, "code");
            pages.code(secret, now);
            assertThat(pages.mistake()).contains("Jeder Code gilt einmal");
            pages.code(secret, now.plusSeconds(30));
            assertThat(new RealmPages(page, realmUrl())
                            .signedIn()
                            .getJsonNumber("second_factor_at")
                            .longValue())
                    .isBetween(now.getEpochSecond(), now.getEpochSecond() + 60);
        }
    }

    @Test
    @Order(2)
    void whoIsAskedForAFreshFactorAndHasNoneSetsOneUpAndRecoveryCodesStandInForIt() {
        try (Elsewhere place = place();
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            Page page = person.newPage();
            RealmPages realm = new RealmPages(page, realmUrl());
            realm.open(Map.of());
            SignInPages pages = new SignInPages(page, system.url());
            pages.password("viewer", password("viewer"));
            assertThat(realm.signedIn()).doesNotContainKey("second_factor_at");

            realm.open(FRESH);
            page.locator("#kc-totp-secret-qr-code").waitFor();
            PageParts.fits(page, "enrolment");
            Instant first = Instant.now();
            String secret = pages.enrolTotp(first);
            long enrolled = realm.signedIn().getJsonNumber("second_factor_at").longValue();
            assertThat(enrolled).isCloseTo(Instant.now().getEpochSecond(), org.assertj.core.data.Offset.offset(30L));

            // the session proved one just now, so that it may set up recovery codes
            realm.open(Map.of("kc_action", "CONFIGURE_RECOVERY_AUTHN_CODES"));
            page.locator("#kc-recovery-codes-list").waitFor();
            PageParts.fits(page, "recovery codes");
            List<String> codes = page.locator("#kc-recovery-codes-list li").allInnerTexts().stream()
                    .map(text -> text.replaceAll("[^A-Za-z0-9]", ""))
                    .toList();
            page.locator("#kcRecoveryCodesConfirmationCheck").check();
            page.locator("#saveRecoveryAuthnCodesBtn").click();
            realm.signedIn();

            // a session that proved one goes on without; a fresh one is asked for, and the used code is refused
            realm.open(Map.of());
            assertThat(realm.signedIn().getJsonNumber("second_factor_at").longValue())
                    .isEqualTo(enrolled);
            realm.open(FRESH);
            pages.code(secret, first);
            assertThat(pages.mistake()).contains("Each code works once");
            pages.anotherWay("Recovery");
            page.locator("#recoveryCodeInput").fill(codes.get(0));
            page.locator("#kc-login").click();
            assertThat(realm.signedIn().getJsonNumber("second_factor_at").longValue())
                    .isGreaterThanOrEqualTo(enrolled);
        }
    }

    @Test
    @Order(3)
    void aPasskeyIsASecondFactorAndSignsInWithoutAPassword() {
        try (Elsewhere place = place();
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            Page page = person.newPage();
            VirtualKey key = VirtualKey.of(person, page);
            RealmPages realm = new RealmPages(page, realmUrl());
            realm.open(Map.of());
            new SignInPages(page, system.url()).password("engineer", password("engineer"));
            assertThat(realm.signedIn()).doesNotContainKey("second_factor_at");

            page.onDialog(dialog -> dialog.accept("test key"));
            realm.open(Map.of("kc_action", "webauthn-register-passwordless"));
            page.locator("#registerWebAuthn").click();
            assertThat(realm.signedIn()).containsKey("second_factor_at");

            // a new sign-in in the same browser, which offers the key by itself
            person.clearCookies();
            realm.open(Map.of());
            assertThat(realm.signedIn()).containsKey("second_factor_at");

            // whoever types the password is asked for the key as well
            key.ownerIsThere(false);
            person.clearCookies();
            realm.open(Map.of());
            new SignInPages(page, system.url()).password("engineer", password("engineer"));
            Locator use = page.locator("#authenticateWebAuthnButton");
            page.locator("#kc-attempted-username").waitFor();
            PageParts.fits(page, "passkey");
            key.ownerIsThere(true);
            use.click();
            assertThat(realm.signedIn()).containsKey("second_factor_at");
        }
    }

    private SignInPages signIn(Page page, String user) {
        new RealmPages(page, realmUrl()).open(Map.of());
        SignInPages pages = new SignInPages(page, system.url());
        pages.password(user, password(user));
        return pages;
    }

    /** A key that is built in, keeps passkeys and knows its owner (WebAuthn, section 11). */
    private record VirtualKey(CDPSession browser, String id) {

        static VirtualKey of(BrowserContext person, Page page) {
            CDPSession browser = person.newCDPSession(page);
            browser.send("WebAuthn.enable");
            JsonObject options = new JsonObject();
            options.addProperty("protocol", "ctap2");
            options.addProperty("transport", "internal");
            options.addProperty("hasResidentKey", true);
            options.addProperty("hasUserVerification", true);
            options.addProperty("isUserVerified", true);
            options.addProperty("automaticPresenceSimulation", true);
            JsonObject parameters = new JsonObject();
            parameters.add("options", options);
            return new VirtualKey(
                    browser,
                    browser.send("WebAuthn.addVirtualAuthenticator", parameters)
                            .get("authenticatorId")
                            .getAsString());
        }

        void ownerIsThere(boolean there) {
            JsonObject parameters = new JsonObject();
            parameters.addProperty("authenticatorId", id);
            parameters.addProperty("enabled", there);
            browser.send("WebAuthn.setAutomaticPresenceSimulation", parameters);
        }
    }
}
