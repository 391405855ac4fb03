package org.bascule.system;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Instant;
import java.util.regex.Pattern;

/** The way in, as a person goes it: domain, then user and password at the realm, then what the realm asks for. */
final class SignInPages {

    private final Page page;
    private final String url;

    SignInPages(Page page, String url) {
        this.page = page;
        this.url = url;
    }

    /** Opens the application and gives the domain's name on the login page. */
    void chooseDomain(String domain) {
        page.navigate(url + "/");
        page.waitForURL(Pattern.compile(".*/login(\\?.*)?$"));
        chooseDomainHere(domain);
    }

    /** The same on the page that is open. */
    void chooseDomainHere(String domain) {
        page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName(Pattern.compile("Domain")))
                .fill(domain);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Continue"))
                .click();
    }

    /** Asks the API with what the browser has, whatever its page is doing just then. */
    APIResponse get(String path) {
        return page.request().get(url + path);
    }

    JsonObject getJson(String path) {
        try (JsonReader reader = Json.createReader(new StringReader(get(path).text()))) {
            return reader.readObject();
        }
    }

    void password(String user, String password) {
        page.locator("#username").fill(user);
        page.locator("#password").fill(password);
        page.locator("#kc-login").click();
    }

    void newPassword(String password) {
        page.locator("#password-new").fill(password);
        page.locator("#password-confirm").fill(password);
        page.locator("form#kc-passwd-update-form [type=submit]").first().click();
    }

    /** Enrols an authenticator app by the text secret. @return the secret */
    String enrolTotp() {
        return enrolTotp(Instant.now());
    }

    /** Enrols an authenticator app by the code of that time. @return the secret */
    String enrolTotp(Instant at) {
        Locator shown = page.locator("#kc-totp-secret-key");
        String secret = shown.innerText().replace(" ", "");
        page.locator("#totp").fill(Totp.at(secret, at));
        Locator label = page.locator("#userLabel");
        label.fill("test app");
        page.locator("#saveTOTPBtn").click();
        return secret;
    }

    /** The code of the present 30 s; a code is accepted once, so a second sign-in within them needs the next one. */
    void code(String secret, Instant at) {
        page.locator("#otp").fill(Totp.at(secret, at));
        page.locator("#kc-login").click();
    }

    /** @return the sentence of a page that refuses */
    String refusal() {
        return page.locator("#kc-error-message .instruction").first().innerText();
    }

    /** @return what the form says about the last attempt */
    String mistake() {
        return page.locator("[id^=input-error]:not([id^=input-error-container])")
                .first()
                .innerText();
    }

    /** Goes to another second factor, by a part of its name. */
    void anotherWay(String name) {
        page.locator("#try-another-way").click();
        page.locator("[role=button]", new Page.LocatorOptions().setHasText(name))
                .click();
    }

    void expectDevices() {
        page.waitForURL(Pattern.compile(Pattern.quote(url) + "/devices.*"));
        page.getByRole(
                        AriaRole.HEADING,
                        new Page.GetByRoleOptions().setName("Devices").setExact(true))
                .first()
                .waitFor();
    }

    /** For users without second factor. */
    void signIn(String domain, String user, String password) {
        chooseDomain(domain);
        password(user, password);
        expectDevices();
    }
}
