package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.WaitForSelectorState;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Somebody watches what somebody else does on a real device, both in real browsers (AUD-8). */
@ExtendWith(RunningSystem.class)
class WatchIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);
    /** The server looks every few seconds. */
    private static final Duration TIME_IS_SEEN = Duration.ofSeconds(30);

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    private static final String NAME = "is-watched";
    private static final String WORKS = ".desktop__screen canvas";
    private static final String WATCHES = ".watched__desktop canvas";
    private static final String TOLD = "viewer watches";
    private static final String[] TO_WATCH = {"view-connection-log", "watch-sessions", "end-sessions"};

    @RegisterExtension
    static final DeviceWithDisplay DEVICE = new DeviceWithDisplay(NAME);

    private static TheSystem system;
    private static Api api;

    private final Outages outages = new Outages(system);

    @BeforeAll
    static void theSystem() {
        system = TheSystem.get();
        api = system.api("automation");
    }

    @AfterEach
    void everythingIsBack() throws Exception {
        outages.close();
    }

    /** Who works and who watches, each with a browser, and what the one who watches may do. */
    private static final class People implements AutoCloseable {
        private final BrowserContext engineer = system.chromium().person();
        private final BrowserContext viewer = system.chromium().person();
        private final Allowed allowed;

        People(String... permissions) {
            allowed = Allowed.of(api, DEVICE.uid(), "viewer", permissions);
            assertThat(allowed.entries()).hasSize(permissions.length);
        }

        @Override
        public void close() {
            allowed.close();
            viewer.close();
            engineer.close();
        }
    }

    private static JsonObject session() {
        return sessionOf("engineer");
    }

    private static JsonObject sessionOf(String user) {
        return api.items("/api/sessions?device=" + DEVICE.uid()).stream()
                .filter(each -> each.getJsonObject("user").getString("name").equals(user))
                .findFirst()
                .orElseThrow();
    }

    private static Page desktop(BrowserContext engineer) {
        Page page = PageParts.signedIn(system, engineer, "engineer");
        page.navigate(system.url() + "/devices/" + DEVICE.uid() + "/desktop");
        RemotePicture.await(page, WORKS, RemotePicture.RED, LIMIT);
        return page;
    }

    /** From the list of sessions, as a person goes there. */
    private static Page watching(BrowserContext viewer) {
        Page page = PageParts.signedIn(system, viewer, "viewer");
        watch(page);
        return page;
    }

    private static void watch(Page page) {
        page.navigate(system.url() + "/sessions");
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Watch the session of engineer on " + NAME))
                .first()
                .click();
    }

    private static void endThatOf(Page watches, Page works) {
        PageParts.button(watches, "End").click();
        PageParts.inDialog(watches, AriaRole.BUTTON, "End").click();
        Duration taken = Eventually.within(
                REACHES_SESSIONS, "the reason", () -> works.getByText("An administrator ended the session.")
                        .first()
                        .isVisible());
        System.out.printf("ended by the watcher; the reason is on the other's screen after %d ms%n", taken.toMillis());
        alert(watches, "The session has ended").waitFor();
        alert(watches, "Nobody works in it any more.").waitFor();
    }

    private static Locator alert(Page page, String text) {
        return page.getByRole(AriaRole.ALERT)
                .filter(new Locator.FilterOptions().setHasText(text))
                .first();
    }

    private static void pass(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    @Test
    void whoMayNotWatchSeesNothing() {
        try (People people = new People("view-connection-log")) {
            Page works = PageParts.signedIn(system, people.engineer, "engineer");
            BrowserTerminal.open(works, system.url(), DEVICE.uid()).awaitPrompt();
            String sid = session().getString("sid");
            Page page = PageParts.signedIn(system, people.viewer, "viewer");
            PageParts.open(page, system.url() + "/sessions");
            page.getByText(NAME).first().waitFor();
            assertThat(PageParts.link(page, "Watch the session of engineer on " + NAME)
                            .count())
                    .isZero();
            page.navigate(system.url() + "/sessions/" + sid + "/watch?device=" + DEVICE.uid());
            page.getByText("You do not have the permission to watch sessions on this device.")
                    .waitFor();
            assertThat(page.locator(".watched").count()).isZero();
            assertThat(works.getByText(TOLD).count()).isZero();
            assertThat(system.api("viewer")
                            .post(
                                    "/api/sessions",
                                    "{\"device\":\"" + DEVICE.uid() + "\",\"operations\":[\"watch:" + sid + "\"]}")
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void aTerminalIsWatchedAndEnded() {
        try (People people = new People(TO_WATCH)) {
            Page works = PageParts.signedIn(system, people.engineer, "engineer");
            BrowserTerminal terminal = BrowserTerminal.open(works, system.url(), DEVICE.uid());
            terminal.awaitPrompt();
            Page watches = watching(people.viewer);
            works.getByText(TOLD).waitFor();
            terminal.enter("echo se''en-$((40+2))");
            watches.locator(".watched .xterm-rows").getByText("seen-42").first().waitFor();
            watches.locator(".watched").first().click();
            watches.keyboard().type("echo intru''der\n");
            pass(LONG_ENOUGH);
            assertThat(terminal.screen()).doesNotContain("intruder");
            PageParts.expectUsable(watches, "watching a terminal");
            assertThat(DEVICE.device().says("status").output()).contains("viewer");
            endThatOf(watches, works);
        }
        Eventually.within(LIMIT, "it is in the log", () -> api.items("/api/audit?limit=200&device=" + DEVICE.uid())
                .toString()
                .contains("session.watch-end"));
    }

    /** By whoever is there, without a session (DEV-6). */
    @Test
    void aTerminalIsWatchedAndEndedAtTheDevice() {
        try (BrowserContext engineer = system.chromium().person()) {
            Page works = PageParts.signedIn(system, engineer, "engineer");
            BrowserTerminal terminal = BrowserTerminal.open(works, system.url(), DEVICE.uid());
            terminal.awaitPrompt();
            try (Program here = DEVICE.device().starts("watch", "engineer")) {
                works.getByText("on the command line watches").waitFor();
                terminal.enter("echo se''en-$((40+2))");
                Eventually.within(
                        LIMIT, "it is read there", () -> here.outputSoFar().contains("\nseen-42\n"));
                assertThat(DEVICE.device()
                                .says("end", session().getString("sid"))
                                .exit())
                        .isZero();
                alert(works, "ended at the device").waitFor();
                Program.Result closed = here.finish(LIMIT);
                assertThat(closed.exit()).isZero();
                assertThat(closed.output()).contains("The terminal is closed.");
            }
        }
    }

    @Test
    void aDesktopIsWatchedNotTouchedAndEnded() {
        try (People people = new People(TO_WATCH)) {
            Page works = desktop(people.engineer);
            Page watches = watching(people.viewer);
            works.getByText(TOLD).waitFor();
            RemotePicture.await(watches, WATCHES, RemotePicture.RED, LIMIT);
            DEVICE.display().order("blue");
            Duration seen = RemotePicture.await(watches, WATCHES, RemotePicture.BLUE, LIMIT);
            System.out.printf("changed; seen by the watcher after %d ms%n", seen.toMillis());

            Locator canvas = watches.locator(WATCHES);
            BoundingBox box = canvas.boundingBox();
            canvas.click(new Locator.ClickOptions().setPosition(box.width / 2, box.height * 0.75));
            watches.keyboard().type("xyz");
            pass(LONG_ENOUGH);
            assertThat(DEVICE.display().count("(pressed|typed|down).*")).isZero();
            PageParts.expectUsable(watches, "watching a desktop");
            watches.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/watch-desktop-1280.png")));
            watches.setViewportSize(PageParts.PHONE, 844);
            PageParts.expectUsable(watches, "watching a desktop on a phone");
            watches.setViewportSize(PageParts.DESK, 844);
            // who works there still does
            BoundingBox there = works.locator(WORKS).boundingBox();
            works.locator(WORKS).click(new Locator.ClickOptions().setPosition(there.width / 2, there.height * 0.75));
            RemotePicture.await(watches, WATCHES, RemotePicture.GREEN, LIMIT);
            endThatOf(watches, works);
            assertThat(watches.locator(WATCHES).count()).isZero();
        }
    }

    /** It runs on the device, which has a display: there both have a banner. */
    @Test
    void theScreenOfAVncServerIsWatchedNotTouchedAndEnded() throws IOException {
        try (TestVncServer server = new TestVncServer(Files.createDirectories(system.folder("watched-vnc-server")));
                People people = new People(TO_WATCH)) {
            Page works = PageParts.signedIn(system, people.engineer, "engineer");
            works.navigate(system.url() + "/devices/" + DEVICE.uid() + "/desktop?vnc=device:" + server.port());
            PageParts.inDialog(works, AriaRole.TEXTBOX, "Password of the VNC server")
                    .fill(TestVncServer.PASSWORD);
            PageParts.inDialog(works, AriaRole.BUTTON, "Sign in").click();
            RemotePicture.await(works, WORKS, RemotePicture.RED, LIMIT);
            Page watches = watching(people.viewer);
            works.getByText(TOLD).waitFor();
            RemotePicture.await(watches, WATCHES, RemotePicture.RED, LIMIT);
            watches.getByText("Screen of the VNC server").waitFor();

            Locator canvas = watches.locator(WATCHES);
            BoundingBox box = canvas.boundingBox();
            canvas.click(new Locator.ClickOptions().setPosition(box.width / 2, box.height * 0.75));
            watches.keyboard().type("xyz");
            pass(LONG_ENOUGH);
            assertThat(server.count("(pressed|typed|down).*")).isZero();
            BoundingBox there = works.locator(WORKS).boundingBox();
            works.locator(WORKS).click(new Locator.ClickOptions().setPosition(there.width / 2, there.height * 0.75));
            RemotePicture.await(watches, WATCHES, RemotePicture.GREEN, LIMIT);
            RemotePicture.await(works, WORKS, RemotePicture.GREEN, LIMIT);
            String status = DEVICE.device().says("status").output();
            assertThat(status)
                    .contains(
                            "vnc:device:" + server.port(), "watch:" + session().getString("sid"));

            PageParts.expectUsable(watches, "watching a VNC server");
            watches.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/watch-vnc-1280.png")));
            watches.setViewportSize(PageParts.PHONE, 844);
            PageParts.expectUsable(watches, "watching a VNC server on a phone");
            watches.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/watch-vnc-390.png")));
            endThatOf(watches, works);
            assertThat(watches.locator(WATCHES).count()).isZero();
        }
    }

    @Test
    void watchingGoesOnThroughAnotherRelayAndEndsWithTheRight() throws Exception {
        try (People people = new People("view-connection-log")) {
            Page works = desktop(people.engineer);
            Page watches;
            try (Allowed allowed = Allowed.of(api, DEVICE.uid(), "viewer", "watch-sessions")) {
                assertThat(allowed.entries()).hasSize(1);
                watches = watching(people.viewer);
                RemotePicture.await(watches, WATCHES, RemotePicture.RED, LIMIT);
                works.getByText(TOLD).waitFor();
                outages.kill(session().getString("relay"));
                DEVICE.display().order("blue");
                RemotePicture.await(watches, WATCHES, RemotePicture.BLUE, LIMIT);
                RemotePicture.await(works, WORKS, RemotePicture.BLUE, LIMIT);
            }
            Duration taken = Eventually.within(REACHES_SESSIONS, "it ends, with the reason", () -> watches.getByText(
                            "your permission was taken away")
                    .isVisible());
            System.out.printf("the right to watch taken away; the reason is there after %d ms%n", taken.toMillis());
            assertThat(watches.locator(WATCHES).count()).isZero();
            works.getByText(TOLD).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            DEVICE.display().order("blue");
            assertThat(works.getByText("End-to-end encrypted").first().isVisible())
                    .isTrue();
        }
    }

    /** Its own session, by an administrator; who works there goes on. */
    @Test
    void anAdministratorEndsTheWatchingAlone() {
        try (People people = new People(TO_WATCH)) {
            Page works = desktop(people.engineer);
            Page watches = watching(people.viewer);
            RemotePicture.await(watches, WATCHES, RemotePicture.RED, LIMIT);
            works.getByText(TOLD).waitFor();
            Api.expect(
                    204,
                    api.post(
                            "/api/sessions/" + sessionOf("viewer").getString("sid") + "/end",
                            "{\"reason\":\"ended-by-administrator\"}"));
            expectEnd(REACHES_SESSIONS, watches, "ended by an administrator", "An administrator ended the session.");
            works.getByText(TOLD).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            DEVICE.display().order("blue");
            RemotePicture.await(works, WORKS, RemotePicture.BLUE, LIMIT);
        }
    }

    /** Of the watcher's session; who works there goes on. Then that of the session that is watched is over, too, and the watcher hears why it is alone. */
    @Test
    void theTimeOfEitherSessionIsOver() throws SQLException {
        try (People people = new People(TO_WATCH)) {
            Page works = desktop(people.engineer);
            Page watches = watching(people.viewer);
            RemotePicture.await(watches, WATCHES, RemotePicture.RED, LIMIT);
            works.getByText(TOLD).waitFor();
            SessionTime.end(system, List.of(sessionOf("viewer").getString("sid")));
            expectEnd(TIME_IS_SEEN, watches, "its time over", "The longest time of a session is over.");
            works.getByText(TOLD).waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED));
            DEVICE.display().order("blue");
            RemotePicture.await(works, WORKS, RemotePicture.BLUE, LIMIT);

            watch(watches);
            RemotePicture.await(watches, WATCHES, RemotePicture.BLUE, LIMIT);
            SessionTime.end(system, List.of(sessionOf("engineer").getString("sid")));
            expectEnd(TIME_IS_SEEN, watches, "the watched one's time over", "Nobody works in it any more.");
            alert(works, "The longest time of a session is over.").waitFor();
        }
    }

    private static void expectEnd(Duration within, Page watches, String what, String reason) {
        Duration taken = Eventually.within(
                within, "the reason", () -> alert(watches, reason).isVisible());
        System.out.printf("watching %s; the reason is there after %d ms%n", what, taken.toMillis());
        assertThat(watches.locator(".watched").count()).isZero();
    }

    @Test
    void theRightToWatchATerminalIsTakenAway() {
        try (People people = new People("view-connection-log")) {
            Page works = PageParts.signedIn(system, people.engineer, "engineer");
            BrowserTerminal terminal = BrowserTerminal.open(works, system.url(), DEVICE.uid());
            terminal.awaitPrompt();
            Page watches;
            try (Allowed allowed = Allowed.of(api, DEVICE.uid(), "viewer", "watch-sessions")) {
                assertThat(allowed.entries()).hasSize(1);
                watches = watching(people.viewer);
                terminal.enter("echo be''fore-$((40+2))");
                watches.locator(".watched .xterm-rows")
                        .getByText("before-42")
                        .first()
                        .waitFor();
            }
            expectEnd(REACHES_SESSIONS, watches, "a terminal: the right taken away", "your permission was taken away");
            terminal.enter("echo af''ter-$((40+2))");
            works.locator(".xterm-rows").getByText("after-42").first().waitFor();
        }
    }

    /** The watcher's relay is killed, and then comes the switch. */
    @Test
    void watchingATerminalGoesOnThroughAnotherRelayAndEndsWithTheSwitch() throws Exception {
        try (People people = new People(TO_WATCH)) {
            Page works = PageParts.signedIn(system, people.engineer, "engineer");
            BrowserTerminal terminal = BrowserTerminal.open(works, system.url(), DEVICE.uid());
            terminal.awaitPrompt();
            Page watches = watching(people.viewer);
            works.getByText(TOLD).waitFor();
            outages.kill(sessionOf("viewer").getString("relay"));
            terminal.enter("echo an''other-$((40+2))");
            watches.locator(".watched .xterm-rows")
                    .getByText("another-42")
                    .first()
                    .waitFor();
            assertThat(DEVICE.device().says("off", "--reason", "welding").exit())
                    .isZero();
            expectEnd(REACHES_SESSIONS, watches, "switched off", "Remote access was switched off at the device.");
        } finally {
            assertThat(DEVICE.device().says("on").exit()).isZero();
            Eventually.within(LIMIT, "on again", () -> api.getJson("/api/devices/" + DEVICE.uid())
                    .getJsonObject("switch")
                    .getBoolean("on"));
        }
    }
}
