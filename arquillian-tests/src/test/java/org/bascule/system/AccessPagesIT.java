package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.heading;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.link;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Media;
import com.microsoft.playwright.options.WaitForSelectorState;
import jakarta.json.JsonObject;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People, groups, rights, requests and logs as those who are responsible for them work with them, in a real browser (DOM-4, ACL-1 to ACL-7, AUD-1). */
@ExtendWith(RunningSystem.class)
class AccessPagesIT {

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    private String userId(String name) {
        return api.items("/api/users?q=" + name).stream()
                .filter(user -> user.getString("name").equals(name))
                .findFirst()
                .orElseThrow()
                .getString("id");
    }

    private String groupId(String name) {
        return api.items("/api/groups?q=" + name).get(0).getString("id");
    }

    /** A page, its heading, and with what its title ends. */
    private record Shown(String path, String heading, String title) {

        static Shown titled(String path, String title) {
            return new Shown(path, title, title);
        }
    }

    @ParameterizedTest
    @CsvSource({PageParts.DESK + ",en", PageParts.PHONE + ",de"})
    void everyPageWorksOnAPhoneAndForEverybody(int width, String language) {
        String root = api.rootFolder();
        String uid = system.device().uid();
        String viewer = userId("viewer");
        String day = Instant.now().truncatedTo(ChronoUnit.DAYS).toString();
        String next = Instant.now()
                .truncatedTo(ChronoUnit.DAYS)
                .plus(1, ChronoUnit.DAYS)
                .toString();
        PageTexts texts = new PageTexts(language);
        String people = texts.text("people.title");
        String access = texts.text("access.title");
        List<Shown> pages = List.of(
                new Shown("/people/users", people, texts.text("people.tab.users")),
                new Shown("/people/users/" + viewer, "viewer", "viewer"),
                new Shown("/people/groups", people, texts.text("people.tab.groups")),
                new Shown("/people/groups/" + groupId("Administrators"), "Administrators", "Administrators"),
                new Shown("/access?resource=" + root, access, access),
                new Shown("/access?resource=" + uid, access, system.device().name() + " · " + access),
                new Shown("/access/everybody?resource=" + uid, access, texts.text("access.tab.everybody")),
                new Shown("/access/person?user=" + viewer, access, "viewer · " + texts.text("access.tab.person")),
                new Shown(
                        "/access/effective?user=" + viewer + "&resource=" + uid,
                        access,
                        texts.text("access.tab.effective")),
                new Shown("/settings/sign-in", texts.text("settings.title"), texts.text("signIn.title")),
                Shown.titled("/requests", texts.text("requests.title")),
                Shown.titled("/requests?view=mine", texts.text("requests.title")),
                Shown.titled("/requests?view=decided", texts.text("requests.title")),
                Shown.titled("/audit", texts.text("audit.title")),
                Shown.titled("/audit?log=connections", texts.text("audit.title")),
                Shown.titled(
                        "/audit?log=report&from=" + day + "&to=" + next + "&folder=" + root, texts.text("audit.title")),
                Shown.titled("/sessions", texts.text("sessions.title")),
                Shown.titled("/assistance", texts.text("assistance.title")),
                Shown.titled("/settings", texts.text("settings.title")),
                Shown.titled("/settings/sign-in/providers/new", texts.text("providers.addTitle")),
                Shown.titled("/account", texts.text("account.title")),
                Shown.titled("/blocked-addresses", texts.text("blocked.title")),
                // the operator's own
                Shown.titled("/relays", texts.text("relays.title")),
                Shown.titled("/domains", texts.text("domains.title")),
                Shown.titled("/transfer", texts.text("transfer.title")));
        String how = " in " + language + " at " + width;
        try (BrowserContext person = PageParts.person(system, width)) {
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            PageParts.speak(page, language);
            for (Shown shown : pages) {
                PageParts.open(page, system.url() + shown.path());
                PageParts.expectShown(page, language, shown.heading(), shown.title());
                PageParts.expectUsable(page, shown.path() + how);
            }
            printTheReport(page, "/audit?log=report&from=" + day + "&to=" + next);
            filterTheLog(page, texts);
            PageParts.expectUsable(page, "a filtered log" + how);
            page.navigate(system.url() + "/devices/" + uid + "/terminal");
            page.getByText(texts.text("terminal.encrypted")).first().waitFor();
            page.locator(".xterm-rows").waitFor();
            PageParts.expectUsable(page, "a terminal" + how);
            assertThat(errors).isEmpty();
        }
        try (BrowserContext nobody = PageParts.person(system, width)) {
            Page page = nobody.newPage();
            PageParts.open(page, system.url() + "/login");
            PageParts.speak(page, language);
            PageParts.open(page, system.url() + "/login");
            PageParts.expectShown(page, language, "Bascule " + texts.text("login.title"), texts.text("login.title"));
            PageParts.expectUsable(page, "the way in" + how);
        }
    }

