package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.choose;
import static org.bascule.system.PageParts.heading;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.link;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders and devices as an administrator works with them, in a real browser (DOM-1 to DOM-5). */
@ExtendWith(RunningSystem.class)
class DirectoryPagesIT {

    private final TheSystem system = TheSystem.get();

    private void createFolder(Page page, String name) {
        choose(page, "Folder", "New folder in it");
        inDialog(page, AriaRole.TEXTBOX, "Name").fill(name);
        inDialog(page, AriaRole.BUTTON, "Create folder").click();
        heading(page, name).waitFor();
    }

    private JsonObject device(String uid) {
        return system.api("automation").getJson("/api/devices/" + uid);
    }

    private static final String WATCH_THE_CHANNEL =
            """
            window.WebSocket = class extends WebSocket {
              constructor(...address) {
                super(...address);
                this.addEventListener('open', () => { window.opened ??= performance.now(); });
              }
            };""";

    /** How often the list was asked for while nothing was heard of changes yet, and since then. */
    private static final String LISTS =
            """
            () => {
              const asked = performance.getEntriesByType('resource').filter(({ name }) => new URL(name).pathname === '/api/devices');
              const before = asked.filter(({ startTime }) => startTime < window.opened).length;
              return [before, asked.length - before];
            }""";

    /** It is asked for before the application is there, and not by it too; and once more when every change from then on is heard. */
    @Test
    void theListIsAskedForOnceBeforeTheChannelIsOpenAndOnceAfterIt() {
        try (BrowserContext person = system.chromium().person()) {
            person.addInitScript(WATCH_THE_CHANNEL);
            Page page = signedIn(system, person, "automation");
            List<String> asked = new ArrayList<>();
            page.onRequest(request -> asked.add(request.url().replaceFirst("^https?://[^/]+", "")));
            for (int load = 0; load < 2; load++) {
                PageParts.open(page, system.url() + "/devices");
                link(page, system.device().name()).first().waitFor();
                page.waitForCondition(() -> Boolean.TRUE.equals(page.evaluate("window.opened !== undefined")));
                page.waitForCondition(() -> List.of(1, 1).equals(page.evaluate(LISTS)));
                // nothing more comes where nothing changes
                page.waitForTimeout(1_000);
                assertThat(page.evaluate(LISTS)).isEqualTo(List.of(1, 1));
            }
            assertThat(asked.stream().filter("/api/me"::equals)).hasSize(2);
            assertThat(asked.indexOf("/api/me"))
                    .as("before the application")
                    .isLessThan(asked.indexOf(asked.stream()
                            .filter(address -> address.startsWith("/assets/en-"))
                            .findFirst()
                            .orElseThrow()));
        }
    }

