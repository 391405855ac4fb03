package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consent before a session (DEV-6), with a device of its own: browser, command line, console of the device, approver. */
@ExtendWith(RunningSystem.class)
class ConsentIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NAME = "asks-first";
    /** Seconds; longer than a busy machine takes to answer. */
    private static final int PATIENCE = 60;
    /** Seconds; long enough for a busy machine to show that somebody waits. */
    private static final int HASTE = 25;

    private static TheSystem system;
    private static Api api;
    private static Path folder;
    private static String uid;
    private static EnrolledDevice device;

    @BeforeAll
    static void aDeviceWithAnAccount() {
        system = TheSystem.get();
        api = system.api("automation");
        device = EnrolledDevice.start(system, NAME);
        uid = device.uid();
        folder = device.folder();
        mayApprove("viewer");
    }

    @AfterAll
    static void stop() {
        device.close();
    }

    private static String etag(String path) {
        return "\"" + api.getJson(path).getString("etag") + "\"";
    }

    private void policy(String consent, boolean reasonRequired) {
        policy(consent, reasonRequired, PATIENCE);
    }

    private void policy(String consent, boolean reasonRequired, int timeoutSeconds) {
        String path = "/api/session-policies/" + uid;
        String body = Json.createObjectBuilder()
                .add("consent", consent)
                .add("reasonRequired", reasonRequired)
                .add("timeoutSeconds", timeoutSeconds)
                .build()
                .toString();
        Api.expect(200, api.put(path, body, "If-Match", etag(path)));
    }

    private static void mayApprove(String user) {
        String id = api.items("/api/users?q=" + user).stream()
                .filter(one -> one.getString("name").equals(user))
                .findFirst()
                .orElseThrow()
                .getString("id");
        String entry = Json.createObjectBuilder()
                .add("resource", uid)
                .add("principal", id)
                .add("permissions", Json.createArrayBuilder().add("approve-access"))
                .add("effect", "allow")
                .build()
                .toString();
        Api.expect(201, api.post("/api/access/entries", entry));
    }

    /** Somebody at the console of the device. */
    private Program.Result console(String... arguments) {
        List<String> all = new ArrayList<>(List.of("consent"));
        all.addAll(List.of(arguments));
        return device.says(all.toArray(String[]::new));
    }

    /** The id of the question, once somebody asks. */
    private String question() {
        Program.Result shown = console("--wait", "--json");
        assertThat(shown.exit()).as(shown.error()).isZero();
        try (var reader = Json.createReader(new java.io.StringReader(shown.output()))) {
            JsonObject question = reader.readObject().getJsonArray("questions").getJsonObject(0);
            assertThat(question.getString("user")).isEqualTo("engineer");
            assertThat(question.getString("from")).isNotBlank();
            return question.getString("id");
        }
    }

    private CompletableFuture<Program.Result> exec(String... options) {
        List<String> arguments = new ArrayList<>(List.of("exec"));
        arguments.addAll(List.of(options));
        arguments.addAll(List.of(uid, "--", "echo", "it ran"));
        return bascule(arguments.toArray(String[]::new));
    }

    private CompletableFuture<Program.Result> bascule(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", folder.resolveSibling("consent-cli").toString());
        return CompletableFuture.supplyAsync(() -> {
            try (Program program = Program.start(environment, system.basculeJar(), arguments)) {
                return program.finish(new byte[0], LIMIT);
            }
        });
    }

    private static void reason(Page page, String text) {
        page.getByText("Why do you want to use " + NAME).first().waitFor();
        page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill(text);
        PageParts.inDialog(page, AriaRole.BUTTON, "Connect").click();
    }

    private List<String> audited(String code) {
        return api.items("/api/audit?limit=200&code=" + code + "&device=" + uid).stream()
                .map(row -> row.getString("detail", ""))
                .toList();
    }

    @Test
    void aTerminalInTheBrowserStartsWhenThePersonAtTheDeviceSaysSo() {
        policy("device", false);
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "engineer", system.user("engineer").password());
            page.navigate(system.url() + "/devices/" + uid + "/terminal");
            page.getByText("Waiting for the person at " + NAME).waitFor();
            assertThat(page.getByText("End-to-end encrypted").count()).isZero();
            String id = question();
            assertThat(console("--grant", id).exit()).isZero();
            page.getByText("End-to-end encrypted").first().waitFor();
            page.locator(".xterm-helper-textarea").focus();
            page.keyboard().type("echo wo''rks\n");
            page.locator(".xterm-rows").getByText("works").first().waitFor();
            assertThat(audited("consent.grant")).anyMatch(detail -> detail.contains("on the console"));

            page.reload();
            page.getByText("Waiting for the person at " + NAME).waitFor();
            assertThat(console("--refuse", question(), "--reason", "not during the shift")
                            .exit())
                    .isZero();
            page.getByText("Consent to this session was refused.").waitFor();
            page.getByText("not during the shift").waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"terminal", "desktop", "files", "processes", "chat"})
    void everyToolAsksForTheReasonAndWaits(String tool) {
        policy("device", true);
        String why = "the belt slips in " + tool;
        try (TestDisplay display = new TestDisplay();
                BrowserContext person = system.chromium().person()) {
            device.shows(display.name());
            Page page = PageParts.signedIn(system, person, "engineer");
            page.navigate(system.url() + "/devices/" + uid + "/" + tool);
            reason(page, why);
            page.getByText("Waiting for the person at " + NAME).waitFor();
            PageParts.expectUsable(page, tool + " waits for consent");
            assertThat(page.getByText("End-to-end encrypted").count()).isZero();
            assertThat(console("--grant", question()).exit()).isZero();
            page.getByText("End-to-end encrypted").first().waitFor();
            assertThat(audited("consent.ask")).anyMatch(detail -> detail.contains(why));

            page.reload();
            reason(page, why);
            page.getByText("Waiting for the person at " + NAME).waitFor();
            assertThat(console("--refuse", question(), "--reason", "not with " + tool)
                            .exit())
                    .isZero();
            page.getByText("Consent to this session was refused.").waitFor();
            page.getByText("not with " + tool).waitFor();
        }
    }

    @Test
    void theCommandLineWaitsAndIsRefusedWithTheReason() throws Exception {
        policy("device", false);
        CompletableFuture<Program.Result> granted = exec();
        assertThat(console("--grant", question()).exit()).isZero();
        Program.Result ran = granted.get(60, TimeUnit.SECONDS);
        assertThat(ran.exit()).as(ran.error()).isZero();
        assertThat(ran.output()).isEqualTo("it ran\n");
        assertThat(ran.error()).contains("Waiting for the person at the device");

        CompletableFuture<Program.Result> refused = exec();
        assertThat(console("--refuse", question(), "--reason", "later").exit()).isZero();
        Program.Result result = refused.get(60, TimeUnit.SECONDS);
        assertThat(result.exit()).isEqualTo(4);
        assertThat(result.error()).contains("consent was refused").contains("later");
        assertThat(result.output()).isEmpty();
    }

    @Test
    void anApproverLetsItStartOnThePageOfRequests() throws Exception {
        policy("approver", true);
        assertThat(exec().get(60, TimeUnit.SECONDS).exit())
                .as("a reason is wanted")
                .isEqualTo(2);
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "viewer", system.user("viewer").password());
            page.navigate(system.url() + "/requests");
            CompletableFuture<Program.Result> asked = exec("--reason", "the belt <b>slips</b>");
            Locator card = card(page);
            card.waitFor();
            card.getByText("the belt <b>slips</b>").waitFor();
            assertThat(Axe.seriousFindings(page)).isEmpty();
            letItStart(card);
            Program.Result ran = asked.get(60, TimeUnit.SECONDS);
            assertThat(ran.exit()).as(ran.error()).isZero();
            assertThat(ran.error()).contains("Waiting for an approver");
        }
        assertThat(audited("consent.grant")).anyMatch(detail -> detail.contains("by viewer"));
        assertThat(audited("consent.ask")).anyMatch(detail -> detail.contains("the belt"));
    }

    private static Locator card(Page page) {
        return page.getByRole(AriaRole.LISTITEM)
                .filter(new Locator.FilterOptions().setHasText("engineer wants a session on " + NAME));
    }

    private static void letItStart(Locator card) {
        card.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Let it start: the session of engineer"))
                .click();
    }

    /** On the page of requests; then a part of what was asked for is granted there, and what is beyond it refused by the device. */
    @Test
    void whatNobodyAnswersIsRefusedAndOfWhatIsAskedForAPartMayBeGranted() throws Exception {
        policy("approver", false, HASTE);
        try (BrowserContext approver = system.chromium().person();
                BrowserContext person = system.chromium().person()) {
            Page requests = PageParts.signedIn(system, approver, "viewer");
            requests.navigate(system.url() + "/requests");
            Page page = PageParts.signedIn(system, person, "engineer");
            page.navigate(system.url() + "/devices/" + uid + "/processes");
            page.getByText("Waiting for somebody who may approve access to " + NAME)
                    .waitFor();
            card(requests).waitFor();
            page.getByText("Nobody consented to this session in time.")
                    .waitFor(new Locator.WaitForOptions().setTimeout(LIMIT.toMillis()));
            card(requests).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            assertThat(audited("consent.time-out"))
                    .singleElement()
                    .asString()
                    .contains("process-view")
                    .endsWith("of engineer: nobody answered in time");

            policy("approver", false);
            PageParts.button(page, "Connect again").click();
            for (String tool : List.of("End and start processes", "Restart the device")) {
                card(requests)
                        .getByRole(AriaRole.CHECKBOX, new Locator.GetByRoleOptions().setName(tool))
                        .uncheck();
            }
            letItStart(card(requests));
            page.getByText("Not allowed in this session: End and start processes, Restart the device")
                    .waitFor();
            page.getByText("The device, its owner or the person who consented did not allow it for this session.")
                    .waitFor();
            page.getByText("java").first().waitFor();
            for (String tool : List.of("Start a program", "Restart the device")) {
                assertThat(PageParts.button(page, tool).count()).isZero();
            }
            PageParts.expectUsable(page, "processes, of which some was not granted");
        }
        try (Program sleep = Program.start(Map.of(), List.of("sleep", "300"))) {
            CompletableFuture<Program.Result> asked =
                    bascule("kill", uid, Long.toString(sleep.handle().pid()));
            Api viewer = system.api("viewer");
            Eventually.within(
                    LIMIT, "it is asked", () -> !viewer.items("/api/consents").isEmpty());
            String sid = viewer.items("/api/consents").get(0).getString("sid");
            Api.expect(
                    200, viewer.post("/api/sessions/" + sid + "/consent/grant", "{\"operations\":[\"process-view\"]}"));
            Program.Result refused = asked.get(60, TimeUnit.SECONDS);
            assertThat(refused.exit()).as(refused.error()).isEqualTo(4);
            assertThat(refused.error()).contains("This session may not do that");
            assertThat(sleep.handle().isAlive()).isTrue();
        }
        Eventually.within(LIMIT, "what the device refused is in the log", () -> audited("device.report")
                .contains("stream-refused: not permitted: process-manage"));
        assertThat(audited("consent.grant"))
                .anyMatch(detail -> detail.startsWith("process-view to engineer by viewer; asked for: ")
                        && detail.contains("power"));
    }

    @Test
    void whoeverIsSignedInWithoutThePermissionDecidesNothing() {
        assertThat(system.api("engineer").items("/api/consents")).isEmpty();
        assertThat(system.api("viewer")
                        .put(
                                "/api/session-policies/" + uid,
                                "{\"consent\":\"never\"}",
                                "If-Match",
                                etag("/api/session-policies/" + uid))
                        .statusCode())
                .isIn(403, 404);
    }
}
