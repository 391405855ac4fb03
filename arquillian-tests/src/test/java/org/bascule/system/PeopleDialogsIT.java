package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done with users, groups, entries and requests on a phone: each dialog opens, fits, and keeps nobody out, in both languages. */
@ExtendWith(RunningSystem.class)
class PeopleDialogsIT {

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");
    /** Names as they are: longer than the window is wide. */
    private final String user = "maria.theresia.von.und.zu.hohenlohe-" + Long.toString(System.nanoTime(), 36);

    private final String group = "Instandhaltung der Nachtschicht " + Long.toString(System.nanoTime(), 36);
    private String userId = "";
    private String groupId = "";
    private String requestId = "";

    private String created(String list, JsonObjectBuilder what) {
        return Api.json(Api.expect(201, api.post(list, what.build().toString())))
                .getString("id");
    }

    @BeforeEach
    void makeThem() {
        userId = created(
                "/api/users", Json.createObjectBuilder().add("name", user).add("folder", api.rootFolder()));
        groupId = created(
                "/api/groups", Json.createObjectBuilder().add("name", group).add("folder", api.rootFolder()));
        Api.expect(
                204,
                api.send("PUT", "/api/groups/" + groupId + "/members/" + userId, HttpRequest.BodyPublishers.noBody()));
        JsonObject request = Json.createObjectBuilder()
                .add("resource", system.device().uid())
                .add("permissions", Json.createArrayBuilder().add("terminal"))
                .add("reason", "The spindle stands still")
                .add(
                        "until",
                        Instant.now()
                                .plus(Duration.ofHours(2))
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString())
                .build();
        requestId = Api.json(Api.expect(201, system.api("viewer").post("/api/access/requests", request.toString())))
                .getString("id");
    }

    @AfterEach
    void removeThem() {
        Api.expect(200, system.api("viewer").post("/api/access/requests/" + requestId + "/withdraw", ""));
        for (String path : List.of("/api/groups/" + groupId, "/api/users/" + userId)) {
            String etag = '"' + api.getJson(path).getString("etag") + '"';
            Api.expect(204, api.send("DELETE", path, HttpRequest.BodyPublishers.noBody(), "If-Match", etag));
        }
    }

    /** A dialog that a button opens, with what is chosen and typed in it; it is left without doing anything. */
    private static void dialog(Page page, PageTexts texts, String opener, Runnable within) {
        button(page, opener).first().click();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        dialog.waitFor();
        within.run();
        PageParts.awaitGone(page, "[aria-busy=true], .pf-v6-c-skeleton");
        PageParts.expectUsable(page, opener + " on a phone");
        inDialog(page, AriaRole.BUTTON, texts.text("action.cancel")).last().click();
        assertThat(dialog).hasCount(0);
    }

    private static void dialog(Page page, PageTexts texts, String opener) {
        dialog(page, texts, opener, () -> {});
    }

    private void users(Page page, PageTexts texts) {
        PageParts.open(page, system.url() + "/people/users");
        for (String way : List.of("none", "invite", "firstPassword")) {
            dialog(page, texts, texts.text("users.add"), () -> inDialog(
                            page, AriaRole.RADIO, texts.text("users.way." + way))
                    .check());
        }
        PageParts.open(page, system.url() + "/people/users/" + userId);
        PageParts.expectUsable(page, "a user on a phone");
        for (String opener : List.of("people.rename", "people.move", "user.join")) {
            dialog(page, texts, texts.text(opener));
        }
        dialog(page, texts, texts.text("people.delete"), () -> inDialog(
                        page, AriaRole.TEXTBOX, texts.text("dialog.typed", "name", user))
                .fill(user));
        dialog(page, texts, texts.text("user.leaveGroup", "group", group));
        dialog(page, texts, texts.text("user.editQualifications"), () -> inDialog(
                        page, AriaRole.BUTTON, texts.text("user.addQualification"))
                .click());
    }

    private void groups(Page page, PageTexts texts) {
        PageParts.open(page, system.url() + "/people/groups");
        dialog(page, texts, texts.text("groups.create"));
        PageParts.open(page, system.url() + "/people/groups/" + groupId);
        PageParts.expectUsable(page, "a group on a phone");
        for (String opener : List.of("people.rename", "people.move", "members.add")) {
            dialog(page, texts, texts.text(opener));
        }
        dialog(page, texts, texts.text("members.removeOf", "name", user));
        dialog(page, texts, texts.text("people.delete"), () -> inDialog(
                        page, AriaRole.TEXTBOX, texts.text("dialog.typed", "name", group))
                .fill(group));
    }

    private void access(Page page, PageTexts texts) {
        PageParts.open(
                page, system.url() + "/access?resource=" + system.device().uid());
        dialog(page, texts, texts.text("entry.add"));
        dialog(page, texts, texts.text("inherit.stopButton"));
    }

    private void requests(Page page, PageTexts texts) {
        PageParts.open(page, system.url() + "/requests");
        dialog(page, texts, texts.text("requests.ask"));
        for (String decision : List.of("requests.approveOf", "requests.rejectOf")) {
            String name = system.device().name();
            dialog(page, texts, texts.text(decision, "user", "viewer", "resource", name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void theDialogsOfThePagesAboutPeopleWorkOnAPhone(String language) {
        PageTexts texts = new PageTexts(language);
        try (BrowserContext person = PageParts.person(system, PageParts.PHONE)) {
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            PageParts.speak(page, language);
            users(page, texts);
            groups(page, texts);
            access(page, texts);
            requests(page, texts);
            assertThat(errors).isEmpty();
        }
    }
}
