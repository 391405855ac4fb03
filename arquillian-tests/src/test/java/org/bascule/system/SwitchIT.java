package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The owner's switch and the local page, with a real agent, browser and command line (DEV-5, DEV-9). */
@ExtendWith(RunningSystem.class)
class SwitchIT {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    /** What a machine may need that runs the servers and the browser of the tests too; the rule is one second. */
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    /** From turning it to the end of what runs, where its command answers at once. */
    private static final Duration KEY = Duration.ofSeconds(5);

    private static final String SENTENCE = "Remote access was switched off at the device.";
    private static final int PHONE = 390;

    private final TheSystem system = TheSystem.get();
    private final String name = "switch-" + Long.toString(System.nanoTime(), 36);
    private final Path folder = system.folder("switch");
    private final int port = FreePorts.next();
    private Program agent;
    private String uid;

    @BeforeEach
    void enrol() {
        Program.Result enrolled = system.enrol(folder, system.api("automation").enrolmentToken(1, 600), name);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        assertThat(agentSays("page", "--port", Integer.toString(port)).exit()).isZero();
        start();
        uid = device().getString("uid");
        Api api = system.api("automation");
        String account = api.getJson("/api/devices/" + system.device().uid()).getString("account");
        Api.expect(
                200,
                api.patch(
                        "/api/devices/" + uid,
                        Json.createObjectBuilder()
                                .add("account", account)
                                .build()
                                .toString(),
                        "If-Match",
                        "\"" + device().getString("etag") + "\""));
    }

