package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Chat with the person at the device (TOOL-8): an engineer in the browser and on the command line, a person on the local page and on a terminal. */
@ExtendWith(RunningSystem.class)
class ChatIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);
    private static final String NAME = "has-a-person";
    private static final String HOSTILE = "<img src=x onerror=alert(1)> \u202eevil";

    private static TheSystem system;
    private static Api api;
    private static String uid;
    private static Path folder;
    private static Program agent;

    private final Outages outages = new Outages(system);

    @BeforeAll
    static void aDeviceWithALocalPage() {
        system = TheSystem.get();
        api = system.api("automation");
        folder = system.folder("chat");
        String account = api.getJson("/api/devices/" + system.device().uid()).getString("account");
        Program.Result enrolled = system.enrol(folder, api.enrolmentToken(1, 600), NAME, "--account", account);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        assertThat(atDevice("page", "--port", Integer.toString(FreePorts.next()))
                        .finish(LIMIT)
                        .exit())
                .isZero();
        agent = Program.start(Map.of(), system.agentJar(), "run", "--dir", folder.toString());
        Eventually.within(LIMIT, "online", () -> api.items("/api/devices?limit=200&q=" + NAME).stream()
                .anyMatch(device -> device.getString("state").equals("online")));
        uid = api.items("/api/devices?limit=200&q=" + NAME).stream()
                .filter(device -> device.getString("state").equals("online"))
                .findFirst()
                .orElseThrow()
                .getString("uid");
        String body = Json.createObjectBuilder().add("account", account).build().toString();
        String etag = api.getJson("/api/devices/" + uid).getString("etag");
        Api.expect(200, api.patch("/api/devices/" + uid, body, "If-Match", "\"" + etag + "\""));
    }

    @AfterAll
    static void stop() {
        agent.close();
    }

    @AfterEach
    void everythingIsBack() throws Exception {
        outages.close();
    }

    private static Program atDevice(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[all.length - 2] = "--dir";
        all[all.length - 1] = folder.toString();
        return Program.start(Map.of(), system.agentJar(), all);
    }

    private static Program bascule(String user, String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user(user).apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-chat").toString());
        return Program.start(environment, system.basculeJar(), arguments);
    }

    private static Page engineer(BrowserContext person) {
        Page page = PageParts.signedIn(system, person, "engineer");
        page.navigate(system.url() + "/devices/" + uid + "/chat");
        field(page).waitFor();
        return page;
    }

    private static Locator field(Page page) {
        return page.getByRole(AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Your message"));
    }

    private static void write(Page page, String text) {
        field(page).fill(text);
        field(page).press("Enter");
    }

    private static Locator message(Page page, String text) {
        return page.getByRole(AriaRole.LOG).getByText(text);
    }

    /** The local page, signed in with a password that is new. */
    private static Page localPage(BrowserContext person) {
        String answer = atDevice("page", "--json", "--reset").finish(LIMIT).output();
        JsonObject where = Json.createReader(new StringReader(answer)).readObject();
        Page page = person.newPage();
        page.navigate(where.getString("url"));
        page.getByLabel("Code").fill(where.getString("code"));
        page.getByLabel("New password").fill("a long password");
        page.getByLabel("The password again").fill("a long password");
        PageParts.button(page, "Set the password").click();
        page.getByText("People with permission can connect").waitFor();
        return page;
    }

    @Test
    void browserAndLocalPageTalk() {
        try (BrowserContext far = system.chromium().person();
                BrowserContext near = system.chromium().person()) {
            Page there = localPage(near);
            List<String> nearErrors = Chromium.errorsOf(there);
            Page page = engineer(far);
            List<String> errors = Chromium.errorsOf(page);
            page.getByText("The chat is open at the device").waitFor();
            write(page, HOSTILE);
            message(there, "<img src=x onerror=alert(1)> [U+202E]evil").waitFor();
            message(page, "<img src=x onerror=alert(1)> [U+202E]evil").waitFor();
            page.getByText("shown at the device").first().waitFor();

            field(there).fill("half a sen");
            write(page, "still there?");
            message(there, "still there?").waitFor();
            assertThat(field(there).inputValue())
                    .as("what is being typed stays")
                    .isEqualTo("half a sen");
            write(there, "yes, <b>here</b>");
            message(page, "yes, <b>here</b>").waitFor();
            Eventually.within(LIMIT, "sent", () -> field(there).inputValue().isEmpty());

            write(page, "x".repeat(4_097));
            page.getByText("The message is too long").waitFor();
            there.evaluate("document.querySelector('.chat__form input[name=text]').removeAttribute('maxlength')");
            write(there, "x".repeat(4_097));
            there.getByText("The message is too long").waitFor();

            assertThat(Axe.seriousFindings(page)).isEmpty();
            assertThat(Axe.seriousFindings(there)).isEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/chat-wide.png")));
            there.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/chat-local.png")));
            page.setViewportSize(PageParts.PHONE, 844);
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/chat-narrow.png")));

            there.close();
            Eventually.within(
                    LIMIT, "that nobody reads is seen", () -> !page.getByText("The chat is open at the device")
                            .isVisible());
            Page back = localPage(near);
            message(back, "still there?").waitFor();
            page.close();
            // the chats that are over stay for a while
            back.getByText("has left. The chat is over.").last().waitFor();
            assertThat(errors).isEmpty();
            assertThat(nearErrors).isEmpty();
        }
        Eventually.within(LIMIT, "the log says that there was a chat, and not what", () -> {
            String audit = api.items("/api/audit?limit=200&device=" + uid).toString();
            return audit.contains("messages to the device: 2, from the device: 1") && !audit.contains("onerror");
        });
    }

    @Test
    void commandLineAndTerminalTalk() throws IOException {
        try (Program near = atDevice("chat", "--wait");
                Program far = bascule("engineer", "chat", uid)) {
            Eventually.within(
                    LIMIT, "it is open there", () -> far.errorSoFar().contains("open at the device: terminal"));
            say(far, "is the \u001b[31mlamp\u202e red?");
            Eventually.within(
                    LIMIT, "it is refused here", () -> far.errorSoFar().contains("no control characters"));
            say(far, "is the lamp red?");
            Eventually.within(LIMIT, "it is read", () -> near.outputSoFar().contains("is the lamp red?"));
            say(near, "it is");
            Eventually.within(LIMIT, "answered", () -> far.outputSoFar().contains("it is"));
            assertThat(far.outputSoFar()).contains("on the command line");
            far.input().close();
            assertThat(far.finish(LIMIT).exit()).isZero();
            Program.Result left = near.finish(LIMIT);
            assertThat(left.exit()).isZero();
            assertThat(left.output()).contains("has left. The chat is over.");
        }
    }

    private static void say(Program program, String text) throws IOException {
        program.input().write((text + "\n").getBytes(StandardCharsets.UTF_8));
        program.input().flush();
    }

    @Test
    void whoMayNotWritesToNobody() {
        try (Program refused = bascule("viewer", "chat", uid)) {
            assertThat(refused.finish(new byte[0], LIMIT).exit()).isEqualTo(4);
        }
    }

    @Test
    void aPermissionThatIsTakenAwayEndsIt() {
        try (BrowserContext far = system.chromium().person()) {
            Page page = engineer(far);
            write(page, "before");
            message(page, "before").waitFor();
            try (Denied denied = Denied.of(api, uid, "chat")) {
                assertThat(denied.entries()).hasSize(1);
                Eventually.within(REACHES_SESSIONS, "it says so", () -> page.getByRole(AriaRole.ALERT)
                        .first()
                        .isVisible());
                assertThat(page.getByRole(AriaRole.ALERT).first().innerText()).containsIgnoringCase("taken away");
                message(page, "before").waitFor();
                assertThat(field(page).count()).isZero();
            }
        }
    }

    @Test
    void itGoesOnThoughTheRelayIsKilled() throws Exception {
        try (BrowserContext far = system.chromium().person();
                BrowserContext near = system.chromium().person()) {
            Page there = localPage(near);
            Page page = engineer(far);
            write(page, "one");
            message(there, "one").waitFor();
            String killed = api.items("/api/sessions").stream()
                    .filter(session -> session.toString().contains(uid))
                    .findFirst()
                    .orElseThrow()
                    .getString("relay");
            outages.kill(killed);
            write(page, "two");
            write(there, "three");
            message(there, "two").waitFor();
            message(page, "three").waitFor();
            assertThat(page.getByRole(AriaRole.LOG).getByText("two").count())
                    .as("once")
                    .isEqualTo(1);
        }
    }
}