    /** On paper there is the report, and nothing to click. */
    private void printTheReport(Page page, String path) {
        PageParts.open(page, system.url() + path);
        assertThat(page.locator(".filters--audit")).isVisible();
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
        assertThat(page.locator("table").first()).isVisible();
        assertThat(page.locator(".pf-v6-c-masthead")).isHidden();
        assertThat(page.locator(".filters--audit")).isHidden();
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.SCREEN));
    }

    private void filterTheLog(Page page, PageTexts texts) {
        PageParts.open(page, system.url() + "/audit");
        page.getByLabel(texts.text("audit.outcome")).selectOption("success");
        page.waitForURL(Pattern.compile(".*outcome=success.*"));
        PageParts.awaitGone(page, "[aria-busy=true]");
        assertThat(page.getByRole(
                        AriaRole.CELL, new Page.GetByRoleOptions().setName(texts.text("audit.outcome.denied"))))
                .hasCount(0);
    }

    private static void pick(Page page, String label, String name) {
        Locator box = inDialog(page, AriaRole.COMBOBOX, label);
        box.fill(name);
        page.getByRole(AriaRole.DIALOG)
                .getByRole(AriaRole.OPTION, new Locator.GetByRoleOptions().setName(Pattern.compile(name)))
                .first()
                .click();
    }

    private static Locator terminalOf(Page page, String device) {
        return link(page, "Terminal on " + device);
    }

    /** One gives, the other sees it at once; what is taken away goes at once. */
    @Test
    void whatIsGivenAndTakenIsSeenAtOnceByWhoItIsAbout() {
        String uid = system.device().uid();
        String name = system.device().name();
        try (BrowserContext one = system.chromium().person();
                BrowserContext other = system.chromium().person()) {
            Page viewer = signedIn(system, other, "viewer");
            PageParts.open(viewer, system.url() + "/devices/" + uid);
            heading(viewer, name).waitFor();
            assertThat(terminalOf(viewer, name)).hasCount(0);

            Page page = signedIn(system, one, "automation");
            PageParts.open(page, system.url() + "/access?resource=" + uid);
            button(page, "Add entry").click();
            pick(page, "User or group", "viewer");
            inDialog(page, AriaRole.CHECKBOX, "Terminal").check();
            Locator add = inDialog(page, AriaRole.BUTTON, "Add");
            assertThat(add).isEnabled();
            // whoever can add can see what that changes, however many permissions stand above it
            Locator preview = page.getByRole(AriaRole.DIALOG).getByText("What this changes");
            assertThat(preview).isInViewport();
            page.setViewportSize(PageParts.PHONE, 844);
            assertThat(add).isInViewport();
            assertThat(preview).isInViewport();
            PageParts.fits(page, "the dialog for an entry on a phone");
            page.setViewportSize(PageParts.DESK, 860);
            PageParts.expectUsable(page, "the dialog for an entry");
            add.click();
            page.getByText("The entry was added").waitFor();

            terminalOf(viewer, name).first().waitFor();

            button(page, "Remove the entry for viewer").click();
            inDialog(page, AriaRole.BUTTON, "Remove").click();
            page.getByText("The entry was removed").waitFor();
            // pages take their time with what may change for everybody at once
            terminalOf(viewer, name)
                    .first()
                    .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
        } finally {
            removeEntriesOn(uid);
        }
    }

    private void removeEntriesOn(String resource) {
        for (JsonObject entry : api.items("/api/access/entries?resource=" + resource)) {
            Api.expect(
                    204,
                    api.send(
                            "DELETE",
                            "/api/access/entries/" + entry.getString("id"),
                            HttpRequest.BodyPublishers.noBody(),
                            "If-Match",
                            '"' + entry.getString("etag") + '"'));
        }
    }

    /** Four eyes: one asks, another decides, and both see it happen. */
    @Test
    void aRequestAppearsAtOnceAndItsApprovalToo() {
        String uid = system.device().uid();
        String name = system.device().name();
        try (BrowserContext one = system.chromium().person();
                BrowserContext other = system.chromium().person()) {
            Page page = signedIn(system, one, "automation");
            PageParts.open(page, system.url() + "/requests");

            Page viewer = signedIn(system, other, "viewer");
            PageParts.open(viewer, system.url() + "/devices/" + uid);
            button(viewer, "Request access to " + name).click();
            inDialog(viewer, AriaRole.TEXTBOX, "Reason").fill("The spindle stands still");
            PageParts.expectUsable(viewer, "the dialog for a request");
            inDialog(viewer, AriaRole.BUTTON, "Send request").click();
            viewer.getByText("The request was sent").waitFor();

            page.getByText("The spindle stands still").first().waitFor();
            PageParts.expectUsable(page, "an open request");
            button(page, "Approve: viewer on " + name).click();
            inDialog(page, AriaRole.BUTTON, "Approve").click();
            page.getByText("The request of viewer was approved").waitFor();

            terminalOf(viewer, name).first().waitFor();
        } finally {
            removeEntriesOn(uid);
        }
    }

    @Test
    void aStaleEditOfAGroupOverwritesNothing() {
        JsonObject group = Api.json(Api.expect(
                201,
                api.post(
                        "/api/groups",
                        "{\"name\":\"Night shift\",\"folder\":\"" + api.rootFolder()
                                + "\",\"description\":\"before\"}")));
        String path = "/api/groups/" + group.getString("id");
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            PageParts.open(page, system.url() + "/people/groups/" + group.getString("id"));
            button(page, "Rename").click();
            inDialog(page, AriaRole.TEXTBOX, "Description").fill("mine");
            Api.expect(
                    200,
                    api.patch(path, "{\"description\":\"theirs\"}", "If-Match", '"' + group.getString("etag") + '"'));
            inDialog(page, AriaRole.BUTTON, "Save").click();
            page.getByRole(AriaRole.DIALOG).getByText("It was not changed").waitFor();
            assertThat(api.getJson(path).getString("description")).isEqualTo("theirs");
            inDialog(page, AriaRole.BUTTON, "Cancel").click();
            // the page shows what the other person made of it
            page.getByText("theirs").first().waitFor();
        } finally {
            String etag = api.getJson(path).getString("etag");
            Api.expect(
                    204, api.send("DELETE", path, HttpRequest.BodyPublishers.noBody(), "If-Match", '"' + etag + '"'));
        }
    }
}
