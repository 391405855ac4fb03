package org.bascule.agent.vnc;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bascule.agent.account.AccountDirectory;
import org.bascule.agent.desktop.DesktopProblem;
import org.bascule.agent.desktop.DesktopStream;
import org.bascule.agent.desktop.RfbClient;
import org.bascule.agent.display.Display;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real VNC server (Xtigervnc) with a programme on it, seen and touched through the bridge. */
@Timeout(90)
class VncBridgeTest {

    private static final String PASSWORD = "s3cret-8";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private VncFixture fixture;
    private final DesktopStream stream = new DesktopStream();

    @BeforeEach
    void open() throws Exception {
        fixture = new VncFixture(folder);
    }

    @AfterEach
    void close() {
        stream.leave();
        fixture.close();
    }

    private static JsonObject say(String name, String value) {
        return Json.createObjectBuilder().add(name, value).build();
    }

    private RfbClient client(DesktopStream from, int... encodings) throws Exception {
        RfbClient client = new RfbClient(from.received(), from::send);
        client.hello();
        client.start();
        client.encodings(encodings);
        client.request(false);
        client.continuous();
        return client;
    }

    /** Again and again: what is drawn before the window is there is lost. */
    private void paint(RfbClient client, String order, BooleanSupplier seen) throws Exception {
        for (int tries = 0; tries < 20 && !seen.getAsBoolean(); tries++) {
            fixture.paint(order);
            client.request(true);
            for (int wait = 0; wait < 50 && !seen.getAsBoolean(); wait++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
        client.await(order + ", " + stream.failure + ", " + stream.events, seen);
    }

    private static int[] exact() {
        return Arrays.stream(usual())
                .filter(each -> each != RfbClient.QUALITY_6)
                .toArray();
    }

    private static int[] usual() {
        return new int[] {
            RfbClient.TIGHT,
            RfbClient.COPY,
            RfbClient.QUALITY_6,
            RfbClient.CURSOR,
            RfbClient.EXTENDED_SIZE,
            RfbClient.FENCE,
            RfbClient.CONTINUOUS,
            RfbClient.QEMU_KEY,
            RfbClient.CLIPBOARD
        };
    }

    @Test
    void pixelsComeAndMouseAndKeysGo() throws Exception {
        fixture.startServer(folder, PASSWORD);
        fixture.startPainter();
        fixture.permitAll();
        fixture.open(stream, Mode.CONTROL, Optional.of(PASSWORD));
        JsonObject desktop = VncFixture.next(stream, "desktop");
        assertThat(desktop.getString("mode")).isEqualTo("control");
        assertThat(desktop.getJsonObject("vnc").getInt("port")).isEqualTo(fixture.port);
        RfbClient client = client(stream, usual());
        assertThat(client.width).isEqualTo(VncFixture.WIDTH);
        paint(client, "fill 123456 0 0 640 480", () -> client.pixel(500, 400) == 0x123456);
        paint(
                client,
                "fill 00ff80 100 100 50 50",
                () -> client.pixel(120, 120) == 0x00ff80 && client.pixel(160, 160) == 0x123456);
        paint(client, "noise 7 200 200 300 200", () -> client.jpegs > 0);

        client.pointer(0, 310, 210);
        client.pointer(1, 310, 210);
        fixture.awaitSeen("pressed 1 310 210");
        client.pointer(0, 310, 210);
        fixture.awaitSeen("released 1 310 210");
        client.key(true, 'x');
        fixture.awaitSeen("typed 78");
        client.key(false, 'x');
        assertThat(fixture.recorded())
                .contains("\\\"tool\\\":\\\"vnc\\\"", "control 127.0.0.1 port " + fixture.port)
                .doesNotContain(PASSWORD);
        assertThat(fixture.opened.toString()).contains("127.0.0.1 port " + fixture.port);
    }

    @Test
    void rawIsEnoughAndEachUpdateMayBeAskedFor() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.open(stream, Mode.VIEW, Optional.empty());
        VncFixture.next(stream, "desktop");
        RfbClient client = new RfbClient(stream.received(), stream::send);
        client.hello();
        client.start();
        client.encodings(RfbClient.RAW);
        client.request(false);
        paint(client, "fill a0b0c0 0 0 640 480", () -> client.pixel(639, 479) == 0xa0b0c0);
    }

    @Test
    void whoViewsTouchesNothingAndWhatIsPressedIsLetGoOf() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.permitAll();
        fixture.open(stream, Mode.VIEW, Optional.empty());
        VncFixture.next(stream, "desktop");
        RfbClient client = client(stream, usual());
        client.await("that scan codes are known", () -> client.keysKnown);
        client.pointer(1, 300, 200);
        client.pointer(0, 300, 200);
        client.key(true, 'x');
        client.key(false, 'x');
        client.scanCode(true, 'a', 0x1e);
        TimeUnit.MILLISECONDS.sleep(700);
        assertThat(fixture.seen).as("viewing touches nothing").isEmpty();

        stream.say(say("mode", "control"));
        assertThat(VncFixture.next(stream, "desktop").getString("mode")).isEqualTo("control");
        client.scanCode(true, 0xffe1, 0x2a);
        fixture.awaitSeen("down Shift");
        stream.say(say("mode", "view"));
        assertThat(VncFixture.next(stream, "desktop").getString("mode")).isEqualTo("view");
        fixture.awaitSeen("up Shift");
        client.pointer(1, 10, 10);
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(fixture.seen).isEmpty();
        assertThat(fixture.recorded()).contains("view 127.0.0.1 port", "control 127.0.0.1 port");
    }

