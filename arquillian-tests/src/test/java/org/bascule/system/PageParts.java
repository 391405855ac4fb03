package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.WaitForSelectorState;

/** What pages are made of, found as a person finds it: by role and name. */
final class PageParts {

    /** The narrowest window in which everything works. */
    static final int PHONE = 390;

    static final int DESK = 1_280;

    private static final int HEIGHT = 844;

    private PageParts() {}

    /** A person's browser in a window of this width. */
    static BrowserContext person(TheSystem system, int width) {
        return system.chromium().person(width, HEIGHT);
    }

    static Page signedIn(TheSystem system, BrowserContext person, String user) {
        Page page = person.newPage();
        new SignInPages(page, system.url())
                .signIn(system.domain(), user, system.user(user).password());
        return page;
    }

    /** From the next page that is opened. */
    static void speak(Page page, String language) {
        page.evaluate("language => localStorage.setItem('bascule.language', language)", language);
    }

    static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    static Locator link(Page page, String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    static Locator inDialog(Page page, AriaRole role, String name) {
        return page.getByRole(AriaRole.DIALOG)
                .getByRole(role, new Locator.GetByRoleOptions().setName(name).setExact(true));
    }

    static void choose(Page page, String menu, String item) {
        button(page, menu).click();
        page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(item))
                .click();
    }

    static Locator heading(Page page, String name) {
        return page.getByRole(
                AriaRole.HEADING,
                new Page.GetByRoleOptions().setName(name).setExact(true).setLevel(1));
    }

    /** Opens a page and waits until it has its data. */
    static void open(Page page, String address) {
        page.navigate(address);
        page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))
                .first()
                .waitFor();
        awaitGone(page, "[aria-busy=true], .pf-v6-c-skeleton, .pf-v6-c-spinner");
        assertThat(page.locator(".pf-v6-c-empty-state h1").count())
                .as("it leads nowhere: " + address)
                .isZero();
    }

    /** The browser looks, at each frame: a condition of ours would be asked for without a pause. */
    static void awaitGone(Page page, String selector) {
        page.locator(selector).first().waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
    }

    /** The page that is open is this one in this language, with its data where a failure would be. */
    static void expectShown(Page page, String language, String heading, String title) {
        PlaywrightAssertions.assertThat(page.locator("html")).hasAttribute("lang", language);
        PlaywrightAssertions.assertThat(heading(page, heading)).isVisible();
        page.waitForCondition(() -> page.title().endsWith(title + " · Bascule"));
        PlaywrightAssertions.assertThat(page.locator(".pf-v6-c-alert.pf-m-danger"))
                .hasCount(0);
    }

    /** Nothing is wider than the window. */
    static void fits(Page page, String what) {
        assertThat(page.evaluate("() => { const main = document.getElementById('main-content') ?? document.body;"
                        + " return Math.max(main.scrollWidth - main.clientWidth,"
                        + " document.documentElement.scrollWidth - innerWidth); }"))
                .as("wider than the window: " + what)
                .isEqualTo(0);
    }

    /** Nothing keeps people from using what is shown: no serious finding of axe, and nothing wider than the window. */
    static void expectUsable(Page page, String what) {
        assertThat(Axe.seriousFindings(page)).as(what).isEmpty();
        fits(page, what);
    }
}
