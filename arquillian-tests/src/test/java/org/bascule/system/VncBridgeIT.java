package org.bascule.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A VNC server on a device and behind it, in a real browser: by its pixels, and by what its window sees (TOOL-6). */
@ExtendWith(RunningSystem.class)
class VncBridgeIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration REACHES_SESSIONS = Duration.ofSeconds(5);
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

    private static final String NAME = "has-a-vnc-server";
    private static final String RED = "255,0,0";
    private static final String GREEN = "0,255,0";
    private static final String CANVAS = ".desktop__screen canvas";

    private static TheSystem system;
    private static Api api;
    private static String uid;
    private static EnrolledDevice device;
    private static TestVncServer server;

    @BeforeAll
    static void aDeviceWithAServer() throws IOException {
        system = TheSystem.get();
        api = system.api("automation");
        server = new TestVncServer(Files.createDirectories(system.folder("vnc-server")));
        device = EnrolledDevice.start(system, NAME);
        uid = device.uid();
    }

    @AfterAll
    static void stop() {
        device.close();
        server.close();
    }

    // ---- what a person does

    private static Page asked(Page page, String source) {
        page.navigate(system.url() + "/devices/" + uid + "/desktop?vnc=" + source);
        PageParts.inDialog(page, AriaRole.TEXTBOX, "Password of the VNC server").waitFor();
        return page;
    }

    private static void password(Page page, String text) {
        PageParts.inDialog(page, AriaRole.TEXTBOX, "Password of the VNC server").fill(text);
        PageParts.inDialog(page, AriaRole.BUTTON, "Sign in").click();
    }

    private static String pixel(Page page) {
        return String.valueOf(page.evaluate(
                """
                (selector) => {
                  const canvas = document.querySelector(selector);
                  if (canvas === null || canvas.width < 2) return '';
                  const at = canvas.getContext('2d').getImageData(canvas.width * 0.75, canvas.height * 0.75, 1, 1).data;
                  return [...at.slice(0, 3)].map((value) => value > 240 ? 255 : value < 15 ? 0 : value).join();
                }
                """,
                CANVAS));
    }

    private static void awaitPixel(Page page, String... colours) {
        try {
            Eventually.within(LIMIT, "the pixel is " + String.join(" or ", colours), () -> java.util.List.of(colours)
                    .contains(pixel(page)));
        } catch (AssertionError e) {
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/vnc-failed.png")));
            throw new AssertionError(
                    e.getMessage() + ", but " + pixel(page) + ": "
                            + page.locator("main").innerText(),
                    e);
        }
    }

    private static void click(Page page) {
        Locator canvas = page.locator(CANVAS);
        BoundingBox box = canvas.boundingBox();
        canvas.click(new Locator.ClickOptions().setPosition(box.width / 3, box.height / 3));
    }

    private static boolean isPressed(Page page, String button) {
        return "true".equals(PageParts.button(page, button).getAttribute("aria-pressed"));
    }

    private static void pass(Duration time) {
        java.util.concurrent.locks.LockSupport.parkNanos(time.toNanos());
    }

    private static String other(String colour) {
        return colour.equals(RED) ? GREEN : RED;
    }

    // ---- tests

    @Test
    void aServerOnTheDeviceIsSeenControlledLookedAtAndTakenAway() {
        try (BrowserContext person = system.chromium().person()) {
            Page page = asked(PageParts.signedIn(system, person, "engineer"), "device:" + server.port());
            PageParts.expectUsable(page, "password of a VNC server");
            password(page, "wrong");
            page.getByText("The VNC server refused this password.").waitFor();
            password(page, TestVncServer.PASSWORD);
            awaitPixel(page, RED, GREEN);
            String first = pixel(page);
            page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/vnc-1280.png")));
            PageParts.expectUsable(page, "a VNC server");

            click(page);
            awaitPixel(page, other(first));
            page.keyboard().type("a");
            Eventually.within(LIMIT, "the letter arrives", () -> server.count("typed a") > 0);

            PageParts.button(page, "View").click();
            Eventually.within(LIMIT, "one only looks", () -> isPressed(page, "View"));
            long before = server.count("(pressed|typed|down).*");
            click(page);
            page.keyboard().type("xyz");
            pass(LONG_ENOUGH);
            assertThat(server.count("(pressed|typed|down).*")).isEqualTo(before);

            try (Denied denied = Denied.of(api, uid, "view-desktop", "control-desktop")) {
                assertThat(denied.entries()).isNotEmpty();
                Duration ended = Eventually.within(
                        REACHES_SESSIONS, "it ends, with the reason", () -> page.getByText("was taken away")
                                .isVisible());
                System.out.printf("a VNC server's screen ended %d ms after the permission%n", ended.toMillis());
            }
        }
        String audit = api.items("/api/audit?limit=200&device=" + uid).toString();
        assertThat(audit).contains("127.0.0.1 port " + server.port()).doesNotContain(TestVncServer.PASSWORD);
    }

    /** An address of this machine that is not loopback stands for a machine behind the device. */
    private static String address() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress() && !each.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElseThrow(() -> new AssertionError("this machine has loopback alone"));
    }

    private static void remove(JsonObject sub) {
        Api.expect(
                204,
                api.send(
                        "DELETE",
                        "/api/sub-devices/" + sub.getString("id"),
                        HttpRequest.BodyPublishers.noBody(),
                        "If-Match",
                        '"' + sub.getString("etag") + '"'));
    }

    @Test
    void aSubDeviceIsChosenAndSeenBesideAnotherWindowUntilItIsRemoved() throws IOException {
        String address = address();
        JsonObject sub = Api.json(Api.expect(
                201,
                api.post(
                        "/api/devices/" + uid + "/sub-devices",
                        "{\"name\":\"panel-it\",\"ip\":\"%s\",\"services\":[{\"kind\":\"vnc\",\"port\":%d}]}"
                                .formatted(address, server.port()))));
        boolean removed = false;
        try (BrowserContext person = system.chromium().person()) {
            Page first = asked(PageParts.signedIn(system, person, "engineer"), "device:" + server.port());
            password(first, TestVncServer.PASSWORD);
            awaitPixel(first, RED, GREEN);

            Page second = first.waitForPopup(
                    () -> PageParts.link(first, "Open in a new window").click());
            second.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Whose screen"))
                    .waitFor();
            PageParts.inDialog(second, AriaRole.BUTTON, "Cancel").click();
            second.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Whose screen"))
                    .selectOption(address + ":" + server.port());
            password(second, TestVncServer.PASSWORD);
            awaitPixel(second, RED, GREEN);
            String now = pixel(second);
            click(first);
            awaitPixel(second, other(now));
            awaitPixel(first, other(now));
            second.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target/vnc-sub-device.png")));

            remove(sub);
            removed = true;
            Eventually.within(REACHES_SESSIONS, "the sub-device's screen ends, with the reason", () -> second.getByText(
                            "Your permission for that is missing, or was taken away.")
                    .isVisible());
            click(first);
            awaitPixel(first, now);
        } finally {
            if (!removed) {
                remove(sub);
            }
        }
    }
}
