package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A terminal in the browser, end to end (TOOL-2). */
@ExtendWith(RunningSystem.class)
class TerminalIT {

    private final TheSystem system = TheSystem.get();

    @Test
    void aTerminalRunsAsTheDevicesAccountAndIsAudited() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(person);
            List<String> errors = Chromium.errorsOf(page);
            page.getByRole(
                            AriaRole.LINK,
                            new Page.GetByRoleOptions().setName(system.device().name()))
                    .first()
                    .waitFor();
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();

            terminal.enter("clear; echo account=$(id -un)=");
            String account = system.api("automation")
                    .getJson("/api/devices/" + system.device().uid())
                    .getString("account");
            assertThat(account).isNotEqualTo("root").isNotEmpty();
            terminal.await("account", screen -> screen.contains("account=" + account + "="));

            terminal.enter("clear; printf '\\033[31mred\\033[0m \\342\\202\\254 \\346\\274\\242\\345\\255\\227\\n'");
            terminal.await("colours and Unicode", screen -> screen.contains("red € 漢字"));
            assertThat(page.locator(".xterm-rows .xterm-fg-1").first().innerText())
                    .contains("red");

            terminal.enter("clear; stty size");
            String before = terminal.await("size", screen -> Pattern.compile("^\\d+ \\d+$", Pattern.MULTILINE)
                    .matcher(screen.strip())
                    .find());
            page.setViewportSize(900, 500);
            Eventually.within(Duration.ofSeconds(10), "the device knows the new size", () -> {
                terminal.enter("clear; stty size");
                String after = terminal.await("size", screen -> Pattern.compile("^\\d+ \\d+$", Pattern.MULTILINE)
                        .matcher(screen.strip())
                        .find());
                return !sizeIn(after).equals(sizeIn(before));
            });

