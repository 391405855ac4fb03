package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The one line that brings the agent to a machine (DEV-1): as the page shows it, with the real server's files, below a folder of its own. */
@ExtendWith(RunningSystem.class)
class InstallIT {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String SCRIPT = "/agent/install.sh";

    private final TheSystem system = TheSystem.get();
    private final Api automation = system.api("automation");
    private final Api anybody = new Api(system.url(), Optional.empty());

    /** What the page says: a line, and the token that its script asks for. */
    private record Shown(String line, String token) {}

    private Shown fromThePage() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(system, person, "automation");
            button(page, "Add device").click();
            Locator create = inDialog(page, AriaRole.BUTTON, "Create token");
            create.waitFor();
            if (create.isDisabled()) {
                page.locator("[role=dialog] .folder-picker input[type=radio]")
                        .first()
                        .check();
            }
            create.click();
            return new Shown(
                    inDialog(page, AriaRole.TEXTBOX, "Line that installs the agent")
                            .inputValue(),
                    inDialog(page, AriaRole.TEXTBOX, "Enrolment token").inputValue());
        }
    }

    private Program.Result shell(Path folder, String command, String input) throws IOException {
        Files.createDirectories(folder);
        // curl of the line trusts the test's authority by its environment; a user's trusts a public one
        try (Program shell = Program.start(
                Map.of("CURL_CA_BUNDLE", system.ca().toString(), "JAVA_HOME", System.getProperty("java.home")),
                List.of("sh", "-c", "cd '" + folder + "' && " + command))) {
            return shell.finish(input.getBytes(StandardCharsets.UTF_8), LIMIT);
        }
    }

    private Optional<JsonObject> device(String name) {
        return automation.items("/api/devices?limit=200&q=" + name).stream()
                .filter(device -> device.getString("name").equals(name))
                .findFirst();
    }

    @Test
    void theLineOfThePageInstallsTheAgentAndTheDeviceIsOnline() throws IOException {
        Shown shown = fromThePage();
        assertThat(shown.line())
                .isEqualTo(automation.getJson("/api/agent-installer").getString("command"))
                .doesNotContain(shown.token());
        Path folder = system.folder("installed");
        Path root = folder.resolve("root");
        String name = "installed-" + Long.toString(System.nanoTime(), 36);
        String here = shown.line().replace("sudo sh ", "sh ") + " --prefix " + root + " --ca " + system.ca()
                + " --name " + name;

        Program.Result installed = shell(folder, here, shown.token() + "\n");
        assertThat(installed.exit()).as(installed.output() + installed.error()).isZero();
        assertThat(installed.output() + installed.error())
                .contains("bascule-install.sh: OK")
                .contains("Enrolled in ")
                .doesNotContain(shown.token());
        Path state = root.resolve("var/lib/bascule-agent");
        assertThat(Files.mismatch(root.resolve("usr/lib/bascule-agent/bascule-agent.jar"), system.agentJar()))
                .isEqualTo(-1);
        assertThat(device(name).orElseThrow().getString("state")).isEqualTo("offline");
        try (Program agent = Program.start(
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                List.of(root.resolve("usr/bin/bascule-agent").toString(), "run", "--dir", state.toString()))) {
            Eventually.within(
                    LIMIT,
                    "online",
                    () -> device(name).orElseThrow().getString("state").equals("online"));
            assertThat(agent.handle().isAlive()).isTrue();
        }

        String identity = Files.readString(state.resolve("registration.json"));
        Program.Result again = shell(folder, here, "");
        assertThat(again.exit()).as(again.output() + again.error()).isZero();
        assertThat(again.output()).contains("enrolled already").doesNotContain("Fetching");
        assertThat(Files.readString(state.resolve("registration.json"))).isEqualTo(identity);
    }

    @Test
    void anotherScriptThanThePageNamesIsNotRun() throws IOException {
        Path folder = system.folder("another-script");
        String line = automation.getJson("/api/agent-installer").getString("command");
        String hash = automation.getJson("/api/agent-installer").getString("sha256");
        Program.Result refused =
                shell(folder, line.replace(hash, "0".repeat(64)).replace("sudo sh ", "touch ran && sh "), "");
        assertThat(refused.exit()).isNotZero();
        assertThat(refused.output() + refused.error()).contains("bascule-install.sh: FAILED");
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void strangersGetTheScriptAndTheAgentsFilesAndNothingElse() throws Exception {
        HttpResponse<String> script = Api.expect(200, anybody.get(SCRIPT));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.body().getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(hash))
                .isEqualTo(automation.getJson("/api/agent-installer").getString("sha256"));
        String tag = script.headers().firstValue("ETag").orElseThrow();
        assertThat(anybody.get(SCRIPT, "If-None-Match", tag).statusCode()).isEqualTo(304);
        HttpResponse<String> head =
                anybody.send("HEAD", "/agent/files/bascule-agent.jar", HttpRequest.BodyPublishers.noBody());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValueAsLong("Content-Length").orElseThrow())
                .isEqualTo(Files.size(system.agentJar()));
        for (String name : List.of("bascule-agent", "bascule-agent.service", "bascule-agent.desktop")) {
            assertThat(anybody.get("/agent/files/" + name).statusCode()).isEqualTo(200);
        }
        for (String path : List.of(
                "/agent/files/bascule.ear",
                "/agent/files/",
                "/agent/files/scripts/functions.sh",
                "/agent/files/..%2finstall%2fbascule.ear",
                "/agent/files/%2e%2e/install.sh/x",
                "/agent/files/bascule-agent.jar;x/..",
                "/agent/install.sh/x")) {
            assertThat(anybody.get(path).statusCode()).as(path).isIn(400, 401, 404);
        }
        HttpResponse<String> posted = anybody.post(SCRIPT, "{}");
        assertThat(posted.statusCode()).isEqualTo(405);
        assertThat(posted.body()).contains("urn:bascule:problem:").doesNotContain("Payara");
    }
}
