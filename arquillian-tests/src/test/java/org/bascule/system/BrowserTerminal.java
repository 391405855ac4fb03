package org.bascule.system;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.AriaRole;
import java.util.function.Predicate;

/** The terminal tab of a device, as a person types and reads. */
final class BrowserTerminal {

    private static final double WITHIN_MS = 20_000;

    private final Page page;

    private BrowserTerminal(Page page) {
        this.page = page;
    }

    static BrowserTerminal open(Page page, String url, String uid) {
        page.navigate(url + "/devices/" + uid + "/terminal");
        BrowserTerminal terminal = new BrowserTerminal(page);
        page.getByText("End-to-end encrypted").first().waitFor();
        page.locator(".xterm-rows").waitFor();
        return terminal;
    }

    void type(String text) {
        page.locator(".xterm-helper-textarea").focus();
        page.keyboard().type(text);
    }

    void press(String keys) {
        page.locator(".xterm-helper-textarea").focus();
        page.keyboard().press(keys);
    }

    void enter(String line) {
        type(line);
        page.keyboard().press("Enter");
    }

    /** As the browser's own command does it: with the text on the clipboard. */
    void paste(String text) {
        page.locator(".xterm-helper-textarea")
                .evaluate(
                        """
                        (input, text) => {
                          const clipboardData = new DataTransfer();
                          clipboardData.setData('text/plain', text);
                          input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
                        }""",
                        text);
    }

    String screen() {
        return page.locator(".xterm-rows").innerText().replace('\u00a0', ' ');
    }

    /** Waits until the screen shows it. @return the screen that did, which may have changed since */
    String await(String what, Predicate<String> expected) {
        String[] seen = {""};
        try {
            page.waitForCondition(
                    () -> {
                        seen[0] = screen();
                        return expected.test(seen[0]);
                    },
                    new Page.WaitForConditionOptions().setTimeout(WITHIN_MS));
        } catch (TimeoutError e) {
            throw new AssertionError("no " + what + " on the screen:\n" + seen[0], e);
        }
        return seen[0];
    }

    /** A shell that has answered is ready for more. */
    void awaitPrompt() {
        enter("echo pro''mpt");
        await("prompt", screen -> screen.lines().anyMatch(line -> line.strip().equals("prompt")));
    }

    void end() {
        page.getByRole(
                        AriaRole.BUTTON,
                        new Page.GetByRoleOptions().setName("End").setExact(true))
                .click();
    }
}
