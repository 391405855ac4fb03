package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.link;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The directory as a file, and a file as the directory, in a real browser (DOM-7). */
@ExtendWith(RunningSystem.class)
class TransferPagesIT {

    /** An import is a job of the server, and waits for its turn. */
    private static final Locator.WaitForOptions LONG = new Locator.WaitForOptions().setTimeout(60_000);

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    /** @param answer what the page says in the end */
    private static void choose(Page page, String name, String content, String answer) {
        page.locator("input[type=file]")
                .setInputFiles(new FilePayload(name, "text/csv", content.getBytes(StandardCharsets.UTF_8)));
        button(page, "List the changes").click();
        page.getByText(answer).waitFor(LONG);
    }

    private List<JsonObject> folders(String name) {
        return api.items("/api/folders?q=" + name);
    }

    private static Locator table(Page page, String name) {
        return page.getByRole(
                AriaRole.GRID, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    @Test
    void aWrongFileIsExplainedAndARightOneAppliedAfterItsChangesWereListed() throws IOException {
        String name = "Imported-" + Long.toString(System.nanoTime(), 36);
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            PageParts.open(page, system.url() + "/transfer");
            choose(page, "broken.csv", "kind,path\nfolder,/" + name + "\nspoon,/y\n", "The file cannot be imported");
            Locator wrong = table(page, "What is wrong").getByRole(AriaRole.ROW);
            assertThat(wrong).hasCount(2);
            assertThat(wrong.last()).containsText("3");
            assertThat(button(page, "Make the changes (1)")).hasCount(0);
            PageParts.expectUsable(page, "a file that cannot be imported");
            assertThat(folders(name)).isEmpty();

            String good = "kind,path\nfolder,/" + name + "\n";
            choose(page, "good.csv", good, "This would change; nothing is changed yet");
            assertThat(table(page, "Changes").getByRole(AriaRole.ROW).last()).containsText(name);
            PageParts.expectUsable(page, "the changes of a file");
            assertThat(folders(name)).isEmpty();

            button(page, "Make the changes (1)").click();
            page.getByText("The file was imported").waitFor(LONG);
            assertThat(folders(name)).hasSize(1);
            choose(page, "good.csv", good, "Nothing would change");

            Download download =
                    page.waitForDownload(() -> link(page, "Download as CSV").click());
            assertThat(Files.readString(download.path())).contains(",/" + name + ",");
            assertThat(errors).isEmpty();
        } finally {
            for (JsonObject folder : folders(name)) {
                Api.expect(
                        204,
                        api.send(
                                "DELETE",
                                "/api/folders/" + folder.getString("id"),
                                HttpRequest.BodyPublishers.noBody(),
                                "If-Match",
                                '"' + folder.getString("etag") + '"'));
            }
        }
    }
}
