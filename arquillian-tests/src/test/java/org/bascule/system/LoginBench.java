package org.bascule.system;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How long a sign-in takes in the browser ({@code docs/benchmarks}), from each click until the next page can be used; what a person types takes no time. The
 * browser has the application's files from an earlier visit, and no cookie. Prints figures, asserts none.
 */
@ExtendWith(RunningSystem.class)
class LoginBench {

    private static final int SIGN_INS = 20;
    /** Each needs a code of its own, of which there is one in 30 s. */
    private static final int WITH_CODE = 6;

    private static final Duration STEP = Duration.ofSeconds(30);

    private final TheSystem system = TheSystem.get();

    @Test
    void withPassword() {
        List<Double> form = new ArrayList<>();
        List<Double> devices = new ArrayList<>();
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            for (int i = 0; i <= SIGN_INS; i++) {
                person.clearCookies();
                form.add(domainToForm(page, pages));
                devices.add(since(() -> {
                    pages.password("engineer", system.user("engineer").password());
                    pages.expectDevices();
                }));
            }
        }
        print("sign-in, domain to the form for the password", form);
        print("sign-in, password to the list of devices", devices);
    }

    @Test
    void withCode() throws InterruptedException {
        TheSystem.User manager = system.user("manager");
        String secret = manager.secondFactor().orElseThrow();
        List<Double> asked = new ArrayList<>();
        List<Double> devices = new ArrayList<>();
        try (BrowserContext person = system.chromium().person()) {
            Page page = person.newPage();
            SignInPages pages = new SignInPages(page, system.url());
            for (int i = 0; i <= WITH_CODE; i++) {
                person.clearCookies();
                domainToForm(page, pages);
                asked.add(since(() -> {
                    pages.password("manager", manager.password());
                    page.locator("#otp").waitFor();
                }));
                awaitNextStep();
                devices.add(since(() -> {
                    pages.code(secret, Instant.now());
                    pages.expectDevices();
                }));
            }
        }
        print("sign-in, password to the form for the code", asked);
        print("sign-in, code to the list of devices", devices);
    }

    private double domainToForm(Page page, SignInPages pages) {
        page.navigate(system.url() + "/login");
        return since(() -> {
            pages.chooseDomainHere(system.domain());
            page.locator("#username").waitFor();
        });
    }

    private static void awaitNextStep() throws InterruptedException {
        long step = STEP.toMillis();
        Thread.sleep(step - System.currentTimeMillis() % step + 100);
    }

    private static double since(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    /** Without the first, in which everything is loaded. */
    private static void print(String what, List<Double> times) {
        Figures.print(what, times.subList(1, times.size()));
    }
}
