package org.bascule.system;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bascule.system.PageParts.button;
import static org.bascule.system.PageParts.heading;
import static org.bascule.system.PageParts.inDialog;
import static org.bascule.system.PageParts.signedIn;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A person in a browser and another at the machine: one is let in by the code that it shows, and somebody there asks for help (DEV-1, DOM-6). */
@ExtendWith(RunningSystem.class)
class MachinePagesIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern SHOWN =
            Pattern.compile("Code:\\s+(\\S+).*\\nDevice:\\s+.*\\n\\s+(\\S.*)\\nInstallation:\\s+(\\S.*)\\n");

    private final TheSystem system = TheSystem.get();
    private final Api api = system.api("automation");

    private Program agent(Path folder, String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("--dir", folder.toString()));
        return Program.start(Map.of(), system.agentJar(), all.toArray(new String[0]));
    }

    private Program pair(Path folder, String name) {
        return agent(
                folder,
                "pair",
                "--yes",
                "--server",
                system.agentUrl(),
                "--ca",
                system.ca().toString(),
                "--name",
                name);
    }

    /** What whoever stands at the machine reads there: the code, the words of the device, those of the installation. */
    private static Matcher shown(Program pairing) {
        Matcher[] shown = {SHOWN.matcher("")};
        Eventually.within(LIMIT, "a code and words", () -> {
            shown[0] = SHOWN.matcher(pairing.outputSoFar());
            return shown[0].find();
        });
        return shown[0];
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    /** Types what the machine shows, and compares what is shown for it. */
    private static void find(Page page, Matcher shown, String name) {
        button(page, "Add device").first().click();
        inDialog(page, AriaRole.RADIO, "With a pairing code").check();
        page.getByRole(AriaRole.DIALOG).getByLabel("Pairing code").last().fill(shown.group(1));
        inDialog(page, AriaRole.BUTTON, "Find the device").click();
        page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Let " + name + " in?"))
                .waitFor();
        Locator dialog = page.getByRole(AriaRole.DIALOG);
        assertThat(dialog.locator("ol.words").getByRole(AriaRole.LISTITEM).allInnerTexts())
                .isEqualTo(words(shown.group(2)));
        assertThat(words(dialog.locator("strong").last().innerText())).isEqualTo(words(shown.group(3)));
    }

    @Test
    void aMachineIsLetInByItsCodeAfterItsWordsWereCompared() {
        String name = "paired-" + Long.toString(System.nanoTime(), 36);
        Path folder = system.folder("paired-in-the-browser");
        try (BrowserContext person = system.chromium().person();
                Program pairing = pair(folder, name)) {
            Page page = signedIn(system, person, "automation");
            List<String> errors = Chromium.errorsOf(page);
            find(page, shown(pairing), name);
            Locator accept = inDialog(page, AriaRole.BUTTON, "Let it in");
            page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.RADIO).first().check();
            assertThat(accept).isDisabled();
            inDialog(page, AriaRole.CHECKBOX, "The words at the device are the same")
                    .check();
            PageParts.expectUsable(page, "comparing words");
            accept.click();
            page.getByText(name + " was let in").waitFor();
            heading(page, name).waitFor();
            Program.Result result = pairing.finish(LIMIT);
            assertThat(result.exit()).as(result.error()).isZero();
            assertThat(result.output()).contains("Enrolled in " + system.domain());

            Locator online = page.locator("main").getByText("Online").first();
            assertThat(online).not().isVisible();
            try (Program running = agent(folder, "run")) {
                online.waitFor();
                assertThat(running.handle().isAlive()).isTrue();
                assertThat(page.url()).contains(uid(name));
            }
            assertThat(errors).isEmpty();
        }
    }

    @Test
    void aMachineWithOtherWordsIsTurnedAway() {
        String name = "turned-away-" + Long.toString(System.nanoTime(), 36);
        try (BrowserContext person = system.chromium().person();
                Program pairing = pair(system.folder("turned-away"), name)) {
            Page page = signedIn(system, person, "automation");
            find(page, shown(pairing), name);
            inDialog(page, AriaRole.BUTTON, "They differ: turn it away").click();
            page.getByText("The device was turned away").waitFor();
            Program.Result result = pairing.finish(LIMIT);
            assertThat(result.exit()).as(result.output()).isNotZero();
            assertThat(result.error()).isNotBlank().doesNotContain("Exception");
            assertThat(api.items("/api/devices?q=" + name)).isEmpty();
        }
    }

    private String uid(String name) {
        return api.items("/api/devices?q=" + name).get(0).getString("uid");
    }

    private void awaitStatus(Path folder, String words) {
        Eventually.within(LIMIT, words, () -> {
            try (Program status = agent(folder, "assist", "--status")) {
                return status.finish(LIMIT).output().contains(words);
            }
        });
    }

    private static Locator row(Page page, String text) {
        return page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    /** With the channel on which news comes: what is asked before it opens, comes with the page. */
    private void openRequests(Page page) {
        page.waitForWebSocket(
                new Page.WaitForWebSocketOptions()
                        .setPredicate(socket -> socket.url().endsWith("/api/events")),
                () -> PageParts.open(page, system.url() + "/assistance"));
        // gone after the page was loaded anew
        page.evaluate("() => { window.notLoadedAnew = true; }");
    }

    @Test
    void aCallForHelpIsSeenAtOnceTakenAndClosedAndTheMachineSaysSo() {
        String name = "helped-" + Long.toString(System.nanoTime(), 36);
        Path folder = system.folder("helped-in-the-browser");
        Program.Result enrolled = system.enrol(folder, api.enrolmentToken(1, 600), name);
        assertThat(enrolled.exit()).as(enrolled.error()).isZero();
        try (Program running = agent(folder, "run");
                BrowserContext one = system.chromium().person();
                BrowserContext other = system.chromium().person()) {
            Page page = signedIn(system, one, "automation");
            List<String> errors = Chromium.errorsOf(page);
            PageParts.open(page, system.url() + "/devices/" + uid(name));
            page.locator("main").getByText("Online").first().waitFor();
            button(page, "Edit").click();
            inDialog(page, AriaRole.CHECKBOX, "People at the device may ask for help")
                    .check();
            inDialog(page, AriaRole.BUTTON, "Save").click();
            page.getByText("The device was changed").waitFor();

            openRequests(page);
            Page second = signedIn(system, other, "automation");
            openRequests(second);
            assertThat(row(page, name)).hasCount(0);
            String text = "The press is stuck at " + name;
            Eventually.within(LIMIT, "the device may ask", () -> {
                try (Program asked = agent(folder, "assist", text, "--phone", "+43 1 23")) {
                    return asked.finish(LIMIT).output().contains("nobody has taken it yet");
                }
            });
            row(page, text).waitFor();
            row(second, text).waitFor();
            assertThat(row(page, text)).containsText("+43 1 23");
            PageParts.expectUsable(page, "a request for help");

            button(page, "Take the request of " + name).click();
            page.getByText("You look after " + name + " now").waitFor();
            awaitStatus(folder, "Taken by");
            row(second, text).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            for (Page each : List.of(page, second)) {
                button(each, "Taken").click();
                row(each, text).waitFor();
            }

            button(page, "Close request of " + name).click();
            inDialog(page, AriaRole.TEXTBOX, "Comment").fill("The fuse was blown");
            inDialog(page, AriaRole.BUTTON, "Close request").click();
            page.getByText("The request was closed").waitFor();
            awaitStatus(folder, "Closed: The fuse was blown");
            row(second, text).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            button(second, "Closed").click();
            assertThat(row(second, text)).containsText("The fuse was blown");
            for (Page each : List.of(page, second)) {
                assertThat(each.evaluate("() => window.notLoadedAnew")).isEqualTo(true);
            }
            assertThat(errors).isEmpty();
            assertThat(running.handle().isAlive()).isTrue();
        }
    }
}
