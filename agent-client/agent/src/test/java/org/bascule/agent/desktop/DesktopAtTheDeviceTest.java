package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.DeflaterOutputStream;
import org.bascule.agent.desktop.x11.DisplayTools;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.Operations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the person at the device has: the banner, the clipboard, mouse and keyboard. */
@Timeout(90)
class DesktopAtTheDeviceTest {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    private static final int TEXT = 1;
    private static final int REQUEST = 1 << 25;
    private static final int NOTIFY = 1 << 27;
    private static final int PROVIDE = 1 << 28;

    private DesktopFixture fixture;
    private final DesktopStream stream = new DesktopStream();

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        fixture = new DesktopFixture(folder, WIDTH, HEIGHT);
        fixture.startPainter();
    }

    @AfterEach
    void close() {
        stream.leave();
        fixture.close();
    }

    /** The banner's colour at its left edge, which is in the middle of the top. */
    private static int leftEdge(RfbClient client, int colour) {
        for (int x = 0; x < client.width; x++) {
            if (client.pixel(x, 15) == colour) {
                return x;
            }
        }
        return -1;
    }

    @Test
    void theBannerIsThereSwallowsNothingAndEnds() throws Exception {
        fixture.user = "Ada \u202e<b>";
        fixture.paint("fill 00c000 0 0 640 480");
        Future<?> use = fixture.open(stream, Mode.VIEW);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the banner of viewing", () -> leftEdge(client, 0x0b3d66) > 0);
        stream.say(Json.createObjectBuilder().add("mode", "control").build());
        client.await("the banner of controlling", () -> leftEdge(client, 0x8a1c1c) > 0);
        int left = leftEdge(client, 0x8a1c1c);
        client.pointer(1, left + 5, 15);
        fixture.awaitSeen("pressed 1 " + (left + 5) + " 15");
        client.pointer(0, left + 5, 15);

        int right = WIDTH - left;
        client.pointer(0, right - 20, 15);
        client.pointer(1, right - 20, 15);
        use.get(20, TimeUnit.SECONDS);
        assertThat(fixture.ended).hasSize(1);
        assertThat(fixture.ended.get(0)).contains(" on display " + fixture.display);
    }

    /** The client stops to read, and what is under way is full. */
    private void stopReading(RfbClient client, CountDownLatch on) throws Exception {
        client.onUpdate = () -> {
            try {
                on.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        stream.send(
                ByteBuffer.allocate(10).put((byte) 150).array()); // it asks from now on: no fence keeps updates back
        int after = 0;
        for (int i = 0; i < 100 && after < 6; i++) {
            fixture.paint("noise " + i + " 0 64 640 416");
            client.request(false);
            TimeUnit.MILLISECONDS.sleep(50);
            after += stream.isFull() ? 1 : 0; // a few more, for what lies between the helper and the agent
        }
        assertThat(stream.isFull()).as("nothing more goes out").isTrue();
    }

    @Test
    void theBannerEndsAlsoWhileNobodyTakesThePictures() throws Exception {
        fixture.paint("fill 00c000 0 0 640 480");
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the banner", () -> leftEdge(client, 0x8a1c1c) > 0);
        int right = WIDTH - leftEdge(client, 0x8a1c1c);
        CountDownLatch on = new CountDownLatch(1);
        stopReading(client, on);
        client.pointer(0, right - 20, 15);
        client.pointer(1, right - 20, 15);
        use.get(20, TimeUnit.SECONDS);
        on.countDown();
        assertThat(fixture.ended).hasSize(1);
        assertThat(stream.events.toString()).contains("Somebody at the device has ended it.");
    }

    @Test
    void theLockEndsWithTheRightAlsoWhileNobodyTakesTheAnswers() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        stream.say(Json.createObjectBuilder().add("lock", true).build());
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isFalse();
        CountDownLatch on = new CountDownLatch(1);
        stopReading(client, on);
        for (int i = 0; i < 8; i++) {
            stream.send(ByteBuffer.allocate(9)
                    .put((byte) 248)
                    .put(new byte[3])
                    .putInt(0x80000001)
                    .put((byte) 0)
                    .array());
        }
        TimeUnit.MILLISECONDS.sleep(200);
        fixture.permitted = DesktopFixture.VIEW;
        awaitFree(5_000);
        on.countDown();
    }

    @Test
    void escapeFiveTimesEndsWhileLocalInputIsLocked() throws Exception {
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        fixture.client(stream, DesktopFixture.usual());
        stream.say(Json.createObjectBuilder().add("lock", true).build());
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isFalse();
        DisplayTools.typeAtTheDevice(fixture.display, 0xff1b, 4);
        TimeUnit.MILLISECONDS.sleep(3_500);
        assertThat(fixture.ended).isEmpty();
        assertThat(DisplayTools.attached(fixture.display)).containsValue(false);
        DisplayTools.typeAtTheDevice(fixture.display, 0xff1b, 5);
        use.get(20, TimeUnit.SECONDS);
        assertThat(fixture.ended).hasSize(1);
    }

    @Test
    void theBannerComesBackAboveWhatCoversIt() throws Exception {
        fixture.open(stream, Mode.VIEW);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the banner", () -> leftEdge(client, 0x0b3d66) > 0);
        try (AutoCloseable cover = DisplayTools.cover(fixture.display, WIDTH, 40)) {
            assertThat(cover).isNotNull();
            TimeUnit.MILLISECONDS.sleep(600);
            client.await("the banner again", () -> leftEdge(client, 0x0b3d66) > 0);
        }
    }

    private static byte[] flags(int flags) {
        return ByteBuffer.allocate(4).putInt(flags).array();
    }

    private static byte[] provide(String text) throws Exception {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(flags(PROVIDE | TEXT));
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(body)) {
            deflater.write(ByteBuffer.allocate(4).putInt(utf8.length + 1).array());
            deflater.write(utf8);
            deflater.write(0);
        }
        return body.toByteArray();
    }

    private static boolean hasMessage(RfbClient client, int flag) {
        return client.cutTexts.stream().anyMatch(body -> (ByteBuffer.wrap(body).getInt() & ~0xffff) == flag);
    }

    private void give(RfbClient client, String text) throws Exception {
        byte[] body = provide(text);
        client.cut(-body.length, body);
    }

    private void awaitPasted(String expected) throws Exception {
        for (int attempt = 0; attempt < 40; attempt++) {
            fixture.tell("paste");
            String line = fixture.seen.poll(10, TimeUnit.SECONDS);
            if (("pasted " + expected).equals(line)) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("the text was not pasted");
    }

    @Test
    void textGoesBothWaysAndIsRecordedWithoutItsContents() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the extension", () -> !client.cutTexts.isEmpty());
        String text = "Grüße, 世界 🙂\nsecond line";
        byte[] notify = flags(NOTIFY | TEXT);
        client.cut(-notify.length, notify);
        client.await("that it is asked for", () -> hasMessage(client, REQUEST));
        give(client, text);
        awaitPasted(text.replace("\n", "\\n"));
        fixture.seen.clear();

        client.cutTexts.clear();
        fixture.paint("copy Ёжик\\nund €");
        client.await("that there is a text", () -> hasMessage(client, NOTIFY));
        byte[] request = flags(REQUEST | TEXT);
        client.cut(-request.length, request);
        client.await("the text", () -> hasMessage(client, PROVIDE));
        byte[] provided = client.cutTexts.get(client.cutTexts.size() - 1);
        assertThat(RfbClient.provided(provided)).isEqualTo("Ёжик\r\nund €");

        assertThat(fixture.recorded().toString())
                .contains("to-device", "from-device")
                .doesNotContain("Grüße", "Ёжик");
    }

    @Test
    void largeTextGoesInPieces() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the extension", () -> !client.cutTexts.isEmpty());
        String text = "0123456789abcdef".repeat(30_000);
        give(client, text);
        awaitPasted(text);
        fixture.seen.clear();
        client.cutTexts.clear();
        fixture.paint("copy " + text);
        client.await("that there is a text", () -> hasMessage(client, NOTIFY));
        byte[] request = flags(REQUEST | TEXT);
        client.cut(-request.length, request);
        client.await("the text", () -> hasMessage(client, PROVIDE));
        assertThat(RfbClient.provided(client.cutTexts.get(client.cutTexts.size() - 1)))
                .isEqualTo(text);
    }

    @Test
    void theClipboardNeedsItsPermissions() throws Exception {
        fixture.permitted = Operations.of(Operations.DESKTOP_CONTROL);
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the extension", () -> !client.cutTexts.isEmpty());
        client.cutTexts.clear();
        fixture.paint("copy secret");
        byte[] request = flags(REQUEST | TEXT);
        client.cut(-request.length, request);
        give(client, "intruder");
        TimeUnit.MILLISECONDS.sleep(800);
        assertThat(client.cutTexts).isEmpty();
        awaitPasted("secret");
    }

    @Test
    void aTextThatGrowsTooLargeIsDroppedAndTheNextOneArrives() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the extension", () -> !client.cutTexts.isEmpty());
        byte[] latin = "\u00fc".repeat(600_000).getBytes(StandardCharsets.ISO_8859_1);
        client.cut(latin.length, latin);
        TimeUnit.MILLISECONDS.sleep(300);
        give(client, "after it");
        awaitPasted("after it");
    }

    @Test
    void aBombInTheClipboardEndsTheStream() throws Exception {
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        give(client, "x".repeat(8 << 20));
        use.get(20, TimeUnit.SECONDS);
        assertThat(stream.events.toString()).contains("too large");
    }

    @Test
    void localInputIsLockedInControlAndFreeAfterwards() throws Exception {
        fixture.open(stream, Mode.VIEW);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        JsonObject lock = Json.createObjectBuilder().add("lock", true).build();
        stream.say(lock);
        assertThat(stream.next().getJsonObject("error").getString("code")).isEqualTo("not-permitted");
        stream.say(Json.createObjectBuilder().add("mode", "control").build());
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isTrue();
        stream.say(lock);
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isFalse();
        client.pointer(0, 300, 200);
        client.pointer(1, 300, 200);
        fixture.awaitSeen("pressed 1 300 200");
        assertThat(DisplayTools.attached(fixture.display)).isNotEmpty().doesNotContainValue(true);
        stream.say(Json.createObjectBuilder().add("mode", "view").build());
        JsonObject last = stream.next().getJsonObject("desktop");
        while (!last.getBoolean("localInput")) {
            last = stream.next().getJsonObject("desktop");
        }
        assertThat(last.getString("mode")).isEqualTo("view");
        assertThat(DisplayTools.attached(fixture.display)).doesNotContainValue(false);
    }

    @Test
    void whatAnotherProgrammeHoldsIsToldNotToBeLocked() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        fixture.client(stream, DesktopFixture.usual());
        JsonObject lock = Json.createObjectBuilder().add("lock", true).build();
        try (AutoCloseable other = DisplayTools.holdKeyboard(fixture.display)) {
            assertThat(other).isNotNull();
            stream.say(lock);
            List<JsonObject> told = List.of(stream.next(), stream.next());
            assertThat(told.toString())
                    .contains("\"localInput\":false")
                    .contains("\"code\":\"failed\"", "another programme holds 1 of them");
        }
        // it is locked with the others as soon as it can be, and nothing more is said
        TimeUnit.MILLISECONDS.sleep(2_500);
        DisplayTools.typeAtTheDevice(fixture.display, 0x62, 1);
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(fixture.seen).isEmpty();
        assertThat(stream.events).isEmpty();
    }

    @Test
    void localInputIsFreeWhenTheHelperIsKilled() throws Exception {
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        fixture.client(stream, DesktopFixture.usual());
        stream.say(Json.createObjectBuilder().add("lock", true).build());
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isFalse();
        DesktopServiceTest.helper().destroyForcibly();
        use.get(20, TimeUnit.SECONDS);
        assertThat(DisplayTools.attached(fixture.display)).isNotEmpty().doesNotContainValue(false);
    }

    /** Not the session's 120 s: somebody sits in front of it. */
    @Test
    void localInputIsFreeSecondsAfterTheConnectionIsLost() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        JsonObject lock = Json.createObjectBuilder().add("lock", true).build();
        stream.say(lock);
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isFalse();
        client.key(true, 0xffe3);
        fixture.awaitSeen("down Ctrl");

        stream.connected = false;
        TimeUnit.MILLISECONDS.sleep(2_000);
        assertThat(DisplayTools.attached(fixture.display))
                .as("a short break changes nothing")
                .doesNotContainValue(true);
        awaitFree(10_000);
        fixture.awaitSeen("up Ctrl");
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isTrue();
        assertThat(stream.next().getJsonObject("error").getString("code")).isEqualTo("unlocked");
        stream.say(lock);
        assertThat(stream.next().getJsonObject("error").getString("code"))
                .as("of the second one")
                .isEqualTo("unlocked");
        assertThat(DisplayTools.attached(fixture.display))
                .as("nor is it locked again meanwhile")
                .doesNotContainValue(false);

        stream.connected = true;
        TimeUnit.MILLISECONDS.sleep(600);
        stream.say(lock);
        assertThat(stream.next().getJsonObject("desktop").getBoolean("localInput"))
                .isFalse();
    }

    private void awaitFree(int millis) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (DisplayTools.attached(fixture.display).containsValue(false) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(DisplayTools.attached(fixture.display)).isNotEmpty().doesNotContainValue(false);
    }

    @Test
    void theScreenGetsAnotherSize() throws Exception {
        fixture.paint("fill 00c000 0 0 640 480");
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the picture", () -> client.pixel(20, 400) == 0x00c000);
        DisplayTools.resize(fixture.display, 400, 440);
        client.await("the new size", () -> client.width == 400 && client.height == 440);
        client.await("the picture again", () -> client.pixel(20, 400) == 0x00c000);
        client.pointer(0, 50, 400);
        client.pointer(1, 50, 400);
        fixture.awaitSeen("pressed 1 50 400");
    }

    @Test
    void theMonitorsAreToldAndThePointerHasAShape() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        JsonObject first = stream.events.poll(20, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        JsonObject screen =
                first.getJsonObject("desktop").getJsonArray("screens").getJsonObject(0);
        assertThat(screen.getInt("width")).isEqualTo(WIDTH);
        stream.events.add(first);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("the pointer's shape", () -> client.cursorWidth > 0);
        stream.say(
                Json.createObjectBuilder().add("screen", screen.getString("id")).build());
        stream.say(Json.createObjectBuilder().add("quality", 3).build());
        stream.say(Json.createObjectBuilder().add("quality", "auto").build());
        fixture.paint("fill 112233 10 100 10 10");
        client.await("that it goes on", () -> client.pixel(15, 105) == 0x112233);
    }

    @Test
    void whoOnlyLooksSeesThePointerInThePicture() throws Exception {
        fixture.paint("fill 00c000 0 0 640 480");
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.pointer(0, 200, 300);
        client.await("the picture", () -> client.pixel(201, 303) == 0x00c000);
        stream.say(Json.createObjectBuilder().add("mode", "view").build());
        client.await("the pointer", () -> isPointerAt(client, 200, 300));
        assertThat(isPointerAt(client, 400, 300)).isFalse();
        stream.say(Json.createObjectBuilder().add("mode", "control").build());
        client.await("that the picture is without it again", () -> !isPointerAt(client, 200, 300));
    }

    private static boolean isPointerAt(RfbClient client, int x, int y) {
        for (int i = -8; i < 16; i++) {
            if (client.pixel(x + i, y + Math.max(i, 0)) != 0x00c000) {
                return true;
            }
        }
        return false;
    }
}
