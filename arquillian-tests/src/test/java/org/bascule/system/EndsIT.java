package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All tools of one device at once, in a browser and on the command line, and each way in which somebody else ends them: with the reason, within the limit. */
@ExtendWith(RunningSystem.class)
class EndsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);
    private static final String NAME = "ends-all";
    private static final List<String> PAGES = List.of("terminal", "desktop", "files", "processes", "chat", "vnc");
    private static final String CANVAS = ".desktop__screen canvas";
    private static final String[] ALL = {
        "terminal",
        "view-desktop",
        "control-desktop",
        "read-files",
        "write-files",
        "view-processes",
        "manage-processes",
        "power",
        "forwarding",
        "chat"
    };

    @RegisterExtension
    static final DeviceWithDisplay DEVICE = new DeviceWithDisplay(NAME);

    private static TheSystem system;
    private static Api api;
    private static TestVncServer server;

    private final Outages outages = new Outages(system);

    @BeforeAll
    static void theSystem() throws IOException {
        system = TheSystem.get();
        api = system.api("automation");
        server = new TestVncServer(Files.createDirectories(system.folder("ends-vnc")));
    }

    @AfterAll
    static void noServer() {
        server.close();
    }

    @AfterEach
    void everythingIsBack() throws Exception {
        outages.close();
    }

    private static String address(String tool) {
        return system.url() + "/devices/" + DEVICE.uid() + "/"
                + (tool.equals("vnc") ? "desktop?vnc=device:" + server.port() : tool);
    }

    private static String pixel(Page page) {
        return RemotePicture.pixel(page, CANVAS);
    }

    /** Of the window of {@link TestVncServer}. */
    private static boolean isColour(String pixel) {
        return pixel.equals(RemotePicture.RED) || pixel.equals(RemotePicture.GREEN);
    }

    /** Every tool, as it runs. */
    private static final class Tools implements AutoCloseable {
        private final BrowserContext person = system.chromium().person();
        private final Map<String, Page> pages = new LinkedHashMap<>();
        private final Program exec = bascule("exec", DEVICE.uid(), "--", "sh", "-c", "echo started; sleep 300");
        private final Program forward = bascule("forward", "--json", DEVICE.uid(), "0:device:1");

        Tools() {
            Page first = PageParts.signedIn(system, person, "engineer");
            for (String tool : PAGES) {
                Page page = pages.isEmpty() ? first : person.newPage();
                page.navigate(address(tool));
                pages.put(tool, page);
            }
            PageParts.inDialog(page("vnc"), AriaRole.TEXTBOX, "Password of the VNC server")
                    .fill(TestVncServer.PASSWORD);
            PageParts.inDialog(page("vnc"), AriaRole.BUTTON, "Sign in").click();
            Eventually.within(LIMIT, "the command runs: " + exec.errorSoFar(), () -> exec.outputSoFar()
                    .contains("started"));
            Eventually.within(LIMIT, "it listens: " + forward.errorSoFar(), () -> forward.outputSoFar()
                    .contains("listening"));
            pages.values()
                    .forEach(page ->
                            page.getByText("End-to-end encrypted").first().waitFor());
            RemotePicture.await(page("desktop"), CANVAS, RemotePicture.RED, LIMIT);
            Eventually.within(LIMIT, "the VNC server's screen", () -> isColour(pixel(page("vnc"))));
            page("processes").getByText("java").first().waitFor();
        }

        Page page(String tool) {
            Page page = pages.get(tool);
            assertThat(page).as(tool).isNotNull();
            return page;
        }

        /** All of them say it within the limit, measured from the first look, when the server has been told. */
        void expectReason(String what, String inPages, String onTheCommandLine, Duration within) {
            long began = System.nanoTime();
            Map<String, BooleanSupplier> left = new LinkedHashMap<>();
            pages.forEach((tool, page) -> left.put(tool, () -> says(page, inPages)));
            Map<String, Program> programs = Map.of("exec", exec, "forward", forward);
            programs.forEach(
                    (name, program) -> left.put(name, () -> !program.handle().isAlive()));
            Map<String, Long> taken = new LinkedHashMap<>();
            Eventually.within(within, what + ": " + inPages, () -> {
                left.entrySet().removeIf(tool -> {
                    boolean over = tool.getValue().getAsBoolean();
                    if (over) {
                        taken.put(tool.getKey(), (System.nanoTime() - began) / 1_000_000);
                    }
                    return over;
                });
                return left.isEmpty();
            });
            System.out.printf("%s: each tool says so after so many ms: %s%n", what, taken);
            programs.forEach((name, program) -> {
                Program.Result result = program.finish(within);
                assertThat(result.exit()).as(name).isEqualTo(4);
                assertThat(result.error()).as(name).contains(onTheCommandLine);
            });
        }

        private static boolean says(Page page, String text) {
            return page.getByRole(AriaRole.ALERT)
                    .filter(new Locator.FilterOptions().setHasText(text))
                    .first()
                    .isVisible();
        }

        @Override
        public void close() {
            exec.close();
            forward.close();
            person.close();
        }
    }

    private static Program bascule(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-ends").toString());
        return Program.start(environment, system.basculeJar(), arguments);
    }

    private static List<JsonObject> sessions() {
        return api.items("/api/sessions?limit=200&device=" + DEVICE.uid());
    }

    @Test
    void anAdministratorEndsThem() {
        try (Tools tools = new Tools()) {
            List<JsonObject> sessions = sessions();
            assertThat(sessions).hasSize(PAGES.size() + 2);
            for (JsonObject session : sessions) {
                Api.expect(
                        204,
                        api.post(
                                "/api/sessions/" + session.getString("sid") + "/end",
                                "{\"reason\":\"ended-by-administrator\"}"));
            }
            tools.expectReason(
                    "ended by an administrator",
                    "An administrator ended the session.",
                    "an administrator has ended the session",
                    REACHES_SESSIONS);
        }
    }

    @Test
    void theOwnerSwitchesOff() {
        try (Tools tools = new Tools()) {
            assertThat(DEVICE.device().says("off", "--reason", "welding").exit())
                    .isZero();
            tools.expectReason(
                    "switched off",
                    "Remote access was switched off at the device.",
                    "Remote access was switched off at the device.",
                    REACHES_SESSIONS);
        } finally {
            assertThat(DEVICE.device().says("on").exit()).isZero();
            Eventually.within(LIMIT, "on again", () -> api.getJson("/api/devices/" + DEVICE.uid())
                    .getJsonObject("switch")
                    .getBoolean("on"));
        }
    }

    @Test
    void theRightsAreTakenAwayAndThenNothingOpens() {
        try (Tools tools = new Tools()) {
            try (Denied denied = Denied.of(api, DEVICE.uid(), ALL)) {
                assertThat(denied.entries()).hasSize(ALL.length);
                tools.expectReason(
                        "rights taken away", "taken away", "the permission for this was taken away", REACHES_SESSIONS);
                for (String tool : PAGES) {
                    Page page = tools.page(tool);
                    page.navigate(address(tool));
                    page.getByText("You do not have the permission").first().waitFor();
                }
                try (Program refused = bascule("forward", DEVICE.uid(), "0:device:1")) {
                    assertThat(refused.finish(LIMIT).exit()).isEqualTo(4);
                }
                assertThat(sessions()).isEmpty();
            }
        }
    }

    @Test
    void theirTimeIsOver() throws SQLException {
        try (Tools tools = new Tools()) {
            List<JsonObject> sessions = sessions();
            assertThat(sessions).hasSize(PAGES.size() + 2);
            SessionTime.end(
                    system, sessions.stream().map(each -> each.getString("sid")).toList());
            tools.expectReason(
                    "time over",
                    "The longest time of a session is over.",
                    "the longest time of a session is over",
                    // the server looks every few seconds
                    Duration.ofSeconds(30));
        }
    }

    /** Input goes there, and the picture comes back. */
    private static void clickChanges(Page page) {
        String before = pixel(page);
        Locator canvas = page.locator(CANVAS);
        BoundingBox box = canvas.boundingBox();
        canvas.click(new Locator.ClickOptions().setPosition(box.width / 2, box.height * 0.75));
        Eventually.within(LIMIT, "another colour than " + before, () -> {
            String now = pixel(page);
            return isColour(now) && !now.equals(before);
        });
    }

    @Test
    void thePagesGoOnThroughAnotherRelay() throws Exception {
        try (Tools tools = new Tools();
                Program sleep = bascule("exec", DEVICE.uid(), "--", "sleep", "4713.25")) {
            Page page = tools.page("processes");
            page.getByRole(AriaRole.SEARCHBOX)
                    .or(page.getByRole(AriaRole.TEXTBOX))
                    .first()
                    .fill("4713.25");
            // not "sleep 4713.25", which is on the line of the client too, before it has a session
            Locator process = page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(", sleep"))
                    .first();
            process.waitFor();
            Set<String> relays = new TreeSet<>();
            sessions().forEach(session -> relays.add(session.getString("relay")));
            String first = sessions().stream()
                    .filter(session ->
                            session.getJsonArray("operations").toString().contains("process-view"))
                    .findFirst()
                    .orElseThrow()
                    .getString("relay");
            outages.kill(first);
            clickChanges(tools.page("desktop"));
            clickChanges(tools.page("vnc"));
            process.click();
            PageParts.button(page, "Send signal").click();
            assertThat(sleep.finish(LIMIT).exit()).isEqualTo(128 + 15);
            outages.start(first);
            relays.remove(first);
            // one after the other, so that each tool loses its relay
            for (String relay : relays) {
                outages.kill(relay);
                clickChanges(tools.page("desktop"));
                clickChanges(tools.page("vnc"));
                outages.start(relay);
            }
            tools.pages.values().forEach(each -> {
                each.getByText("End-to-end encrypted").first().waitFor();
                assertThat(each.getByRole(AriaRole.ALERT).count()).isZero();
            });
        }
    }
}
