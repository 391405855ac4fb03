package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A domain that asks what was done (AUD-9): each tool asks before it ends, before it is left, and after it was ended. */
@ExtendWith(RunningSystem.class)
class CommentIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "asks-afterwards";

    @RegisterExtension
    static final DeviceWithDisplay DEVICE = new DeviceWithDisplay(NAME);

    private static TheSystem system;
    private static Api api;

    @BeforeAll
    static void aCommentIsRequired() {
        system = TheSystem.get();
        api = system.api("automation");
        required(true);
    }

    @AfterAll
    static void asBefore() {
        required(false);
    }

    private static void required(boolean required) {
        String path = "/api/domain/options";
        String etag = api.getJson(path).getString("etag");
        Api.expect(200, api.patch(path, "{\"commentRequired\":" + required + "}", "If-Match", '"' + etag + '"'));
    }

    private static List<JsonObject> live() {
        return api.items("/api/sessions?device=" + DEVICE.uid());
    }

    private static boolean runs(String sid) {
        return live().stream().anyMatch(session -> session.getString("sid").equals(sid));
    }

    private static void awaitEnded(String sid, String comment) {
        Eventually.within(LIMIT, "it ends with the comment: " + comment, () -> {
            JsonObject ended = api.items("/api/devices/" + DEVICE.uid() + "/sessions?limit=200").stream()
                    .filter(session -> session.getString("sid").equals(sid))
                    .findFirst()
                    .orElseThrow();
            return !ended.isNull("ended") && ended.getString("comment", "").equals(comment);
        });
    }

    private static String open(Page page, String tool) {
        page.navigate(system.url() + "/devices/" + DEVICE.uid() + "/" + tool);
        page.getByText("End-to-end encrypted").first().waitFor();
        Eventually.within(LIMIT, "it is the only session, and has started", () -> {
            List<JsonObject> live = live();
            return live.size() == 1 && !live.get(0).isNull("started");
        });
        return live().get(0).getString("sid");
    }

    private static void say(Page page, String comment, String button) {
        assertThat(PageParts.inDialog(page, AriaRole.BUTTON, button).isEnabled())
                .as("without a comment")
                .isFalse();
        page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill(comment);
        PageParts.inDialog(page, AriaRole.BUTTON, button).click();
    }

    @ParameterizedTest
    @ValueSource(strings = {"terminal", "desktop", "files", "processes", "chat"})
    void everyToolAsksWhatWasDone(String tool) {
        try (BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "engineer");
            String ended = open(page, tool);
            PageParts.button(page, "End").click();
            page.getByText("End the session on " + NAME).first().waitFor();
            PageParts.expectUsable(page, tool + " asks what was done");
            assertThat(runs(ended)).isTrue();
            say(page, "ended " + tool, "End");
            PageParts.button(page, "Connect again").waitFor();
            awaitEnded(ended, "ended " + tool);

            String left = open(page, tool);
            PageParts.link(page, "Sessions").first().click();
            page.getByRole(AriaRole.DIALOG).waitFor();
            assertThat(page.url()).endsWith("/" + tool);
            assertThat(runs(left)).isTrue();
            say(page, "left " + tool, "Leave");
            page.waitForURL("**/sessions");
            awaitEnded(left, "left " + tool);

            String taken = open(page, tool);
            Api.expect(204, api.post("/api/sessions/" + taken + "/end", "{\"reason\":\"ended-by-administrator\"}"));
            page.getByText("What was done on " + NAME).first().waitFor();
            say(page, "taken " + tool, "Save");
            awaitEnded(taken, "taken " + tool);
        }
    }
}
