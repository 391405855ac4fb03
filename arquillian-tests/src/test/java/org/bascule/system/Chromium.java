package org.bascule.system;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.Proxy;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real Chromium, the one that the machine has. Now and then it never answers when a person's browser is closed; then it is ended, and the next person gets
 * another one.
 */
final class Chromium implements AutoCloseable {

    private static final int WIDTH = 1_280;
    private static final int HEIGHT = 800;
    private static final double TIMEOUT_MS = 20_000;

    static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage");

    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "chromium watch");
        thread.setDaemon(true);
        return thread;
    });
    private final Playwright playwright;
    private Browser browser;

    private Chromium(Playwright playwright) {
        this.playwright = playwright;
        this.browser = browser(playwright);
    }

    static Chromium launch() {
        return new Chromium(Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))));
    }

    private static Browser browser(Playwright playwright) {
        return playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(withoutWindows())
                        .setArgs(ARGUMENTS));
    }

    /** {@code BASCULE_CHROMIUM}, else the one without windows of its own, which takes a third of the processor time, else that of people. */
    private static Path withoutWindows() {
        return first(
                Stream.concat(named(), Stream.concat(Stream.of(Path.of("/usr/bin/chromium-headless-shell")), usual())));
    }

    /** {@code BASCULE_CHROMIUM}, else the first of the usual names. */
    static Path executable() {
        return first(Stream.concat(named(), usual()));
    }

    private static Stream<Path> named() {
        return Stream.ofNullable(System.getenv("BASCULE_CHROMIUM")).map(Path::of);
    }

    private static Stream<Path> usual() {
        return Stream.of(
                        "/usr/bin/chromium",
                        "/usr/bin/chromium-browser",
                        "/usr/bin/google-chrome",
                        "/opt/google/chrome/chrome")
                .map(Path::of);
    }

    private static Path first(Stream<Path> executables) {
        return executables
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new AssertionError("no Chromium: apt-get install chromium, or set BASCULE_CHROMIUM"));
    }

    /** Of all browsers that this process has started. */
    static List<Long> processes() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("chrom"))
                .map(ProcessHandle::pid)
                .toList();
    }

    /** A person's browser of its own: no cookies, nothing remembered. */
    BrowserContext person() {
        return person(WIDTH, HEIGHT);
    }

    BrowserContext person(int width, int height) {
        return person(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setLocale("en-GB")
                .setExtraHTTPHeaders(Map.of("X-Forwarded-For", TheSystem.anAddress())));
    }

    /** A person with a phone: a narrow window, and fingers. */
    BrowserContext withPhone() {
        return person(new Browser.NewContextOptions()
                .setViewportSize(PageParts.PHONE, HEIGHT)
                .setHasTouch(true)
                .setIsMobile(true)
                .setLocale("en-GB")
                .setExtraHTTPHeaders(Map.of("X-Forwarded-For", TheSystem.anAddress())));
    }

    /** A person at another address, with a window as wide as a phone's. */
    BrowserContext person(Elsewhere place, String language) {
        return person(place, language, PageParts.PHONE, HEIGHT);
    }

    BrowserContext person(Elsewhere place, String language, int width, int height) {
        return person(new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setLocale(language)
                // the browser's own rule would go around the proxy for loopback addresses
                .setProxy(new Proxy(place.socksUrl()).setBypass("<-loopback>")));
    }

    private BrowserContext person(Browser.NewContextOptions options) {
        if (!browser.isConnected()) {
            browser = browser(playwright);
        }
        BrowserContext context = browser.newContext(options);
        context.setDefaultTimeout(TIMEOUT_MS);
        return (BrowserContext) java.lang.reflect.Proxy.newProxyInstance(
                Chromium.class.getClassLoader(), new Class<?>[] {BrowserContext.class}, (proxy, method, arguments) -> {
                    boolean closing = method.getName().equals("close");
                    ScheduledFuture<?> end =
                            closing ? watch.schedule(Chromium::end, CLOSING.toSeconds(), TimeUnit.SECONDS) : null;
                    try {
                        if (closing) {
                            leave(context);
                        }
                        return method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        if (closing && !browser.isConnected()) {
                            return null;
                        }
                        throw e.getCause();
                    } finally {
                        if (end != null) {
                            end.cancel(false);
                        }
                    }
                });
    }

    /** As a person leaves a page: it says goodbye, which it may not get to when the browser is closed. */
    private static void leave(BrowserContext context) {
        for (Page page : context.pages()) {
            try {
                page.navigate("about:blank");
            } catch (PlaywrightException e) {
                System.err.printf("a page was not left: %s%n", e.getMessage());
            }
        }
    }

    /** Ends the processes of this browser, which are ours by their parent. */
    private static void end() {
        System.err.printf("chromium did not close a page within %s and is ended%n", CLOSING);
        ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").contains("chrom"))
                .forEach(ProcessHandle::destroyForcibly);
    }

    /**
     * What the page's scripts wrote as errors, including refusals by the content security policy. A page that is given the id of some resource asks first for a
     * folder of that id; that there is none is an answer.
     */
    static List<String> errorsOf(Page page) {
        List<String> errors = new java.util.concurrent.CopyOnWriteArrayList<>();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.location().contains("/api/folders/")) {
                errors.add(message.text() + " " + message.location());
            }
        });
        page.onPageError(errors::add);
        return errors;
    }

    @Override
    public void close() {
        ScheduledFuture<?> end = watch.schedule(Chromium::end, CLOSING.toSeconds(), TimeUnit.SECONDS);
        try {
            browser.close();
        } catch (PlaywrightException e) {
            if (browser.isConnected()) {
                throw e;
            }
        } finally {
            end.cancel(false);
            watch.shutdownNow();
        }
        playwright.close();
    }
}