            terminal.enter("exit 7");
            page.getByText("exit code 7").first().waitFor();
            assertThat(errors).isEmpty();
        }
        Eventually.within(Duration.ofSeconds(10), "start and end are in the audit log", () -> {
            List<JsonObject> rows = system.api("automation")
                    .items("/api/audit?limit=200&device=" + system.device().uid());
            return has(rows, "session.start") && has(rows, "session.end");
        });
        JsonObject session =
                system.api("automation").items("/api/devices/" + system.device().uid() + "/sessions").stream()
                        .filter(it -> !it.isNull("ended"))
                        .findFirst()
                        .orElseThrow();
        assertThat(session.getString("clientAddress")).isNotBlank();
        assertThat(session.getString("deviceAddress")).isNotBlank();
        assertThat(session.getString("account")).isNotBlank();
    }

    private static boolean has(List<JsonObject> rows, String code) {
        return rows.stream().anyMatch(row -> row.getString("code").equals(code));
    }

    private static String sizeIn(String screen) {
        var matcher = Pattern.compile("^(\\d+ \\d+)$", Pattern.MULTILINE).matcher(screen.strip());
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private Page signedIn(BrowserContext person) {
        Page page = person.newPage();
        new SignInPages(page, system.url())
                .signIn(system.domain(), "engineer", system.user("engineer").password());
        return page;
    }

    @Test
    void twoTabsAreTwoTerminalsAndFullScreenProgramsWork() {
        try (BrowserContext person = system.chromium().person()) {
            Page one = signedIn(person);
            BrowserTerminal first =
                    BrowserTerminal.open(one, system.url(), system.device().uid());
            first.awaitPrompt();
            Page two = person.newPage();
            BrowserTerminal second =
                    BrowserTerminal.open(two, system.url(), system.device().uid());
            second.awaitPrompt();
            second.enter("clear; tty; echo sec''ond");
            second.await("own output", screen -> screen.contains("second"));
            one.bringToFront();
            first.enter("clear; tty; echo fi''rst");
            first.await("own output", screen -> screen.contains("first"));
            assertThat(first.screen()).doesNotContain("second");
            one.bringToFront();
            // a pager takes the whole screen, and gives back what was there before
            first.enter("clear; echo bef''ore; seq 1 5000 | less");
            first.await("the top of the file", screen -> screen.startsWith("1\n2\n3\n") && !screen.contains("before"));
            first.type("G");
            first.await("its end", screen -> screen.contains("\n5000\n") && screen.contains("(END)"));
            first.type("?^4711$\n");
            first.await("what was looked for", screen -> screen.startsWith("4711\n4712\n"));
            first.type("q");
            first.await("what was there before", screen -> screen.contains("before"));
            first.end();
            one.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Connect again"))
                    .waitFor();
            two.bringToFront();
            second.awaitPrompt();
        }
    }

    /** Each tab is at its own device, and what happens to one is nothing to the other. */
    @Test
    void twoDevicesAreOpenSideBySide() {
        String name = "is-beside";
        long sample = system.demo().pid("device").orElseThrow();
        try (EnrolledDevice beside = EnrolledDevice.start(system, name);
                BrowserContext person = system.chromium().person()) {
            Page one = signedIn(person);
            BrowserTerminal first =
                    BrowserTerminal.open(one, system.url(), system.device().uid());
            Page two = person.newPage();
            BrowserTerminal second = BrowserTerminal.open(two, system.url(), beside.uid());
            PageParts.heading(one, system.device().name()).waitFor();
            PageParts.heading(two, name).waitFor();
            expectBelow(two, second, beside.agent().pid());
            expectBelow(one, first, sample);

            two.bringToFront();
            second.end();
            PageParts.button(two, "Connect again").waitFor();
            expectBelow(one, first, sample);
            two.bringToFront();
            PageParts.button(two, "Connect again").click();
            two.getByText("End-to-end encrypted").first().waitFor();
            expectBelow(two, second, beside.agent().pid());

            // and the other way round
            one.bringToFront();
            first.end();
            PageParts.button(one, "Connect again").waitFor();
            expectBelow(two, second, beside.agent().pid());
        }
    }

    /** The shell of the terminal was started by that agent. */
    private static void expectBelow(Page page, BrowserTerminal terminal, long agent) {
        page.bringToFront();
        terminal.awaitPrompt();
        terminal.enter(
                "clear; p=$$; a=; while [ $p -gt 1 ]; do p=$(ps -o ppid= -p $p | tr -d ' '); a=\"$a $p\"; done; echo be''low $a 0 do''ne");
        String screen = terminal.await("those above the shell", text -> text.contains(" 0 done"));
        assertThat(screen.replaceAll("\\s+", " ")).containsPattern("below( \\d+)* " + agent + " ");
    }

    /** More than one frame of a stream, with what a shell would act upon. */
    @Test
    void aPasteOfManyLinesArrivesWhole() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            text.append(i).append(" $(id) \"`date`\" 'x' € 漢字\n");
        }
        String digest = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(person);
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            terminal.enter("clear; echo rea''dy; cat | sha256sum");
            terminal.await("readiness", screen -> screen.contains("ready"));
            terminal.paste(text.toString());
            terminal.press("Control+D");
            terminal.await("the digest of what was pasted", screen -> screen.contains(digest));
        }
    }

    @Test
    void aReloadConnectsAgain() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(person);
            BrowserTerminal.open(page, system.url(), system.device().uid()).awaitPrompt();
            page.reload();
            page.getByText("End-to-end encrypted").first().waitFor();
            BrowserTerminal.open(page, system.url(), system.device().uid()).awaitPrompt();
        }
    }

    @Test
    void terminalTricksInOutputStayInert() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = signedIn(person);
            BrowserTerminal terminal =
                    BrowserTerminal.open(page, system.url(), system.device().uid());
            terminal.awaitPrompt();
            String title = page.title();
            // title, clipboard, hyperlink with a script, answer-back
            terminal.enter(
                    "clear; printf '\\033]0;owned\\007\\033]52;c;b3duZWQ=\\007\\033]8;;javascript:alert(1)\\007link\\033]8;;\\007\\005\\n'; echo do''ne");
            terminal.await("end of the tricks", screen -> screen.contains("done"));
            assertThat(page.title()).isEqualTo(title);
            assertThat(page.locator("a[href^=javascript]").count()).isZero();
        }
    }
}
