package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bascule.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Processes of a real device, over a real relay (TOOL-4): what is seen runs, and what gets a signal ends. */
@ExtendWith(RunningSystem.class)
class ProcessesIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);

    private final TheSystem system = TheSystem.get();
    private final String uid = system.device().uid();

    private Program bascule(String user, String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user(user).apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-processes").toString());
        return Program.start(environment, system.basculeJar(), arguments);
    }

    private Program.Result finished(String user, String... arguments) {
        try (Program program = bascule(user, arguments)) {
            return program.finish(new byte[0], LIMIT);
        }
    }

    /** Something that runs on the device as the session's account until it is ended. */
    private Program sleeping(String seconds) {
        return bascule("engineer", "exec", uid, "--", "sleep", seconds);
    }

    private Optional<JsonObject> process(String command) {
        Program.Result listed = finished("engineer", "ps", "--json", uid);
        assertThat(listed.exit()).as(listed.error()).isZero();
        return Json.createReader(new StringReader(listed.output())).readObject().getJsonArray("items").stream()
                .map(each -> each.asJsonObject())
                .filter(each -> each.getString("command").equals(command))
                .findFirst();
    }

    private JsonObject awaited(String command) {
        List<JsonObject> found = new ArrayList<>();
        Eventually.within(LIMIT, command, () -> process(command).map(found::add).orElse(false));
        return found.get(0);
    }

    @Test
    void aProcessIsListedAndEnded() {
        try (Program sleep = sleeping("4711.25")) {
            int pid = awaited("sleep 4711.25").getInt("pid");
            Program.Result killed = finished("engineer", "kill", uid, Integer.toString(pid));
            assertThat(killed.exit()).as(killed.error()).isZero();
            assertThat(sleep.finish(LIMIT).exit()).isEqualTo(128 + 15);
            assertThat(process("sleep 4711.25")).isEmpty();
        }
        Program.Result agent = finished("engineer", "kill", uid, "1");
        assertThat(agent.exit()).as("the first process is not the account's").isEqualTo(4);
        Program.Result info = finished("engineer", "info", "--json", uid);
        assertThat(info.output()).contains(System.getProperty("os.version"));
    }

    @Test
    void whoMayNotSeesAndEndsNothing() {
        Program.Result refused = finished("viewer", "ps", uid);
        assertThat(refused.exit()).isEqualTo(4);
        assertThat(refused.output()).isEmpty();
        assertThat(finished("viewer", "restart", "--yes", uid).exit()).isEqualTo(4);
    }

    private Page open(BrowserContext person) {
        Page page = person.newPage();
        new SignInPages(page, system.url())
                .signIn(system.domain(), "engineer", system.user("engineer").password());
        page.navigate(system.url() + "/devices/" + uid + "/processes");
        return page;
    }

    @Test
    void thePageShowsWhatRunsAndEndsIt() {
        try (Program sleep = sleeping("4712.25");
                BrowserContext person = system.chromium().person()) {
            Page page = open(person);
            List<String> errors = Chromium.errorsOf(page);
            page.getByRole(AriaRole.SEARCHBOX)
                    .or(page.getByRole(AriaRole.TEXTBOX))
                    .first()
                    .fill("4712.25");
            Locator row = page.getByText("sleep 4712.25").first();
            row.waitFor();
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/processes-wide.png")));
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(", sleep"))
                    .first()
                    .click();
            PageParts.button(page, "Send signal").click();
            assertThat(sleep.finish(LIMIT).exit()).isEqualTo(128 + 15);
            page.getByText("No process is shown with this filter.").waitFor();

            page.getByRole(AriaRole.SEARCHBOX)
                    .or(page.getByRole(AriaRole.TEXTBOX))
                    .first()
                    .fill("");
            page.setViewportSize(PageParts.PHONE, 844);
            page.getByText("java").first().waitFor();
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/processes-narrow.png")));
            page.setViewportSize(1_280, 800);

            PageParts.button(page, "Start a program").click();
            page.getByLabel("Command line").fill("echo from-$((40+2)); exit 3");
            page.getByRole(AriaRole.DIALOG)
                    .getByRole(
                            AriaRole.BUTTON,
                            new Locator.GetByRoleOptions().setName("Start").setExact(true))
                    .click();
            page.getByText("from-42").waitFor();
            page.getByText("Ended with the code 3").waitFor();
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void aPermissionThatIsTakenAwayEndsTheTable() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = open(person);
            page.getByText("java").first().waitFor();
            try (Denied denied =
                    Denied.of(system.api("automation"), uid, "view-processes", "manage-processes", "power")) {
                assertThat(denied.entries()).hasSize(3);
                Eventually.within(REACHES_SESSIONS, "it says so", () -> page.getByRole(AriaRole.ALERT)
                        .first()
                        .isVisible());
                page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/processes-taken.png")));
                assertThat(page.getByRole(AriaRole.ALERT).first().innerText()).containsIgnoringCase("taken away");
            }
        }
    }

    /** A command of the owner's in place of the restart: by who has the permission, with who and why on the others' screens and in the log. */
    @Test
    void theDeviceIsRestartedByWhoMayAndByNobodyElse(@TempDir Path folder) throws IOException {
        Api api = system.api("automation");
        Path restarts = folder.resolve("restarts");
        try (EnrolledDevice device = EnrolledDevice.start(system, "is-restarted");
                Program other = bascule("engineer", "exec", device.uid(), "--", "sh", "-c", "echo started; sleep 300");
                BrowserContext person = system.chromium().person()) {
            Page page = PageParts.signedIn(system, person, "engineer");
            String address = system.url() + "/devices/" + device.uid() + "/processes";
            String command = "{\"restart\":[\"/bin/sh\",\"-c\",\"echo done >> " + restarts + "\"]}";
            device.policy(command);
            try (Denied denied = Denied.of(api, device.uid(), "power")) {
                assertThat(denied.entries()).hasSize(1);
                page.navigate(address);
                page.getByText("java").first().waitFor();
                assertThat(PageParts.button(page, "Restart the device").count()).isZero();
                Program.Result refused = finished("engineer", "restart", "--yes", device.uid());
                assertThat(refused.exit()).isEqualTo(4);
                assertThat(refused.error()).contains("permission");
            }
            assertThat(api.items("/api/audit?code=access&outcome=denied&device=" + device.uid()))
                    .anyMatch(row -> row.getJsonObject("user").getString("name").equals("engineer")
                            && row.getString("detail").contains("power"));

            device.policy("{\"restart\":[\"/bin/false\"]}");
            Program.Result failed = finished("engineer", "restart", "--yes", "--reason", "a try", device.uid());
            assertThat(failed.exit()).isEqualTo(1);
            assertThat(failed.error()).contains("/bin/false ended with the exit code 1.");
            assertThat(other.handle().isAlive()).as("nothing has happened").isTrue();
            assertThat(restarts).doesNotExist();

            device.policy(command);
            page.navigate(address);
            PageParts.button(page, "Restart the device").click();
            page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill("the <b>belt</b> slips");
            PageParts.inDialog(page, AriaRole.BUTTON, "Restart the device").click();
            String told = "The device is being restarted by engineer: the <b>belt</b> slips";
            page.getByText(told).first().waitFor();
            Program.Result ended = other.finish(REACHES_SESSIONS);
            assertThat(ended.output()).isEqualTo("started\n");
            assertThat(ended.error()).contains(told);
            assertThat(restarts).hasContent("done");
            Eventually.within(
                    LIMIT,
                    "the log has who, why and what failed",
                    () -> api.items("/api/audit?limit=200&device=" + device.uid()).stream()
                            .map(row -> row.getString("detail", ""))
                            .filter(detail -> detail.startsWith("device-restart"))
                            .sorted()
                            .toList()
                            .equals(List.of(
                                    "device-restart-failed: /bin/false ended with the exit code 1.",
                                    "device-restart: by engineer: a try",
                                    "device-restart: by engineer: the <b>belt</b> slips")));
        }
    }
}