    @Test
    void aDeviceIsMovedIntoANewFolderTaggedAndFound() {
        String uid = system.device().uid();
        String name = system.device().name();
        String before = device(uid).getString("folder");
        String target = "Moved here " + Long.toString(System.nanoTime(), 36);
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            createFolder(page, target);
            String folder = page.url().replaceAll(".*folder=([0-9a-f-]{36}).*", "$1");

            page.navigate(system.url() + "/devices/" + uid);
            heading(page, name).waitFor();
            button(page, "Move").click();
            inDialog(page, AriaRole.RADIO, target).check();
            inDialog(page, AriaRole.BUTTON, "Move").click();
            page.getByText(name + " is in " + target + " now").waitFor();
            assertThat(device(uid).getString("folder")).isEqualTo(folder);

            button(page, "Edit").click();
            inDialog(page, AriaRole.COMBOBOX, "Tags").fill("Hall-2");
            page.keyboard().press("Enter");
            inDialog(page, AriaRole.BUTTON, "Save").click();
            page.getByText("The device was changed").waitFor();
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("^hall-2")))
                    .click();
            page.waitForURL(Pattern.compile(".*/devices\\?q=tag%3Ahall-2"));
            page.getByRole(
                            AriaRole.LINK,
                            new Page.GetByRoleOptions().setName(name).setExact(true))
                    .waitFor();
            assertThat(page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Search devices")))
                    .hasValue("tag:hall-2");

            page.goBack();
            heading(page, name).waitFor();
            assertThat(errors).isEmpty();
        } finally {
            String etag = "\"" + device(uid).getString("etag") + "\"";
            Api.expect(
                    200,
                    system.api("automation")
                            .patch(
                                    "/api/devices/" + uid,
                                    "{\"folder\":\"" + before + "\",\"tags\":[]}",
                                    "If-Match",
                                    etag));
        }
    }

    @Test
    void aFolderIsDeletedOnlyAfterItsNameWasTyped() {
        String run = Long.toString(System.nanoTime(), 36);
        String name = "To be deleted " + run;
        String below = "Below it " + run;
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            createFolder(page, name);
            createFolder(page, below);
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("^" + name)))
                    .first()
                    .click();
            heading(page, name).waitFor();
            choose(page, "Folder", "Delete folder");
            page.getByText("Folders below it: 1").waitFor();
            Locator delete = inDialog(page, AriaRole.BUTTON, "Delete folder");
            assertThat(delete).isDisabled();
            assertThat(Axe.seriousFindings(page)).isEmpty();
            inDialog(page, AriaRole.TEXTBOX, "Type " + name + " to confirm").fill(name);
            delete.click();
            page.getByText(name + " was deleted").waitFor();
            assertThat(system.api("automation").items("/api/folders?q=" + below.replace(" ", "%20")))
                    .isEmpty();
        }
    }

    @Test
    void aChangeByAnotherPersonIsShownBeforeItIsOverwritten() {
        String uid = system.device().uid();
        String name = system.device().name();
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            page.navigate(system.url() + "/devices/" + uid);
            heading(page, name).waitFor();
            button(page, "Edit").click();
            inDialog(page, AriaRole.TEXTBOX, "Description").fill("Mine");
            String etag = "\"" + device(uid).getString("etag") + "\"";
            Api.expect(
                    200,
                    system.api("automation")
                            .patch("/api/devices/" + uid, "{\"description\":\"Theirs\"}", "If-Match", etag));
            inDialog(page, AriaRole.BUTTON, "Save").click();
            page.getByText("Description: Theirs").waitFor();
            assertThat(device(uid).getString("description")).isEqualTo("Theirs");
            inDialog(page, AriaRole.BUTTON, "Overwrite").click();
            page.getByText("The device was changed").waitFor();
            assertThat(device(uid).getString("description")).isEqualTo("Mine");
        }
    }

    @Test
    void longAnswersAreCompressedForWhoTakesThat() throws Exception {
        Api api = system.api("automation");
        HttpResponse<byte[]> compressed = api.bytes("/api/permissions", "Accept-Encoding", "gzip");
        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(api.get("/api/permissions").body());
        }
        HttpResponse<byte[]> plain = api.bytes("/api/permissions", "Accept-Encoding", "identity");
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(plain.body().length).isGreaterThan(2 * compressed.body().length);
        assertThat(api.bytes("/api/me", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding"))
                .as("a short answer")
                .isEmpty();
    }

    @Test
    void aWrongSearchIsExplained() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Search devices"))
                    .fill("\"not closed");
            page.getByText("A quote is not closed.").first().waitFor();
            page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Search devices"))
                    .fill("");
            page.getByRole(
                            AriaRole.LINK,
                            new Page.GetByRoleOptions()
                                    .setName(system.device().name())
                                    .setExact(true))
                    .waitFor();
        }
    }

    @ParameterizedTest
    @CsvSource({PageParts.DESK + ",en", PageParts.PHONE + ",de"})
    void thePagesWorkOnAPhoneAndForEverybody(int width, String language) {
        String device = "/devices/" + system.device().uid();
        String name = system.device().name();
        PageTexts texts = new PageTexts(language);
        try (BrowserContext person = PageParts.person(system, width)) {
            Page page = signedIn(system, person, "automation");
            PageParts.speak(page, language);
            for (String[] each : new String[][] {
                {"/devices", texts.text("devices.title"), "devices.title"},
                {device, name, "device.tab.overview"},
                {device + "/sub-devices", name, "device.tab.sub-devices"},
                {device + "/history", name, "device.tab.history"}
            }) {
                PageParts.open(page, system.url() + each[0]);
                PageParts.expectShown(page, language, each[1], texts.text(each[2]));
                PageParts.expectUsable(page, each[0] + " in " + language + " at " + width);
            }
        }
    }
}
