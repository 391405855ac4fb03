package org.bascule.system;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.bascule.launcher.DemoDescription;
import org.bascule.session.stream.SessionConfig;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Figures of the running system ({@code docs/benchmarks}): prints them, asserts none. Run by {@code -Pbench}, without the taps. */
@ExtendWith(RunningSystem.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SystemBench {

    private static final int OPENINGS = 15;
    private static final int KEYS = 2_000;
    /** The first keys meet programs that the compilers have not reached yet; they are printed apart. */
    private static final int EARLY_KEYS = 500;

    /** Somebody who types fast. */
    private static final Duration BETWEEN_KEYS = Duration.ofMillis(50);

    private static final int COMMANDS = 7;
    private static final int FIRST = 0;
    private static final int LAST = Integer.MAX_VALUE;

    private final TheSystem system = TheSystem.get();

    @Test
    void clickToPrompt() {
        List<Double> times = new ArrayList<>();
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "engineer", system.user("engineer").password());
            for (int i = 0; i < OPENINGS; i++) {
                page.navigate(system.url() + "/devices");
                var link = page.getByRole(
                        AriaRole.LINK,
                        new Page.GetByRoleOptions()
                                .setName("Terminal on " + system.device().name()));
                link.waitFor();
                page.evaluate(
                        """
                        () => { window.prompted = new Promise(resolve => {
                          document.addEventListener('click', () => {
                            const start = performance.now();
                            const look = () => /[$#] ?/.test(document.querySelector('.xterm-rows')?.textContent ?? '')
                              ? resolve(performance.now() - start) : requestAnimationFrame(look);
                            look();
                          }, { once: true, capture: true });
                        }); }""");
                link.click();
                times.add(((Number) page.evaluate("window.prompted")).doubleValue());
                page.getByRole(
                                AriaRole.BUTTON,
                                new Page.GetByRoleOptions().setName("End").setExact(true))
                        .click();
                page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Connect again"))
                        .waitFor();
            }
        }
        print("click to prompt, browser", times);
        print("click to prompt, browser, without the first", times.subList(1, times.size()));
    }

    /** From the key to the message that carries its echo, as the page sees them; the frame that shows the key before is drawn by then. */
    @Test
    void echoInTheBrowser() {
        List<Double> times = new ArrayList<>();
        try (BrowserContext person = system.chromium().person()) {
            person.addInitScript(
                    """
                    const Original = WebSocket;
                    window.WebSocket = class extends Original {
                      constructor(...args) { super(...args);
                        if (String(args[0]).includes('/relay/')) this.addEventListener('message', () => { window.heard?.(performance.now()); }); }
                    };""");
            Page page = person.newPage();
            new SignInPages(page, system.url())
                    .signIn(system.domain(), "engineer", system.user("engineer").password());
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            terminal.enter("stty -icanon; clear; cat > /dev/null");
            page.waitForCondition(() -> !terminal.screen().contains("stty"));
            page.evaluate(
                    "document.addEventListener('keydown', () => { const t = performance.now(); window.echo = new Promise(r => { window.heard = at => { window.heard = null; r(at - t); }; }); }, true)");
            for (int i = 0; i < KEYS; i++) {
                page.waitForTimeout(BETWEEN_KEYS.toMillis());
                page.keyboard().press("a");
                times.add(((Number) page.evaluate("window.echo")).doubleValue());
            }
        }
        printKeys("browser", times);
    }

    @Test
    void echoInTheNativeClient() throws IOException, InterruptedException {
        List<Double> times = new ArrayList<>();
        try (NativeSession session =
                NativeSession.open(system, system.device().uid(), SessionConfig.DEFAULT, way -> way)) {
            NativeSession.Terminal terminal = session.terminal();
            terminal.type("stty -icanon; echo re''ady; cat > /dev/null\n");
            terminal.await("ready");
            for (int i = 0; i < KEYS; i++) {
                Thread.sleep(BETWEEN_KEYS.toMillis());
                int before = terminal.length();
                long start = System.nanoTime();
                terminal.type("a");
                terminal.awaitMore(before);
                times.add((System.nanoTime() - start) / 1e6);
            }
        }
        printKeys("native client", times);
    }

    @Test
    void execRoundTrip() {
        Map<String, String> environment = new HashMap<>();
        environment.put("BASCULE_URL", system.agentUrl());
        environment.put("BASCULE_CA", system.ca().toString());
        environment.put("BASCULE_TOKEN", system.user("engineer").apiToken());
        environment.put("XDG_CONFIG_HOME", system.folder("cli-bench").toString());
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < COMMANDS; i++) {
            long start = System.nanoTime();
            try (Program program = Program.start(
                    environment, system.basculeJar(), "exec", system.device().uid(), "--", "true")) {
                program.finish(new byte[0], Duration.ofSeconds(60));
            }
            times.add((System.nanoTime() - start) / 1e6);
        }
        print("bascule exec DEVICE -- true, process start to end", times);
    }

    @Test
    @Order(FIRST)
    void memoryBeforeAnySession() throws IOException {
        printMemory("before any session");
    }

    @Test
    @Order(LAST)
    void memoryAfterSessions() throws IOException {
        printMemory("after the sessions");
    }

    private void printMemory(String when) throws IOException {
        for (DemoDescription.RunningProcess process :
                system.demo().description().processes()) {
            String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
            var matcher = Pattern.compile("VmRSS:\\s+(\\d+) kB").matcher(status);
            if (matcher.find()) {
                System.out.printf(
                        "memory %s, %s: %d MB RSS%n", when, process.name(), Long.parseLong(matcher.group(1)) / 1_024);
            }
        }
    }

    private static void printKeys(String where, List<Double> times) {
        print("echo of a key, " + where + ", keys 51 to " + EARLY_KEYS, times.subList(50, EARLY_KEYS));
        print("echo of a key, " + where + ", the keys after", times.subList(EARLY_KEYS, times.size()));
    }

    private static void print(String what, List<Double> times) {
        Figures.print(what, times);
    }
}
