package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.SelectOption;
import com.microsoft.playwright.options.WaitForSelectorState;
import jakarta.json.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.bascule.agent.desktop.x11.DisplayTools;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The desktop of a real device with a real display, in a real browser: by its pixels, and by what its window sees (TOOL-1, TOOL-2). */
@ExtendWith(RunningSystem.class)
class DesktopIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);
    /** As much as reaches the device if anything does. */
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    /** A lock of the device's own input lasts 5 s longer than the connection. */
    private static final Duration FREED = Duration.ofSeconds(10);
    /** Of a finger. */
    private static final Duration LONG_PRESS = Duration.ofMillis(1_300);

    private static final String LOCK = "Lock local input";
    private static final String NAME = "has-a-desktop";
    private static final String RED = RemotePicture.RED;
    private static final String GREEN = RemotePicture.GREEN;
    private static final String BLUE = RemotePicture.BLUE;
    private static final List<String> RELAYS = List.of("relay-1", "relay-2");
    private static final String CANVAS = ".desktop__screen canvas";
    private static final String[] ALL_ABOUT_DESKTOPS = {"view-desktop", "control-desktop"};

    @RegisterExtension
    static final DeviceWithDisplay DEVICE = new DeviceWithDisplay(NAME);

    private static TheSystem system;
    private static Api api;
    private static String uid;

    private final Outages outages = new Outages(system);

    @BeforeAll
    static void theSystem() {
        system = TheSystem.get();
        api = system.api("automation");
        uid = DEVICE.uid();
    }

    @AfterEach
    void everythingIsBack() throws Exception {
        outages.close();
    }

    // ---- what a person does

    private static Page opened(BrowserContext person) {
        Page page = PageParts.signedIn(system, person, "engineer");
        page.navigate(system.url() + "/devices/" + uid + "/desktop");
        return page;
    }

    /** The page, once it shows the window. */
    private static Page shown(BrowserContext person) {
        Page page = opened(person);
        awaitPixel(page, RED, LIMIT);
        return page;
    }

    private static String pixel(Page page) {
        return RemotePicture.pixel(page, CANVAS);
    }

    private static Duration awaitPixel(Page page, String colour, Duration within) {
        return RemotePicture.await(page, CANVAS, colour, within);
    }

    /** On a point of the device's screen. */
    private static void click(Page page, int x, int y) {
        Locator canvas = page.locator(CANVAS);
        BoundingBox box = canvas.boundingBox();
        canvas.click(new Locator.ClickOptions()
                .setPosition(x * box.width / TestDisplay.WIDTH, y * box.height / TestDisplay.HEIGHT));
    }

    private static boolean isPressed(Page page, String button) {
        return "true".equals(PageParts.button(page, button).getAttribute("aria-pressed"));
    }

    private static void mode(Page page, String mode) {
        PageParts.button(page, mode).click();
        Eventually.within(LIMIT, "the mode is " + mode, () -> isPressed(page, mode));
    }

    private static void pass(Duration time) {
        java.util.concurrent.locks.LockSupport.parkNanos(time.toNanos());
    }

    // ---- tests

    @Test
    void whatIsClickedAndTypedReachesTheWindowAndIsSeen() throws IOException {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            List<String> errors = Chromium.errorsOf(page);
            String bar = page.locator(".session-bar").innerText();
            assertThat(bar).contains("End-to-end encrypted");

            long clicked = System.nanoTime();
            click(page, 300, 500);
            awaitPixel(page, GREEN, LIMIT);
            System.out.printf(
                    "click to changed pixel, with the polling of the test: %d ms%n",
                    Duration.ofNanos(System.nanoTime() - clicked).toMillis());
            // as exactly as the picture is scaled
            assertThat(DEVICE.display().said()).containsPattern("pressed 1 (29[6-9]|30[0-4]) (49[6-9]|50[0-4])\n");

            page.keyboard().type("aB1");
            // of a keyboard that has it: the test's own would only put the letter into a field
            page.locator(CANVAS)
                    .evaluate(
                            "canvas => ['keydown', 'keyup'].forEach(type => canvas.dispatchEvent("
                                    + "new KeyboardEvent(type, {key: 'ü', code: 'BracketLeft', bubbles: true, cancelable: true})))");
            for (String character : List.of("a", "B", "1", "ü")) {
                DEVICE.display().awaitSaid("typed " + character);
            }
            // Ctrl+Esc, which a browser's machine may keep for itself
            PageParts.choose(page, "Keys", "Ctrl+Esc");
            DEVICE.display().awaitSaid("down 27 128");

            assertThat(page.getByRole(AriaRole.TOOLBAR, new Page.GetByRoleOptions().setName("Tools of the desktop"))
                            .isVisible())
                    .isTrue();
            PageParts.expectUsable(page, "desktop");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-1280.png")));

            Download download = page.waitForDownload(
                    () -> PageParts.button(page, "Screenshot").click());
            BufferedImage saved = ImageIO.read(download.path().toFile());
            assertThat(saved.getWidth()).isEqualTo(TestDisplay.WIDTH);
            assertThat(saved.getHeight()).isEqualTo(TestDisplay.HEIGHT);
            assertThat((saved.getRGB(TestDisplay.WIDTH / 2, TestDisplay.HEIGHT / 2) >> 8) & 0xff)
                    .isGreaterThan(240);

            page.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Size"))
                    .selectOption("full");
            Eventually.within(
                    LIMIT, "1:1", () -> Math.round(page.locator(CANVAS).boundingBox().width) == TestDisplay.WIDTH);
            page.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Size"))
                    .selectOption("fit");
            page.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Quality"))
                    .selectOption("3");
            DEVICE.display().order("blue");
            awaitPixel(page, BLUE, LIMIT);

            page.setViewportSize(PageParts.PHONE, 844);
            PageParts.expectUsable(page, "desktop on a phone");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-390.png")));
            click(page, 300, 500);
            awaitPixel(page, GREEN, LIMIT);
            assertThat(errors).isEmpty();
        }
        assertThat(api.items("/api/audit?limit=200&device=" + uid).toString()).contains("desktop-control");
    }

    @Test
    void theClipboardGoesBothWays() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            PageParts.button(page, "Clipboard").click();
            page.getByLabel("Text for the device").fill("Zähler 42 €");
            PageParts.button(page, "Send to the device").click();
            page.getByText("The text is on the device's clipboard.").waitFor();
            Eventually.within(LIMIT, "it is pasted", () -> {
                DEVICE.display().order("paste");
                pass(Duration.ofMillis(300));
                return DEVICE.display().count("pasted Zähler 42 €") > 0;
            });

            DEVICE.display().order("copy Grüße vom Gerät <b>✓</b>");
            Locator from = page.getByLabel("Text from the device");
            Eventually.within(LIMIT, "it came", () -> from.inputValue().equals("Grüße vom Gerät <b>✓</b>"));
            PageParts.expectUsable(page, "clipboard of a desktop");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-clipboard.png")));

            PageParts.open(page, system.url() + "/devices");
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Desktop of " + NAME))
                    .waitFor();
            PageParts.expectUsable(page, "devices with desktops");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-list.png")));
        }
    }

    @Test
    void nothingReachesTheWindowWhileOneOnlyLooks() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            mode(page, "View");
            long before = DEVICE.display().count("(pressed|typed|down).*");
            click(page, 300, 500);
            page.keyboard().type("xyz");
            pass(LONG_ENOUGH);
            assertThat(DEVICE.display().count("(pressed|typed|down).*")).isEqualTo(before);
            assertThat(pixel(page)).isEqualTo(RED);
            mode(page, "Control");
            click(page, 300, 500);
            awaitPixel(page, GREEN, LIMIT);
        }
    }

    /** Where the policy wants a full log. */
    @Test
    void whoSwitchesBetweenLookingAndControllingIsInTheLog() {
        String policy = "/api/session-policies/" + uid;
        String etag = "\"" + api.getJson(policy).getString("etag") + "\"";
        Api.expect(200, api.put(policy, "{\"consent\":\"never\",\"fullLog\":true}", "If-Match", etag));
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            String sid = session().getString("sid");
            awaitLogged(sid, List.of("control"), List.of());
            mode(page, "View");
            awaitLogged(sid, List.of("control", "view"), List.of("control"));
            mode(page, "Control");
            awaitLogged(sid, List.of("control", "view", "control"), List.of("control", "view"));
        }
        Api.expect(
                204,
                api.send(
                        "DELETE",
                        policy,
                        HttpRequest.BodyPublishers.noBody(),
                        "If-Match",
                        "\"" + api.getJson(policy).getString("etag") + "\""));
    }

    private static JsonObject session() {
        return api.items("/api/sessions?device=" + uid).get(0);
    }

    private static void awaitLogged(String sid, List<String> begun, List<String> ended) {
        try {
            Eventually.within(
                    LIMIT,
                    "it is in the log",
                    () -> logged(sid, "session.tool-start").equals(begun)
                            && logged(sid, "session.tool-end").equals(ended));
        } catch (AssertionError e) {
            throw new AssertionError(
                    api.items("/api/audit?limit=200&session=" + sid).toString(), e);
        }
    }

    /** The modes of the desktop, oldest first. */
    private static List<String> logged(String sid, String code) {
        List<String> modes = new ArrayList<>();
        for (JsonObject entry : api.items("/api/audit?limit=200&session=" + sid + "&code=" + code)) {
            modes.add(0, entry.toString().contains("control") ? "control" : "view");
        }
        return modes;
    }

    /** Somebody at the device types a letter. */
    private static void typeThere(char letter) throws Exception {
        DisplayTools.typeAtTheDevice(DEVICE.display().name(), letter, 1);
    }

    private static void lock(Page page) throws Exception {
        PageParts.button(page, LOCK).click();
        Eventually.within(LIMIT, "it is locked", () -> isPressed(page, LOCK));
    }

    private static boolean isFree() {
        try {
            return !DisplayTools.attached(DEVICE.display().name()).containsValue(false);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theDevicesOwnInputIsLockedUntilTheConnectionIsLostForSeconds() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            typeThere('a');
            DEVICE.display().awaitSaid("typed a");
            lock(page);
            typeThere('b');
            pass(Duration.ofMillis(500));
            page.locator(CANVAS).focus();
            page.keyboard().type("c");
            DEVICE.display().awaitSaid("typed c");
            assertThat(DEVICE.display().count("typed b")).isZero();
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-lock-1280.png")));

            for (String relay : RELAYS) {
                outages.kill(relay);
            }
            page.getByText("The connection is lost for now.").waitFor();
            Duration freed = Eventually.within(FREED, "it is free", DesktopIT::isFree);
            System.out.printf("connection lost; the device's own input is free after %d ms%n", freed.toMillis());
            typeThere('d');
            DEVICE.display().awaitSaid("typed d");
            for (String relay : RELAYS) {
                outages.start(relay);
            }
            Eventually.within(LIMIT, "that is said", () -> page.getByText("Mouse and keyboard at the device work again")
                    .isVisible());
            assertThat(isPressed(page, LOCK)).isFalse();
            PageParts.expectUsable(page, "a desktop whose lock has ended");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-unlocked-1280.png")));
            lock(page);
            typeThere('e');
            pass(Duration.ofMillis(500));
            assertThat(DEVICE.display().count("typed e")).isZero();
        }
        Eventually.within(LIMIT, "it is free when the session has ended", DesktopIT::isFree);
    }

    @Test
    void theDevicesOwnInputIsFreeWhenTheAgentIsKilled() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            lock(shown(person));
            DEVICE.device().kill();
            Duration freed = Eventually.within(FREED, "it is free", DesktopIT::isFree);
            System.out.printf("agent killed; the device's own input is free after %d ms%n", freed.toMillis());
            typeThere('a');
            DEVICE.display().awaitSaid("typed a");
        } finally {
            DEVICE.device().startAgainOnline();
        }
    }

    private static int widthOf(Page page) {
        return (int) page.locator(CANVAS).evaluate("canvas => canvas.width");
    }

    @Test
    void oneOfTwoMonitorsIsShownAndPointedAt() throws Exception {
        DisplayTools.split(DEVICE.display().name(), TestDisplay.WIDTH, TestDisplay.HEIGHT);
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            Locator monitor = page.getByRole(
                    AriaRole.COMBOBOX,
                    new Page.GetByRoleOptions().setName("Monitor").setExact(true));
            assertThat(monitor.locator("option").allTextContents())
                    .containsExactly("All monitors", "left (512 × 768)", "right (512 × 768)");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-monitors-1280.png")));
            monitor.selectOption(new SelectOption().setLabel("right (512 × 768)"));
            Eventually.within(LIMIT, "one of them", () -> widthOf(page) == TestDisplay.WIDTH / 2);
            awaitPixel(page, RED, LIMIT);
            page.locator(CANVAS).click();
            awaitPixel(page, GREEN, LIMIT);
            assertThat(DEVICE.display().said()).containsPattern("pressed 1 (76[5-9]|77[01]) 3[78]\\d\n");
            monitor.selectOption("");
            Eventually.within(LIMIT, "all of them", () -> widthOf(page) == TestDisplay.WIDTH);
            page.setViewportSize(PageParts.PHONE, 844);
            PageParts.expectUsable(page, "two monitors on a phone");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-monitors-390.png")));
        }
    }

    @Test
    void itFillsTheScreenAndLeavesItAgain() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            PageParts.button(page, "Full screen").click();
            Eventually.within(
                    LIMIT,
                    "it fills the screen",
                    () -> isPressed(page, "Full screen")
                            && (boolean) page.evaluate("document.fullscreenElement !== null"));
            BoundingBox tool = page.locator(".desktop-tool").boundingBox();
            assertThat(tool.x).isZero();
            assertThat(tool.y).isZero();
            assertThat((int) tool.width).isEqualTo((int) page.evaluate("innerWidth"));
            assertThat((int) tool.height).isEqualTo((int) page.evaluate("innerHeight"));
            click(page, 300, 500);
            awaitPixel(page, GREEN, LIMIT);
            PageParts.choose(page, "Keys", "Ctrl+Esc");
            DEVICE.display().awaitSaid("down 27 128");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-full-1280.png")));
            PageParts.button(page, "Full screen").click();
            Eventually.within(LIMIT, "it leaves it", () -> !isPressed(page, "Full screen"));
            assertThat(page.locator(".desktop-tool").boundingBox().y).isPositive();
        }
    }

    @Test
    void fingersOnAPhonePointScrollAndType() {
        try (BrowserContext person = system.chromium().withPhone()) {
            Page page = shown(person);
            List<String> errors = Chromium.errorsOf(page);
            page.getByText("Two fingers or a long press: right button.").waitFor();
            BoundingBox box = page.locator(CANVAS).boundingBox();
            double x = box.x + box.width / 2;
            double y = box.y + box.height * 0.6;
            Fingers fingers = new Fingers(page);
            fingers.down(x, y);
            fingers.up();
            awaitPixel(page, GREEN, LIMIT);
            assertThat(DEVICE.display().said()).containsPattern("pressed 1 5[01]\\d 4[56]\\d\n");

            fingers.down(x, y);
            pass(LONG_PRESS);
            fingers.up();
            Eventually.within(LIMIT, "a long one is the right button", () -> rightButton() == 1);
            fingers.down(x - 30, y, x + 30, y);
            fingers.up();
            Eventually.within(LIMIT, "so are two", () -> rightButton() == 2);

            fingers.down(x - 20, y + 50, x + 20, y + 50);
            for (int moved = 40; moved >= -100; moved -= 10) {
                fingers.move(x - 20, y + moved, x + 20, y + moved);
                pass(Duration.ofMillis(20));
            }
            fingers.up();
            Eventually.within(
                    LIMIT, "upwards is down the page", () -> DEVICE.display().count("wheel 1") > 0);
            assertThat(DEVICE.display().count("wheel -1")).isZero();

            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-phone-390.png")));
            PageParts.button(page, "Keyboard").tap();
            page.getByLabel("Type here for the device").waitFor();
            page.keyboard().insertText("hü");
            DEVICE.display().awaitSaid("typed h");
            DEVICE.display().awaitSaid("typed ü");
            page.keyboard().press("Enter");
            DEVICE.display().awaitSaid("down 10 0");
            PageParts.expectUsable(page, "a desktop under fingers");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-phone-typing-390.png")));
            assertThat(errors).isEmpty();
        }
    }

    private static long rightButton() {
        return DEVICE.display().count("pressed 3 .*");
    }

    @Test
    void whoMayOnlyLookIsToldWhoDecides() {
        try (Denied denied = Denied.of(api, uid, "control-desktop", "clipboard-to-device");
                BrowserContext person = system.chromium().person()) {
            assertThat(denied.entries()).hasSize(2);
            Page page = shown(person);
            page.getByText("You can look, but not control.").waitFor();
            assertThat(PageParts.button(page, "Control").isDisabled()).isTrue();
            click(page, 300, 500);
            pass(LONG_ENOUGH);
            assertThat(DEVICE.display().count("(pressed|typed|down).*")).isZero();
            PageParts.expectUsable(page, "desktop that is only looked at");
            assertThat(system.api("engineer")
                            .post("/api/sessions", "{\"device\":\"" + uid + "\",\"operations\":[\"desktop-control\"]}")
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void withoutThePermissionThereIsASentence() {
        try (Denied denied = Denied.of(api, uid, ALL_ABOUT_DESKTOPS);
                BrowserContext person = system.chromium().person()) {
            assertThat(denied.entries()).hasSize(2);
            Page page = opened(person);
            page.getByText("You do not have the permission to see the desktop of this device.")
                    .waitFor();
            page.navigate(system.url() + "/devices/" + uid);
            PageParts.link(page, "Terminal").first().waitFor();
            assertThat(PageParts.link(page, "Desktop").count()).isZero();
        }
    }

    @Test
    void aRightThatIsTakenAwayTakesEffectWithinFiveSecondsAndSaysWhy() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            try (Denied control = Denied.of(api, uid, "control-desktop")) {
                assertThat(control.entries()).hasSize(1);
                Duration taken = Eventually.within(REACHES_SESSIONS, "one only looks", () -> isPressed(page, "View"));
                click(page, 300, 500);
                pass(LONG_ENOUGH);
                assertThat(DEVICE.display().count("pressed.*")).isZero();
                try (Denied all = Denied.of(api, uid, "view-desktop")) {
                    assertThat(all.entries()).hasSize(1);
                    Duration ended = Eventually.within(
                            REACHES_SESSIONS,
                            "the session ends, with the reason",
                            () -> page.getByText("was taken away").isVisible());
                    System.out.printf(
                            "control taken away after %d ms, the desktop after %d ms%n",
                            taken.toMillis(), ended.toMillis());
                    assertThat(page.locator(CANVAS).count()).isZero();
                    page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-taken.png")));
                }
            }
        }
    }

    @Test
    void itGoesOnThoughTheRelayIsKilled() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            String killed = api.items("/api/sessions").stream()
                    .filter(session -> session.toString().contains(uid))
                    .findFirst()
                    .orElseThrow()
                    .getString("relay");
            outages.kill(killed);
            DEVICE.display().order("blue");
            System.out.printf(
                    "relay killed, then changed; seen after %d ms%n",
                    awaitPixel(page, BLUE, Duration.ofSeconds(20)).toMillis());
            click(page, 300, 500);
            awaitPixel(page, GREEN, LIMIT);
            assertThat(page.locator(".session-bar").innerText())
                    .contains("End-to-end encrypted")
                    .doesNotContain(killed);
        }
    }

    @Test
    void whatIsDoneDuringABreakIsNotDoneLater() throws Exception {
        try (BrowserContext person = system.chromium().person()) {
            Page page = shown(person);
            BoundingBox box = page.locator(CANVAS).boundingBox();
            for (String relay : RELAYS) {
                outages.kill(relay);
            }
            Locator veil = page.getByText("The connection is lost for now.");
            veil.waitFor();
            for (int i = 0; i < 5; i++) {
                page.mouse().click(box.x + box.width / 2, box.y + box.height * 2 / 3);
                page.keyboard().type("x");
            }
            PageParts.expectUsable(page, "desktop whose connection is lost");
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/desktop-lost.png")));
            for (String relay : RELAYS) {
                outages.start(relay);
            }
            DEVICE.display().order("blue");
            awaitPixel(page, BLUE, LIMIT);
            veil.waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
            assertThat(DEVICE.display().count("(pressed|typed|down).*")).isZero();
            click(page, 300, 500);
            awaitPixel(page, GREEN, LIMIT);
            assertThat(DEVICE.display().count("pressed.*")).isOne();
        }
    }

    @Test
    void withoutADisplayThereIsASentence() {
        DEVICE.device().shows();
        DEVICE.display().close();
        try (BrowserContext person = system.chromium().person()) {
            Page page = opened(person);
            page.getByText("Nobody is signed in to a graphical desktop of this device, or it has none.")
                    .waitFor();
            PageParts.expectUsable(page, "no desktop");
        }
    }
}
