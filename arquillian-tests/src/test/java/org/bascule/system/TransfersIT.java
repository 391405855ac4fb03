package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A person's transfers that break on their way, one in each direction at once: in the end both files are exact, or nothing is left of them. */
@ExtendWith(RunningSystem.class)
class TransfersIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);
    private static final String FOLDER = "bascule-transfers-it";
    private static final String UP = "up.bin";
    private static final String DOWN = "down.bin";
    /** Many of the mebibytes that a page relies on after a reload. */
    private static final int SIZE = 17 << 20;
    /** For each 64 KiB: some seconds in all. */
    private static final int SLOW_MILLIS = 15;
    /** Of a hundred: it is well under way. */
    private static final int UNDER_WAY = 25;

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");
    private final String uid = system.device().uid();
    private final Outages outages = new Outages(system);
    private final BrowserContext person = system.chromium().person();
    private final byte[] up = random(1);
    private final byte[] down = random(2);

    @TempDir
    Path here = Path.of("replaced");

    private HomeFolder folder = new HomeFolder(FOLDER, Path.of("replaced"));

    private static byte[] random(long seed) {
        byte[] bytes = new byte[SIZE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @BeforeEach
    void files() throws IOException {
        folder = HomeFolder.create(system, FOLDER);
        Files.write(folder.path().resolve(DOWN), down);
        Files.write(here.resolve(UP), up);
    }

    @AfterEach
    void nothing() throws Exception {
        slow(0);
        person.close();
        outages.close();
        folder.close();
    }

    private void slow(int millis) {
        Stream.of("relay-1-http", "relay-2-http").map(system::tap).forEach(tap -> tap.delay(millis));
    }

    // ---- the page

    private Page opened() {
        Page page = PageParts.signedIn(system, person, "engineer");
        page.navigate(system.url() + "/devices/" + uid + "/files");
        PageParts.button(page, "Open the folder " + FOLDER).click();
        PageParts.button(page, "Download " + DOWN).waitFor();
        return page;
    }

    private void upload(Page page) {
        page.locator("input[type=file]").first().setInputFiles(here.resolve(UP));
    }

    /** Both, slowly, until they are well under way. */
    private Page bothUnderWay() {
        Page page = opened();
        slow(SLOW_MILLIS);
        upload(page);
        PageParts.button(page, "Download " + DOWN).click();
        Eventually.within(
                LIMIT, "both are under way", () -> percent(page, UP) >= UNDER_WAY && percent(page, DOWN) >= UNDER_WAY);
        assertThat(percent(page, UP)).isLessThan(100);
        assertThat(percent(page, DOWN)).isLessThan(100);
        return page;
    }

    private static Locator row(Page page, String name) {
        return page.getByRole(AriaRole.LISTITEM).filter(new Locator.FilterOptions().setHas(progress(page, name)));
    }

    private static Locator progress(Page page, String name) {
        return page.getByRole(
                AriaRole.PROGRESSBAR,
                new Page.GetByRoleOptions().setName("Progress of " + name).setExact(true));
    }

    private static int percent(Page page, String name) {
        Locator progress = progress(page, name);
        return progress.count() == 0 ? 0 : Integer.parseInt(progress.getAttribute("aria-valuenow"));
    }

    private static void awaitText(Page page, String name, String text, Duration within) {
        Locator row = row(page, name);
        Eventually.within(
                within,
                name + ": " + text,
                () -> row.count() == 1 && row.innerText().contains(text));
    }

    private void bothAreExact(Page page, Download download) throws IOException {
        awaitText(page, UP, "done, checksum compared", LIMIT);
        awaitText(page, DOWN, "done, checksum compared", LIMIT);
        assertThat(folder.names()).containsExactly(DOWN, UP);
        assertThat(Files.readAllBytes(folder.path().resolve(UP))).isEqualTo(up);
        assertThat(Files.readAllBytes(download.path())).isEqualTo(down);
    }

    // ---- tests

    @Test
    void afterAReloadTheyGoOnWhereTheyWere() throws IOException {
        Page page = bothUnderWay();
        page.reload();
        slow(0);
        awaitText(page, DOWN, "paused", LIMIT);
        assertThat(percent(page, DOWN)).as("what the browser has kept").isGreaterThanOrEqualTo(UNDER_WAY / 2);
        PageParts.button(page, "Download " + DOWN).waitFor();
        upload(page);
        Download download = page.waitForDownload(
                () -> PageParts.button(page, "Resume " + DOWN).click());
        bothAreExact(page, download);
        String sid = Carrier.ofNewest(system).sid();
        // the page ends its session when it is left
        page.navigate("about:blank");
        JsonObject[] row = new JsonObject[1];
        Eventually.within(LIMIT, "the session is in the log with what went each way", () -> {
            row[0] = api.items("/api/connections?limit=50&device=" + uid).stream()
                    .filter(each -> each.getString("sid").equals(sid))
                    .findFirst()
                    .orElseThrow();
            return !row[0].isNull("ended") && row[0].containsKey("bytesIn") && !row[0].isNull("bytesIn");
        });
        for (String direction : List.of("bytesIn", "bytesOut")) {
            assertThat(row[0].getJsonNumber(direction).longValue())
                    .as(direction + " of the session after the reload")
                    .isBetween(SIZE / 10L, SIZE - SIZE / 10L);
        }
    }

    @Test
    void whenTheRelayIsKilledTheyGoOnThroughAnother() throws Exception {
        Page page = bothUnderWay();
        String relay = Carrier.ofNewest(system).relay();
        Download download = page.waitForDownload(() -> {
            try {
                outages.kill(relay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
            slow(0);
        });
        bothAreExact(page, download);
        assertThat(page.getByRole(AriaRole.ALERT).count()).isZero();
    }

    @Test
    void whoMayNotWriteAnyMoreLeavesNothingAndReadsOn() throws IOException {
        Page page = bothUnderWay();
        Download download = page.waitForDownload(() -> {
            try (Denied denied = Denied.of(api, uid, "write-files")) {
                assertThat(denied.entries()).hasSize(1);
                awaitText(page, UP, "Your permission for that is missing, or was taken away.", REACHES_SESSIONS);
                assertThat(folder.names()).containsExactly(DOWN);
                slow(0);
                awaitText(page, DOWN, "done, checksum compared", LIMIT);
            }
        });
        assertThat(Files.readAllBytes(download.path())).isEqualTo(down);
    }

    @Test
    void whoMayDoNothingAnyMoreLeavesNothing() {
        Page page = bothUnderWay();
        try (Denied denied = Denied.of(api, uid, "write-files", "read-files")) {
            assertThat(denied.entries()).hasSize(2);
            for (String name : List.of(UP, DOWN)) {
                awaitText(page, name, "taken away", REACHES_SESSIONS);
            }
            Eventually.within(REACHES_SESSIONS, "nothing is left: " + folder.names(), () -> folder.names()
                    .equals(List.of(DOWN)));
        }
    }

    @Test
    void whatIsCancelledLeavesNothingAtEitherEnd() {
        Page page = bothUnderWay();
        assertThat(folder.names()).as("a part of the upload").hasSize(2);
        assertThat(kept(page)).as("a part of the download").isEqualTo(1);
        for (String name : List.of(UP, DOWN)) {
            PageParts.button(page, "Cancel " + name).click();
        }
        Eventually.within(LIMIT, "nothing is left", () -> folder.names().equals(List.of(DOWN)) && kept(page) == 0);
        // and one that has hardly begun
        upload(page);
        PageParts.button(page, "Cancel " + UP).click();
        Eventually.within(LIMIT, "nothing is left", () -> folder.names().equals(List.of(DOWN)));
        Eventually.within(
                LIMIT,
                "no row goes on",
                () -> page.getByRole(AriaRole.PROGRESSBAR).count() == 0);
    }

    /** Downloads that the browser has kept. */
    private static int kept(Page page) {
        return (Integer)
                page.evaluate(
                        """
                async () => {
                  const root = await navigator.storage.getDirectory();
                  const downloads = await root.getDirectoryHandle('bascule-downloads', { create: true });
                  let count = 0;
                  for await (const _ of downloads.keys()) count++;
                  return count;
                }""");
    }
}