    private void start() {
        agent = Program.start(Map.of(), system.agentJar(), "run", "--dir", folder.toString());
        Eventually.within(LIMIT, "online", () -> device().getString("state").equals("online"));
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    private JsonObject device() {
        return system.api("automation").items("/api/devices?limit=200&q=" + name).stream()
                .filter(it -> it.getString("name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Program.Result agentSays(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        // what follows "--" is another command's
        all.addAll(all.get(0).equals("config") ? 2 : 1, List.of("--dir", folder.toString()));
        try (Program program = Program.start(Map.of(), system.agentJar(), all.toArray(String[]::new))) {
            return program.finish(LIMIT);
        }
    }

    private Program exec(String... command) {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-switch").toString());
        List<String> all = new ArrayList<>(List.of("exec", uid, "--"));
        all.addAll(List.of(command));
        return Program.start(environment, system.basculeJar(), all.toArray(String[]::new));
    }

    private Page signedIn(BrowserContext person) {
        Page page = person.newPage();
        new SignInPages(page, system.url())
                .signIn(system.domain(), "engineer", system.user("engineer").password());
        return page;
    }

    @Test
    void offEndsWhatRunsRefusesWhatComesAndIsShown() {
        try (BrowserContext person = system.chromium().person();
                Program running = exec("sh", "-c", "echo started; sleep 300")) {
            Page page = signedIn(person);
            BrowserTerminal terminal = BrowserTerminal.open(page, system.url(), uid);
            terminal.awaitPrompt();
            Eventually.within(
                    LIMIT, "the command runs", () -> running.outputSoFar().contains("started"));
            String status = agentSays("status").output();
            assertThat(status).contains("Access:      on").contains("terminal").contains("exec");

            assertThat(agentSays("off", "--for", "8h", "--reason", "welding").exit())
                    .isZero();
            Eventually.within(AT_ONCE, "the reason in the browser", () -> page.getByText(SENTENCE)
                    .first()
                    .isVisible());
            Program.Result ended = running.finish(AT_ONCE);
            assertThat(ended.exit()).isEqualTo(4);
            assertThat(ended.error()).contains(SENTENCE);

            Eventually.within(AT_ONCE, "the server knows", () -> !device().getJsonObject("switch")
                    .getBoolean("on"));
            JsonObject told = device().getJsonObject("switch");
            assertThat(told.getString("reason")).isEqualTo("welding");
            assertThat(told.isNull("until")).isFalse();
            page.navigate(system.url() + "/devices/" + uid);
            page.getByText("Remote access was switched off at the device until").waitFor();
            page.getByText("welding").waitFor();

            try (Program refused = exec("true")) {
                Program.Result result = refused.finish(LIMIT);
                assertThat(result.exit()).isEqualTo(5);
                assertThat(result.error()).contains(SENTENCE);
            }
            // the page follows by itself
            assertThat(agentSays("on").exit()).isZero();
            page.getByText("Remote access was switched off at the device until")
                    .waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
        }
        Eventually.within(
                LIMIT,
                "the connection log says why",
                () -> system.api("automation").items("/api/devices/" + uid + "/sessions").stream()
                                .filter(session ->
                                        session.getString("endReason", "").equals("switched-off"))
                                .count()
                        == 2);
        Eventually.within(LIMIT, "the audit log says who", () -> {
            String audit = system.api("automation")
                    .items("/api/audit?limit=200&device=" + uid)
                    .toString();
            return audit.contains("switched-off: by account")
                    && audit.contains("on the command line")
                    && audit.contains("switched-on: by account");
        });
        try (Program again = exec("echo", "back")) {
            assertThat(again.finish(LIMIT).output()).isEqualTo("back\n");
        }
        theCommandsOfTheOwnerSayHowItIs();
    }

    private void theCommandsOfTheOwnerSayHowItIs() {
        assertThat(agentSays("log").output().lines())
                .anyMatch(line -> line.contains("switched-off  by account"))
                .anyMatch(line -> line.contains("session-started  session "));
        Program.Result ping = agentSays("ping");
        assertThat(ping.output())
                .as(ping.error())
                .containsPattern("Control channel: stands, \\d+ ms")
                .containsPattern("Access server: +" + Pattern.quote(system.agentUrl()) + ": \\d+ ms")
                .containsPattern("Relay: +relay-1 .*: \\d+ ms");
        Program.Result config = agentSays("config", "export");
        assertThat(config.exit()).as(config.error()).isZero();
        assertThat(parsed(config.output()).getJsonObject("page").getInt("port")).isEqualTo(port);
    }

    @Test
    void offStaysOffWhenTheAgentIsKilledAndMayBeSaidWhileNoneRuns() {
        assertThat(agentSays("off").exit()).isZero();
        agent.handle().destroyForcibly();
        agent.finish(LIMIT);
        start();
        assertThat(agentSays("status", "--json").output()).contains("\"on\":false");
        agent.close();
        assertThat(agentSays("on").exit()).isZero();
        assertThat(agentSays("off", "--reason", "nobody was running").exit()).isZero();
        start();
        Eventually.within(LIMIT, "the server knows", () -> {
            JsonObject told = device().getJsonObject("switch");
            return !told.getBoolean("on") && told.getString("reason", "").equals("nobody was running");
        });
    }

    /** A digital input, and then a command in its place. */
    @Test
    void aKeyThatIsTurnedEndsWhatRunsAndLetsInAgain() throws IOException {
        Path input = folder.resolve("input");
        Files.writeString(input, "1\n");
        assertThat(agentSays("switch", "--mode", "key-switch", "--gpio", input.toString())
                        .exit())
                .isZero();
        expectEndedAndRefused(() -> Files.writeString(input, "0\n"));
        expectLetIn(() -> Files.writeString(input, "1\n"));

        Path key = Files.createFile(folder.resolve("key"));
        assertThat(agentSays("switch", "--mode", "key-switch", "--", "/usr/bin/test", "-e", key.toString())
                        .exit())
                .isZero();
        expectEndedAndRefused(() -> Files.delete(key));
        expectLetIn(() -> Files.createFile(key));
        Eventually.within(LIMIT, "the audit log says what turned it each time", () -> {
            List<String> audit = system.api("automation").items("/api/audit?limit=200&device=" + uid).stream()
                    .map(row -> row.getString("detail", ""))
                    .toList();
            return Collections.frequency(audit, "switched-off: by key switch") == 2
                    && Collections.frequency(audit, "switched-on: by key switch") == 2;
        });
    }

    /** Of the key. */
    private interface Turn {
        void run() throws IOException;
    }

    private void expectEndedAndRefused(Turn turn) throws IOException {
        try (Program running = exec("sh", "-c", "echo started; sleep 300")) {
            Eventually.within(
                    LIMIT, "the command runs", () -> running.outputSoFar().contains("started"));
            int before = sessionEnds().size();
            Instant turned = Instant.now();
            turn.run();
            Program.Result ended = running.finish(LIMIT);
            assertThat(ended.exit()).isEqualTo(4);
            assertThat(ended.error()).contains(SENTENCE);
            // what the client's process needs to end is no part of it
            Eventually.within(
                    LIMIT, "the log of the device", () -> sessionEnds().size() > before);
            Duration took = Duration.between(turned, sessionEnds().get(before));
            System.out.printf("the key was turned; the session ended after %d ms%n", took.toMillis());
            assertThat(took).isLessThan(KEY);
        }
        Eventually.within(AT_ONCE, "the server knows", () -> !device().getJsonObject("switch")
                .getBoolean("on"));
        assertThat(device().getJsonObject("switch").getString("mode")).isEqualTo("key-switch");
        try (Program refused = exec("true")) {
            Program.Result result = refused.finish(LIMIT);
            assertThat(result.exit()).isEqualTo(5);
            assertThat(result.error()).contains(SENTENCE);
        }
    }

    private List<Instant> sessionEnds() {
        return agentSays("log", "--json", "--lines", "200")
                .output()
                .lines()
                .map(SwitchIT::parsed)
                .filter(event -> event.getString("code").equals("session-ended"))
                .map(event -> Instant.parse(event.getString("time")))
                .toList();
    }

    private void expectLetIn(Turn turn) throws IOException {
        turn.run();
        Eventually.within(AT_ONCE, "the server knows", () -> device().getJsonObject("switch")
                .getBoolean("on"));
        try (Program again = exec("echo", "back")) {
            assertThat(again.finish(LIMIT).output()).isEqualTo("back\n");
        }
    }

    @Test
    void theLocalPageSwitchesAndEndsAndWorksOnAPhone() {
        JsonObject where = parsed(agentSays("page", "--json").output());
        assertThat(where.getString("url")).isEqualTo("http://127.0.0.1:" + port + "/");
        try (BrowserContext person = system.chromium().person(PHONE, 800);
                Program running = exec("sh", "-c", "echo started; sleep 300")) {
            Page page = person.newPage();
            List<String> errors = Chromium.errorsOf(page);
            page.navigate(where.getString("url"));
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.getByLabel("Code").fill(where.getString("code"));
            page.getByLabel("New password").fill("a long password");
            page.getByLabel("The password again").fill("a long password");
            button(page, "Set the password").click();
            page.getByText("People with permission can connect").waitFor();
            Eventually.within(
                    LIMIT, "the command runs", () -> running.outputSoFar().contains("started"));

            // without a reload
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("End the session of"))
                    .waitFor();
            // with its stylesheet, which may come after the text
            page.waitForLoadState();
            assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth ? '' :"
                            + " [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right >"
                            + " innerWidth).map(e => e.outerHTML.slice(0, 300)).join()"))
                    .as("nothing is wider than the phone")
                    .isEqualTo("");
            assertThat(Axe.seriousFindings(page)).isEmpty();
            page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("End the session of"))
                    .click();
            Program.Result ended = running.finish(AT_ONCE);
            assertThat(ended.error()).contains("ended at the device");
            page.getByText("Nobody is connected").waitFor();

            page.getByLabel("For", new Page.GetByLabelOptions().setExact(true)).selectOption("8");
            page.getByLabel("Reason").fill("<b>lunch</b>");
            button(page, "Switch off").click();
            page.getByText("Nobody can connect to this machine").waitFor();
            page.getByText("<b>lunch</b>").first().waitFor();
            Eventually.within(AT_ONCE, "the server knows", () -> !device().getJsonObject("switch")
                    .getBoolean("on"));
            assertThat(Axe.seriousFindings(page)).isEmpty();
            button(page, "Switch on").click();
            page.getByText("People with permission can connect").waitFor();
            button(page, "Sign out").click();
            page.getByLabel("Password").waitFor();
            assertThat(errors).isEmpty();
        }
    }

    private static Locator button(Page page, String label) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(label).setExact(true));
    }

    private static JsonObject parsed(String text) {
        try (var reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
