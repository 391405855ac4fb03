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
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What everybody does with his own account, in a real browser (IDN-9, IDN-10). */
@ExtendWith(RunningSystem.class)
class AccountPagesIT {

    private final TheSystem system = TheSystem.get();

    private Page account(BrowserContext person) {
        Page page = signedIn(system, person, "engineer");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("settings and sign out")))
                .click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName("My account"))
                .click();
        heading(page, "My account").waitFor();
        return page;
    }

    /** Made in the page, used by a program, taken back in the page. */
    @Test
    void aTokenIsShownOnceAndWorksUntilItIsRevoked() {
        String name = "it-" + UUID.randomUUID();
        try (BrowserContext person = PageParts.person(system, PageParts.PHONE)) {
            Page page = account(person);
            button(page, "Create token").click();
            inDialog(page, AriaRole.TEXTBOX, "Name").fill(name);
            page.getByRole(AriaRole.DIALOG)
                    .getByRole(
                            AriaRole.COMBOBOX,
                            new Locator.GetByRoleOptions().setName(Pattern.compile("Folder in which it counts")))
                    .click();
            page.getByRole(AriaRole.LISTBOX).getByRole(AriaRole.OPTION).first().click();
            inDialog(page, AriaRole.CHECKBOX, "See resources").check();
            PageParts.expectUsable(page, "the dialog for a token");
            inDialog(page, AriaRole.BUTTON, "Create token").click();
            String token = inDialog(page, AriaRole.TEXTBOX, "Token").inputValue();
            PageParts.expectUsable(page, "the token, shown once");
            inDialog(page, AriaRole.BUTTON, "I have copied it").click();
            assertThat(page.content()).doesNotContain(token);

            Api program = new Api(system.url(), Optional.of(token));
            assertThat(program.get("/api/me").statusCode()).isEqualTo(200);
            button(page, "Revoke the token " + name).click();
            inDialog(page, AriaRole.BUTTON, "Revoke").click();
            page.getByText("The token " + name + " was revoked").waitFor();
            assertThat(program.get("/api/me").statusCode()).isEqualTo(401);
        }
    }

    /** A browser that was left behind somewhere is signed out from here, and only that. */
    @Test
    void aSignInIsEndedFromAnotherOne() {
        try (BrowserContext left = system.chromium().person();
                BrowserContext here = system.chromium().person()) {
            Page other = account(left);
            Page page = account(here);
            Locator own = page.getByRole(AriaRole.GRID, new Page.GetByRoleOptions().setName("Sign-ins"))
                    .getByRole(AriaRole.ROW, new Locator.GetByRoleOptions().setName(Pattern.compile("this one")));
            own.waitFor();
            PageParts.expectUsable(page, "my account");
            assertThat(own.getByRole(AriaRole.BUTTON)).hasCount(0);
            Locator ends = page.getByRole(
                    AriaRole.BUTTON,
                    new Page.GetByRoleOptions().setName(Pattern.compile("End the sign-in of Chrome, Linux")));
            int before = ends.count();
            assertThat(before).isPositive();
            // the latest use stands first: the other browser's
            ends.first().click();
            inDialog(page, AriaRole.BUTTON, "End").click();
            page.getByText("The sign-in was ended").waitFor();
            assertThat(ends).hasCount(before - 1);

            other.reload();
            other.waitForURL(Pattern.compile(".*/login.*"));
            page.reload();
            heading(page, "My account").waitFor();
            own.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.VISIBLE));
        }
    }
}
