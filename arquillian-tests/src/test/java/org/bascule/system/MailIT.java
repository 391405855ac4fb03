package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** E-mail of Keycloak and of the access server, at a real server for it (IDN-3, IDN-4, IDN-8, IDN-11). Each test has users and addresses of its own. */
@ExtendWith(RunningSystem.class)
class MailIT {

    /** An account about to end is looked for twice a minute. */
    private static final Duration SOON = Duration.ofSeconds(60);

    private static final String SENT = "If this user exists and has an e-mail address, a link is under way.";
    private static final Pattern LINK = Pattern.compile("https?://\\S+/action-token\\S+");
    private static final AtomicInteger USERS = new AtomicInteger();

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    private record User(String id, String name, String email, String firstPassword) {}

    private User user(boolean invite, boolean addressed) {
        int number = USERS.incrementAndGet();
        String name = "mailed-" + number;
        String email = name + "@example.com";
        JsonObjectBuilder body = Json.createObjectBuilder()
                .add("folder", api.rootFolder())
                .add("name", name)
                .add("account", Json.createObjectBuilder().add(invite ? "invite" : "firstPassword", true));
        if (addressed) {
            body.add("email", email);
        }
        JsonObject made =
                Api.json(Api.expect(201, api.post("/api/users", body.build().toString())));
        return new User(made.getString("id"), name, email, made.getString("firstPassword", ""));
    }

    private List<MimeMessage> mails(String address) {
        return Arrays.stream(system.mail().getReceivedMessages())
                .filter(mail -> to(mail).equals(address))
                .toList();
    }