    private void awaitHeld(boolean held) throws InterruptedException {
        JsonObject desktop = VncFixture.next(stream, "desktop");
        while (desktop.getBoolean("held") != held) {
            desktop = VncFixture.next(stream, "desktop");
        }
    }

    @Test
    void nothingIsPressedOnAScreenOfTheDeviceWhileSomebodyThereIsAsked() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.permitAll();
        fixture.open(stream, Mode.CONTROL, Optional.empty());
        awaitHeld(false);
        RfbClient client = client(stream, usual());
        client.await("that scan codes are known", () -> client.keysKnown);
        client.scanCode(true, 0xffe1, 0x2a);
        fixture.awaitSeen("down Shift");
        fixture.ask();
        awaitHeld(true);
        fixture.awaitSeen("up Shift");
        client.pointer(1, 310, 210);
        client.pointer(0, 310, 210);
        client.scanCode(true, 'a', 0x1e);
        client.scanCode(false, 'a', 0x1e);
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(fixture.seen).isEmpty();
        assertThat(fixture.desk.answer(fixture.asked.hex(), Optional.empty(), "somebody"))
                .isTrue();
        awaitHeld(false);
        client.pointer(1, 320, 220);
        fixture.awaitSeen("pressed 1 320 220");
    }

    @Test
    void thePasswordIsAskedForUntilItIsRight() throws Exception {
        fixture.startServer(folder, PASSWORD);
        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.open(stream, Mode.VIEW, Optional.empty());
        assertThat(VncFixture.next(stream, "password").getBoolean("wrong")).isFalse();
        stream.say(say("password", "guess"));
        assertThat(VncFixture.next(stream, "password").getBoolean("wrong")).isTrue();
        stream.say(say("password", PASSWORD));
        assertThat(VncFixture.next(stream, "desktop").getString("mode")).isEqualTo("view");
        assertThat(client(stream, usual()).width).isEqualTo(VncFixture.WIDTH);
        assertThat(fixture.recorded()).doesNotContain(PASSWORD).doesNotContain("guess");
    }

    @Test
    void theOwnersPasswordIsUsedWithoutAsking() throws Exception {
        fixture.startServer(folder, PASSWORD);
        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.policy("{\"vnc\":{\"passwords\":{\"device:" + fixture.port + "\":\"" + PASSWORD + "\"}}}");
        fixture.open(stream, Mode.VIEW, Optional.empty());
        assertThat(stream.next().containsKey("desktop")).isTrue();
    }

    @Test
    void aRightThatIsTakenAwayEndsItWithTheReason() throws Exception {
        fixture.startServer(folder, "");
        fixture.permitAll();
        Future<?> use = fixture.open(stream, Mode.CONTROL, Optional.empty());
        VncFixture.next(stream, "desktop");
        client(stream, usual());
        fixture.permit(Operations.DESKTOP_VIEW);
        assertThat(VncFixture.next(stream, "desktop").getString("mode")).isEqualTo("view");
        stream.say(say("mode", "control"));
        assertThat(VncFixture.next(stream, "error").getString("code")).isEqualTo("not-permitted");
        fixture.permitted = Operations.of(Operations.DESKTOP_VIEW);
        JsonObject error = VncFixture.next(stream, "error");
        assertThat(error.getString("code")).isEqualTo("not-permitted");
        assertThat(error.getString("text")).contains("no permission for port " + fixture.port);
        use.get(5, TimeUnit.SECONDS);
        assertThat(fixture.recorded()).contains("log.tool-ended");
    }

    @Test
    void rightsAreLookedAtWhileTheLogWaitsForRoom() throws Exception {
        fixture.startServer(folder, "");
        fixture.permitAll();
        Future<?> use = fixture.open(stream, Mode.VIEW, Optional.empty());
        VncFixture.next(stream, "desktop");
        fixture.fillLog();
        stream.say(say("mode", "control"));
        TimeUnit.MILLISECONDS.sleep(300);
        fixture.permit(Operations.DESKTOP_VIEW);
        assertThat(VncFixture.next(stream, "desktop").getBoolean("held")).isFalse(); // the clipboard
        fixture.makeRoom();
        JsonObject next = stream.next();
        assertThat(next.containsKey("error")).as("%s", next).isTrue();
        assertThat(next.getJsonObject("error").getString("code")).isEqualTo("not-permitted");

        fixture.permitAll();
        fixture.fillLog();
        stream.say(say("mode", "control"));
        TimeUnit.MILLISECONDS.sleep(300);
        fixture.permitted = Operations.of(Operations.DESKTOP_VIEW);
        use.get(5, TimeUnit.SECONDS);
        assertThat(VncFixture.next(stream, "error").getString("text")).contains("no permission for port");
    }

    @Test
    void aClientThatAcknowledgesNothingDoesNotKeepItsRights() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.permitAll();
        Future<?> use = fixture.open(stream, Mode.CONTROL, Optional.empty());
        VncFixture.next(stream, "desktop");
        RfbClient client = client(stream, usual());
        stream.deaf = true;
        stream.say(say("mode", "view"));
        stream.say(say("mode", "control"));
        TimeUnit.MILLISECONDS.sleep(300);
        fixture.permitted = Operations.of(Operations.DESKTOP_VIEW);
        use.get(5, TimeUnit.SECONDS);
        fixture.seen.clear();
        client.pointer(1, 310, 210);
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(fixture.seen).isEmpty();
    }

    @Test
    void whatTheOwnerOrTheTicketDoesNotAllowIsNotReached() throws Exception {
        fixture.startServer(folder, "");
        fixture.permitted = Operations.of(Operations.DESKTOP_VIEW, "vnc:device:1", "tcp:device");
        fixture.open(stream, Mode.VIEW, Optional.empty()).get(10, TimeUnit.SECONDS);
        assertThat(VncFixture.next(stream, "error").getString("code")).isEqualTo("not-permitted");

        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.policy("{\"operations\":[\"desktop-view\",\"tcp\"]}");
        DesktopStream second = new DesktopStream();
        fixture.open(second, Mode.VIEW, Optional.empty()).get(10, TimeUnit.SECONDS);
        assertThat(VncFixture.next(second, "error").getString("text")).contains("policy does not permit");

        fixture.policy("{\"forward\":{\"allow\":[\"device:22\"]}}");
        DesktopStream third = new DesktopStream();
        fixture.open(third, Mode.VIEW, Optional.empty()).get(10, TimeUnit.SECONDS);
        assertThat(VncFixture.next(third, "error").getString("text")).contains("policy does not permit");
        assertThat(fixture.opened).as("nothing left the device").isEmpty();
    }

    @Test
    void theFirstPictureOfTheDevicesOwnScreenHasTheBannerAlready() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.paint("fill ffffff 0 0 640 480");
        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.where = () -> new Display(fixture.display, Optional.empty(), new AccountDirectory().own());
        fixture.open(stream, Mode.VIEW, Optional.empty());
        VncFixture.next(stream, "desktop");
        RfbClient client = new RfbClient(stream.received(), stream::send);
        AtomicInteger first = new AtomicInteger(-1);
        client.onUpdate = () -> first.compareAndSet(-1, client.pixel(320, 2));
        client.hello();
        client.start();
        client.encodings(RfbClient.RAW);
        client.request(false);
        client.await("a picture", () -> first.get() >= 0);
        assertThat(first.get()).isEqualTo(0x0b3d66);
    }

    @Test
    void twoBannersStandBelowEachOtherAndEachEndsItsOwn() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.permitAll();
        fixture.where = () -> new Display(fixture.display, Optional.empty(), new AccountDirectory().own());
        Future<?> first = fixture.open(stream, Mode.CONTROL, Optional.empty());
        VncFixture.next(stream, "desktop");
        RfbClient client = client(stream, exact());
        DesktopStream other = new DesktopStream();
        Future<?> second = fixture.open(other, Mode.VIEW, Optional.empty());
        VncFixture.next(other, "desktop");
        int lower = 30;
        paint(
                client,
                "fill ffffff 0 0 640 480",
                () -> client.pixel(320, 2) == 0x8a1c1c
                        && client.pixel(320, lower + 2) == 0x0b3d66
                        && client.pixel(320, 2 * lower + 2) == 0xffffff);
        int left = 0;
        while (client.pixel(left, lower + 2) != 0x0b3d66) {
            left++;
        }
        int end = VncFixture.WIDTH - left - 20;
        client.pointer(0, end, lower + 15);
        client.pointer(1, end, lower + 15);
        second.get(20, TimeUnit.SECONDS);
        assertThat(other.events.toString()).contains("Somebody at the device has ended it.");
        client.pointer(0, end, lower + 15);
        paint(client, "fill ffffff 0 0 640 480", () -> client.pixel(320, lower + 2) == 0xffffff);
        assertThat(client.pixel(320, 2)).isEqualTo(0x8a1c1c);
        assertThat(first).isNotDone();
        assertThat(fixture.ended).hasSize(1);
    }

    @Test
    void theDevicesOwnScreenIsNotSeenWhereItsPeopleCannotBeTold() throws Exception {
        fixture.startServer(folder, "");
        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.where = () -> {
            throw new DesktopProblem(DesktopProblem.Code.WAYLAND, "It is Wayland.");
        };
        fixture.open(stream, Mode.VIEW, Optional.empty()).get(20, TimeUnit.SECONDS);
        JsonObject first = stream.next();
        assertThat(first.getJsonObject("error").getString("code")).isEqualTo("wayland");
        assertThat(first.toString()).contains("could not be told", "It is Wayland.");
        assertThat(stream.bytes).isZero();

        fixture.policy("{\"vnc\":{\"withoutBanner\":true}}");
        DesktopStream again = new DesktopStream();
        fixture.open(again, Mode.VIEW, Optional.empty());
        assertThat(VncFixture.next(again, "desktop").getString("mode")).isEqualTo("view");
        again.leave();
    }

    @Test
    void thePersonInFrontSeesABannerAndSoDoesTheServersPicture() throws Exception {
        fixture.startServer(folder, "");
        fixture.startPainter();
        fixture.permit(Operations.DESKTOP_VIEW);
        fixture.where = () -> new Display(fixture.display, Optional.empty(), new AccountDirectory().own());
        Future<?> use = fixture.open(stream, Mode.VIEW, Optional.empty());
        VncFixture.next(stream, "desktop");
        RfbClient client = client(stream, exact());
        paint(client, "fill ffffff 0 0 640 480", () -> client.pixel(320, 2) == 0x0b3d66);
        stream.leave();
        use.get(10, TimeUnit.SECONDS);
        DesktopStream again = new DesktopStream();
        fixture.where = () -> {
            throw new org.bascule.agent.desktop.DesktopProblem(
                    org.bascule.agent.desktop.DesktopProblem.Code.NO_DISPLAY, "nobody");
        };
        fixture.open(again, Mode.VIEW, Optional.empty());
        VncFixture.next(again, "desktop");
        RfbClient second = client(again, exact());
        paint(second, "fill ffffff 0 0 640 480", () -> second.pixel(320, 2) == 0xffffff);
        again.leave();
    }
}