    private static String to(MimeMessage mail) {
        try {
            return mail.getAllRecipients()[0].toString();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    /** The newest mail to an address with this in its subject. */
    private MimeMessage mail(String address, String subject) {
        Eventually.within(SOON, subject + " to " + address, () -> mails(address).stream()
                .anyMatch(mail -> subject(mail).contains(subject)));
        return mails(address).stream()
                .filter(mail -> subject(mail).contains(subject))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private static String subject(MimeMessage mail) {
        try {
            return mail.getSubject();
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(Part part) {
        try {
            return part.getContent() instanceof Multipart parts
                    ? text(parts.getBodyPart(0))
                    : part.getContent().toString();
        } catch (MessagingException | IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String link(MimeMessage mail) {
        Matcher link = LINK.matcher(text(mail));
        assertThat(link.find()).as(text(mail)).isTrue();
        return link.group();
    }

    /** Asks for a link as somebody who has forgotten the password. @return how long the answer took */
    private Duration forget(Page page, String name, String question) {
        page.navigate(system.url() + "/login?domain=" + system.domain());
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(question))
                .click();
        page.locator("#kc-reset-password-form #username").fill(name);
        Instant asked = Instant.now();
        page.locator("#kc-reset-password-form [type=submit]").click();
        page.locator("#password").waitFor();
        return Duration.between(asked, Instant.now());
    }

    @Test
    void whoForgotThePasswordChoosesAnotherByALinkThatWorksOnce() {
        User anna = user(false, true);
        String link;
        try (Elsewhere place = Elsewhere.at("127.0.9.1");
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            Page page = person.newPage();
            forget(page, anna.name(), "Forgot your password?");
            assertThat(page.locator("body").innerText()).contains(SENT);
            PageParts.fits(page, "link sent");

            MimeMessage mail = mail(anna.email(), "choose a new password");
            assertThat(text(mail)).contains("works once, within 15 minutes", system.domain());
            link = link(mail);
            page.navigate(link);
            new SignInPages(page, system.url()).newPassword("Another-1-word");
            new SignInPages(page, system.url()).expectDevices();
        }
        try (Elsewhere place = Elsewhere.at("127.0.9.2");
                BrowserContext other = system.chromium().person(place, "en-GB")) {
            Page page = other.newPage();
            page.navigate(link);
            assertThat(page.locator("body").innerText()).contains("too old, or was used already");
            assertThat(page.locator("#password-new").count()).isZero();
            new SignInPages(page, system.url()).signIn(system.domain(), anna.name(), "Another-1-word");
        }
    }

    /** Whoever knew the former password: in another browser, and at the realm, which would let him back in. */
    @Test
    void aNewPasswordEndsWhatWasBegunWithTheFormer() {
        User anna = user(false, true);
        try (Elsewhere place = Elsewhere.at("127.0.9.4");
                Elsewhere elsewhere = Elsewhere.at("127.0.9.5");
                BrowserContext thief = system.chromium().person(place, "en-GB");
                BrowserContext person = system.chromium().person(elsewhere, "en-GB")) {
            SignInPages before = new SignInPages(thief.newPage(), system.url());
            before.chooseDomain(system.domain());
            before.password(anna.name(), anna.firstPassword());
            before.newPassword("The-former-1");
            before.expectDevices();
            assertThat(before.get("/api/devices").status()).isEqualTo(200);

            Page page = person.newPage();
            forget(page, anna.name(), "Forgot your password?");
            page.navigate(link(mail(anna.email(), "choose a new password")));
            SignInPages after = new SignInPages(page, system.url());
            after.newPassword("Another-1-word");
            after.expectDevices();

            Eventually.within(
                    Duration.ofSeconds(15),
                    "the end of the former sign-in",
                    () -> before.get("/api/devices").status() == 401);
            Page again = thief.newPage();
            again.navigate(system.url() + "/login?domain=" + system.domain());
            again.locator("#password").waitFor();
            assertThat(after.get("/api/devices").status()).isEqualTo(200);
        }
    }

    @Test
    void speaksTheLanguageOfTheBrowser() {
        User anna = user(false, true);
        try (Elsewhere place = Elsewhere.at("127.0.9.3");
                BrowserContext person = system.chromium().person(place, "de-DE")) {
            Page page = person.newPage();
            forget(page, anna.name(), "Passwort vergessen?");
            assertThat(page.locator("body").innerText()).contains("ist ein Link unterwegs");
            MimeMessage mail = mail(anna.email(), "neues Passwort wählen");
            assertThat(text(mail)).contains("innerhalb von 15 Minuten");
        }
    }

    /** Whether there is such a user, with an address or without, neither words nor time tell. */
    @Test
    void nobodyLearnsWhoThereIs() {
        List<String> names =
                List.of(user(false, true).name(), user(false, false).name(), "nobody-at-all");
        List<List<Duration>> times = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round < 3; round++) {
            try (Elsewhere place = Elsewhere.at("127.0.9." + (10 + round));
                    BrowserContext person = system.chromium().person(place, "en-GB")) {
                for (int each = 0; each < names.size(); each++) {
                    Page page = person.newPage();
                    times.get(each).add(forget(page, names.get(each), "Forgot your password?"));
                    assertThat(page.locator("body").innerText()).contains(SENT);
                    page.close();
                }
            }
        }
        List<Duration> medians = times.stream()
                .map(all -> all.stream().sorted().toList().get(1))
                .sorted()
                .toList();
        System.out.println("answers to a forgotten password (address, no address, nobody): " + times);
        assertThat(medians.get(0)).isGreaterThan(Duration.ofMillis(690));
        assertThat(medians.get(2).minus(medians.get(0))).isLessThan(Duration.ofMillis(250));
    }

    @Test
    void nobodysMailboxIsFlooded() {
        User anna = user(false, true);
        for (int round = 0; round < 5; round++) {
            try (Elsewhere place = Elsewhere.at("127.0.9." + (20 + round));
                    BrowserContext person = system.chromium().person(place, "en-GB")) {
                forget(person.newPage(), anna.name(), "Forgot your password?");
            }
        }
        User bert = user(false, true);
        try (Elsewhere place = Elsewhere.at("127.0.9.30");
                BrowserContext person = system.chromium().person(place, "en-GB")) {
            forget(person.newPage(), bert.name(), "Forgot your password?");
        }
        mail(bert.email(), "choose a new password");
        assertThat(mails(anna.email())).hasSize(3);
    }

    @Test
    void whoIsInvitedChoosesAPassword() {
        User anna = user(true, true);
        MimeMessage mail = mail(anna.email(), "your account");
        assertThat(text(mail)).contains("choose a password", "ein Passwort zu wählen");
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            page.navigate(link(mail));
            page.locator("a[href*=action-token], #password-new").first().waitFor();
            if (page.locator("#password-new").count() == 0) {
                page.locator("a[href*=action-token]").click();
            }
            new SignInPages(page, system.url()).newPassword("Another-1-word");
            page.locator("#password-new")
                    .waitFor(new com.microsoft.playwright.Locator.WaitForOptions()
                            .setState(com.microsoft.playwright.options.WaitForSelectorState.DETACHED));
            assertThat(page.locator("a[href*='/login?domain=']").getAttribute("href"))
                    .as("the way on")
                    .startsWith(system.url());
            new SignInPages(page, system.url()).signIn(system.domain(), anna.name(), "Another-1-word");
        }
    }

    @Test
    void whoSetsUpAnAuthenticatorAppConfirmsTheAddressFirst() {
        User anna = user(false, true);
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            RealmPages realm = new RealmPages(page, system.realmUrl());
            realm.open(Map.of("second_factor", "fresh"));
            SignInPages pages = new SignInPages(page, system.url());
            pages.password(anna.name(), anna.firstPassword());
            page.getByText("A link is under way to " + anna.email()).waitFor();
            PageParts.fits(page, "address to confirm");
            page.navigate(link(mail(anna.email(), "confirm your e-mail address")));
            pages.newPassword("Another-1-word");
            page.locator("#kc-totp-secret-key").waitFor();
            pages.enrolTotp();
            assertThat(realm.signedIn()).containsKey("second_factor_at");
        }
    }

    @Test
    void whoseAccountIsTouchedByAnAdministratorIsTold() {
        User anna = user(false, true);
        String first = Api.json(Api.expect(200, api.post("/api/users/" + anna.id() + "/password-reset", "")))
                .getString("firstPassword");
        MimeMessage reset = mail(anna.email(), "your password was reset");
        assertThat(text(reset)).contains("Hello " + anna.name(), "Guten Tag " + anna.name(), system.url());
        assertThat(text(reset)).doesNotContain(first);

        Api.expect(204, api.post("/api/users/" + anna.id() + "/factor-reset", ""));
        mail(anna.email(), "your second factor was reset");

        change(anna, "email", "elsewhere-" + anna.email());
        mail(anna.email(), "your e-mail address was changed");

        change(anna, "expires", Instant.now().plus(Duration.ofDays(2)).toString());
        MimeMessage ending = mail("elsewhere-" + anna.email(), "your account will end");
        assertThat(text(ending)).contains("UTC");
        assertThat(mails(anna.email())).hasSize(3);
    }

    private void change(User user, String field, String value) {
        String etag = api.getJson("/api/users/" + user.id()).getString("etag");
        Api.expect(
                200,
                api.patch(
                        "/api/users/" + user.id(),
                        Json.createObjectBuilder().add(field, value).build().toString(),
                        "If-Match",
                        "\"" + etag + "\""));
    }
}
