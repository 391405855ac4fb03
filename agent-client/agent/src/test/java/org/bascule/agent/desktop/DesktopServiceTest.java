package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bascule.agent.consent.Question;
import org.bascule.agent.consent.QuestionListener;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.x11.DisplayTools;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.bascule.wire.SessionId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real display (Xvfb) with a real programme on it, seen and touched through the service by a client of RFB. */
@Timeout(90)
class DesktopServiceTest {

    private static final int WIDTH = 800;
    private static final int HEIGHT = 600;
    private static final int EURO = 0x10020ac;

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

    private static JsonObject say(String name, String value) {
        return Json.createObjectBuilder().add(name, value).build();
    }

    private static String mode(JsonObject event) {
        return event.getJsonObject("desktop").getString("mode");
    }

    /** The noise that the programme drew, without loss. */
    private static boolean isNoise(RfbClient client, long seed, int x, int y, int width, int height) {
        Random random = new Random(seed);
        for (int line = y; line < y + height; line++) {
            for (int column = x; column < x + width; column++) {
                if (client.pixel(column, line) != random.nextInt(0x1000000)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void pixelsArriveFewColoursAtOnceAndManyExactlyAfterAMoment() throws Exception {
        fixture.paint("fill 123456 0 0 800 600");
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        assertThat(client.width).isEqualTo(WIDTH);
        client.await("the first picture", () -> client.pixel(400, 300) == 0x123456);
        fixture.paint("fill 00ff80 100 100 50 50");
        client.await("the change", () -> client.pixel(149, 149) == 0x00ff80 && client.pixel(150, 150) == 0x123456);
        assertThat(client.jpegs).isZero();
        fixture.paint("noise 7 200 200 300 200");
        client.await("the photograph", () -> client.jpegs > 0);
        client.await("the exact one", () -> isNoise(client, 7, 200, 200, 300, 200));
        long sent = stream.bytes;
        TimeUnit.MILLISECONDS.sleep(600);
        assertThat(stream.bytes - sent).as("a picture that rests costs nothing").isZero();
    }

    /** What the film draws: green is what red lacks, blue half of it. */
    private static boolean isFilm(RfbClient client) {
        for (int y = HEIGHT / 4; y < HEIGHT * 3 / 4; y++) {
            for (int x = WIDTH / 4; x < WIDTH * 3 / 4; x++) {
                int pixel = client.pixel(x, y);
                int red = pixel >> 16;
                if ((pixel & 0xffff) != ((255 - red) << 8 | red / 2)) {
                    return false;
                }
            }
        }
        return true;
    }

    @Test
    void whatMovesAllTheTimeIsSentWithLossAndExactlyWhenItRests() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        fixture.tell("film 5");
        client.await("a film of few colours as photographs", () -> client.jpegs > 0);
        client.await("its last picture exactly", () -> isFilm(client));
    }

    @Test
    void whereTheBannerCannotBeShownNothingIs(@TempDir Path broken) throws Exception {
        Path picture = broken.resolve("org/bascule/agent/desktop/helper/BannerPicture.class");
        Files.createDirectories(broken.resolve("org/bascule/agent/desktop/helper"));
        Files.writeString(picture, "no class");
        List<String> programme = new ArrayList<>(Helper.programme());
        int classPath = programme.indexOf("-cp") + 1;
        programme.set(classPath, broken + ":" + programme.get(classPath));
        Future<?> use = fixture.open(stream, Mode.VIEW, programme);
        stream.next();
        use.get(20, TimeUnit.SECONDS);
        assertThat(stream.next().getJsonObject("error").getString("text")).contains("banner cannot be shown");
        assertThat(stream.bytes).isZero();
    }

    /** One that says that it shows, and no more. */
    private static DesktopService pretending(DesktopFixture fixture, Path folder) throws Exception {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        new Link.Writer(words)
                .message(Json.createObjectBuilder()
                        .add("state", Json.createObjectBuilder().add("hold", 0))
                        .build());
        Path file = Files.write(folder.resolve("words"), words.toByteArray());
        return new DesktopService(
                fixture.executor,
                fixture.desk.hold(),
                fixture.rows,
                List.of("/bin/sh", "-c", "cat " + file + "; exec sleep 60"));
    }

    @Test
    void oneSessionLeavesRoomForOthers(@TempDir Path folder) throws Exception {
        DesktopService service = pretending(fixture, folder);
        SessionId one = SessionId.random();
        List<DesktopStream> streams = new ArrayList<>();
        for (int i = 0; i < DesktopService.MAX_OF_SESSION; i++) {
            streams.add(new DesktopStream());
            fixture.open(service, one, streams.get(i), Mode.VIEW);
            assertThat(mode(streams.get(i).next())).isEqualTo("view");
        }
        DesktopStream third = new DesktopStream();
        fixture.open(service, one, third, Mode.VIEW).get(20, TimeUnit.SECONDS);
        assertThat(third.next().getJsonObject("error").getString("text")).contains("Close one of them");
        fixture.open(service, SessionId.random(), stream, Mode.VIEW);
        assertThat(mode(stream.next())).isEqualTo("view");
        streams.get(0).leave();
        DesktopStream again = new DesktopStream();
        for (int tries = 0; tries < 50 && !isShown(again); tries++) {
            again = new DesktopStream();
            fixture.open(service, one, again, Mode.VIEW);
        }
        assertThat(again.failure).isNull();
        streams.add(again);
        streams.forEach(DesktopStream::leave);
    }

    /** The one that has left ends meanwhile. */
    private static boolean isShown(DesktopStream stream) throws InterruptedException {
        JsonObject first = stream.events.poll(200, TimeUnit.MILLISECONDS);
        return first != null && first.containsKey("desktop");
    }

    @Test
    void aClientThatAsksForEachUpdateAndKnowsOnlyRawIsServedToo() throws Exception {
        fixture.paint("fill a0b0c0 0 0 800 600");
        fixture.open(stream, Mode.VIEW);
        stream.next();
        RfbClient client = new RfbClient(stream.received(), stream::send);
        client.hello();
        client.start();
        client.encodings(RfbClient.RAW);
        client.request(false);
        client.await("the picture", () -> client.pixel(799, 599) == 0xa0b0c0);
        fixture.paint("fill ff0000 0 0 10 10");
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(client.updates).as("nothing unasked").isEqualTo(1);
        client.request(true);
        client.await("the change", () -> client.pixel(9, 9) == 0xff0000);
    }

    @Test
    void whatScrollsIsMovedByTheClient() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        int[] before = {};
        // a picture that is taken in the middle of it is no move
        for (int tries = 0; tries < 5 && client.copies == 0; tries++) {
            fixture.paint("noise 1 0 64 800 536");
            client.await("the exact picture", () -> isNoise(client, 1, 0, 64, WIDTH, HEIGHT - 64));
            before = client.pixels.clone();
            fixture.paint("scroll 20");
            client.await("the new rows", () -> isNoise(client, 20, 0, HEIGHT - 20, WIDTH, 20));
        }
        assertThat(client.copies).as("the move").isPositive();
        for (int y = 64; y < HEIGHT - 20; y++) {
            for (int x = 0; x < WIDTH; x++) {
                assertThat(client.pixel(x, y)).isEqualTo(before[(y + 20) * WIDTH + x]);
            }
        }
    }

    @Test
    void mouseAndKeysReachTheProgrammeInControlOnly() throws Exception {
        fixture.open(stream, Mode.VIEW);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("that scan codes are known", () -> client.keysKnown);
        client.pointer(1, 300, 200);
        client.pointer(0, 300, 200);
        client.key(true, 'x');
        client.key(false, 'x');
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(fixture.seen).as("viewing touches nothing").isEmpty();

        stream.say(say("mode", "control"));
        assertThat(mode(stream.next())).isEqualTo("control");
        client.pointer(0, 310, 210);
        client.pointer(1, 310, 210);
        fixture.awaitSeen("pressed 1 310 210");
        client.pointer(0, 310, 210);
        fixture.awaitSeen("released 1 310 210");
        client.scanCode(true, 'a', 0x1e);
        fixture.awaitSeen("typed 61");
        client.scanCode(false, 'a', 0x1e);
        fixture.awaitSeen("up A");
        // the client's layout has z where the device's has y: the character counts
        client.scanCode(true, 'z', 0x15);
        fixture.awaitSeen("typed 7a");
        client.scanCode(false, 'z', 0x15);
        client.key(true, 0x20ac & 0xffff | 0x1000000);
        fixture.awaitSeen("typed 20ac");
        client.key(false, 0x20ac & 0xffff | 0x1000000);
        client.key(true, 0xe4);
        fixture.awaitSeen("typed e4");
        client.key(false, 0xe4);

        client.key(true, 0xffe1);
        fixture.awaitSeen("down Shift");
        stream.say(say("mode", "view"));
        assertThat(mode(stream.next())).isEqualTo("view");
        fixture.awaitSeen("up Shift");
        client.pointer(1, 10, 10);
        client.pointer(0, 10, 10);
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(fixture.seen).isEmpty();
        assertThat(fixture.recorded().toString()).contains("desktop", "view", "control");
    }

    private static boolean isHeld(JsonObject event) {
        return event.containsKey("desktop") && event.getJsonObject("desktop").getBoolean("held");
    }

    private void awaitHeld(boolean held) throws InterruptedException {
        JsonObject event = stream.next();
        while (isHeld(event) != held) {
            event = stream.next();
        }
    }

    @Test
    void nothingIsPressedWhileSomebodyAtTheDeviceIsAsked() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.key(true, 0xffe1);
        fixture.awaitSeen("down Shift");
        fixture.ask();
        awaitHeld(true);
        fixture.awaitSeen("up Shift");
        client.pointer(1, 310, 210);
        client.pointer(0, 310, 210);
        client.key(true, 'x');
        client.key(false, 'x');
        // control that begins meanwhile is held back, too
        stream.say(say("mode", "view"));
        stream.say(say("mode", "control"));
        client.pointer(1, 310, 210);
        client.pointer(0, 310, 210);
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(fixture.seen).isEmpty();
        assertThat(fixture.desk.answer(fixture.asked.hex(), Optional.empty(), "somebody"))
                .isTrue();
        awaitHeld(false);
        client.pointer(0, 320, 220);
        client.pointer(1, 320, 220);
        fixture.awaitSeen("pressed 1 320 220");
    }

    /** On a slow device, where it is a while until the helper can answer. */
    @Test
    void controlThatBeginsWhileSomebodyIsAskedBeginsHeld() throws Exception {
        CompletableFuture<?> asked = helpersWhenAsked();
        fixture.ask();
        asked.get(20, TimeUnit.SECONDS);
        List<String> slow = new ArrayList<>(List.of("/bin/sh", "-c", "sleep 6; exec \"$@\"", "slow"));
        slow.addAll(Helper.programme());
        fixture.open(stream, Mode.CONTROL, slow);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.pointer(1, 310, 210);
        client.pointer(0, 310, 210);
        client.await("a picture", () -> client.updates > 0);
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(fixture.seen).isEmpty();
        assertThat(fixture.desk.answer(fixture.asked.hex(), Optional.empty(), "somebody"))
                .isTrue();
        awaitHeld(false);
        client.pointer(1, 320, 220);
        fixture.awaitSeen("pressed 1 320 220");
    }

    /** Controls the display, and takes nothing of what is sent. */
    private Future<?> takeNothing() throws Exception {
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        stream.next();
        RfbClient client = new RfbClient(stream.received(), stream::send);
        client.hello();
        client.encodings(RfbClient.RAW);
        client.request(false);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!stream.isFull()) {
            assertThat(System.nanoTime()).as("nobody takes the picture").isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return use;
    }

    /** What may still press something when the question is shown. */
    private CompletableFuture<List<ProcessHandle>> helpersWhenAsked() {
        CompletableFuture<List<ProcessHandle>> asked = new CompletableFuture<>();
        fixture.desk.add(new QuestionListener() {
            @Override
            public void opened(Question question) {
                asked.complete(helpers().toList());
            }

            @Override
            public void closed(Question question) {
                // nobody answers
            }
        });
        return asked;
    }

    @Test
    void whoCannotBeHeldBackIsEndedBeforeSomebodyIsAsked() throws Exception {
        Future<?> use = takeNothing();
        CompletableFuture<List<ProcessHandle>> asked = helpersWhenAsked();
        fixture.ask();
        assertThat(asked.get(20, TimeUnit.SECONDS)).isEmpty();
        use.get(20, TimeUnit.SECONDS);
        assertThat(stream.failure).contains("is asked");
    }

    @Test
    void aClientThatAcknowledgesNothingKeepsNobodyFromBeingAsked() throws Exception {
        takeNothing();
        stream.deaf = true;
        CompletableFuture<List<ProcessHandle>> asked = helpersWhenAsked();
        fixture.ask();
        assertThat(asked.get(20, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void controlIsRefusedAndTakenAwayWithTheRight() throws Exception {
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.key(true, 'q');
        fixture.awaitSeen("typed 71");
        fixture.permitted = DesktopFixture.VIEW;
        JsonObject now = stream.next();
        assertThat(mode(now)).isEqualTo("view");
        fixture.awaitSeen("up Q");
        client.key(true, 'r');
        stream.say(say("mode", "control"));
        JsonObject refused = null;
        while (refused == null) {
            JsonObject event = stream.next();
            refused = event.getJsonObject("error");
        }
        assertThat(refused.getString("code")).isEqualTo("not-permitted");
        assertThat(fixture.seen).doesNotContain("typed 72");
        fixture.permitted = new org.bascule.wire.Operations(java.util.List.of());
        use.get(10, TimeUnit.SECONDS);
        JsonObject last = stream.next();
        while (!last.toString().contains("may not see")) {
            last = stream.next();
        }

        DesktopStream again = new DesktopStream();
        fixture.permitted = DesktopFixture.VIEW;
        fixture.open(again, Mode.CONTROL).get(10, TimeUnit.SECONDS);
        assertThat(again.next().getJsonObject("error").getString("code")).isEqualTo("not-permitted");
        assertThat(again.bytes).isZero();
    }

    @Test
    void aClientThatAcknowledgesNothingDoesNotKeepItsRights() throws Exception {
        Future<?> use = fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.key(true, 'q');
        fixture.awaitSeen("typed 71");
        stream.deaf = true;
        fixture.permitted = DesktopFixture.VIEW;
        fixture.awaitSeen("up Q");
        fixture.permitted = new org.bascule.wire.Operations(List.of());
        use.get(10, TimeUnit.SECONDS);
    }

    @Test
    void whatIsPressedIsLetGoWhenTheClientLeavesOrTheHelperIsKilled() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.key(true, 0xffe3);
        client.pointer(1, 50, 50);
        fixture.awaitSeen("down Ctrl");
        fixture.awaitSeen("pressed 1 50 50");
        stream.leave();
        fixture.awaitSeen("released 1 50 50");
        fixture.awaitSeen("up Ctrl");

        DesktopStream second = new DesktopStream();
        Future<?> use = fixture.open(second, Mode.CONTROL);
        RfbClient other = fixture.client(second, DesktopFixture.usual());
        other.key(true, 0xffe3);
        fixture.awaitSeen("down Ctrl");
        other.key(true, EURO);
        awaitLent(true);
        helper().destroyForcibly();
        fixture.awaitSeen("up Ctrl");
        awaitLent(false);
        use.get(20, TimeUnit.SECONDS);
        assertThat(second.events.toString()).contains("Open the desktop again");
    }

    @Test
    void keyCodesThatWereLentAreGivenBack() throws Exception {
        fixture.open(stream, Mode.CONTROL);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.key(true, EURO);
        fixture.awaitSeen("typed 20ac");
        awaitLent(true);
        stream.leave();
        awaitLent(false);
    }

    private void awaitLent(boolean lent) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while ((DisplayTools.keycode(fixture.display, EURO) != 0) != lent) {
            assertThat(System.nanoTime()).as("a key code is lent: %s", lent).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    static ProcessHandle helper() {
        return helpers().findFirst().orElseThrow();
    }

    private static Stream<ProcessHandle> helpers() {
        return ProcessHandle.current()
                .children()
                .filter(process -> process.info().commandLine().orElse("").contains("-XX:MaxMetaspaceSize=48m"));
    }

    @Test
    void garbageEndsTheStreamAndNothingElse() throws Exception {
        Random random = new Random(5);
        for (int i = 0; i < 3; i++) {
            DesktopStream hostile = new DesktopStream();
            Future<?> use = fixture.open(hostile, Mode.CONTROL);
            RfbClient client = fixture.client(hostile, DesktopFixture.usual());
            client.await("a picture", () -> client.updates > 0);
            byte[] garbage = new byte[1 << 16];
            random.nextBytes(garbage);
            garbage[0] = (byte) new int[] {77, 6, 0}[i];
            hostile.send(garbage);
            use.get(20, TimeUnit.SECONDS);
            assertThat(hostile.events.toString()).contains("\"failed\"");
        }
    }

    @Test
    void theDisplayGoesAway() throws Exception {
        Future<?> use = fixture.open(stream, Mode.VIEW);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("a picture", () -> client.updates > 0);
        fixture.killDisplay();
        use.get(20, TimeUnit.SECONDS);
        assertThat(stream.events.toString()).contains("\"failed\"");
    }

    @Test
    void aClientThatTakesNothingIsNotFlooded() throws Exception {
        fixture.open(stream, Mode.VIEW);
        RfbClient client = fixture.client(stream, DesktopFixture.usual());
        client.await("a picture", () -> client.updates > 0);
        client.acknowledge = false;
        for (int i = 0; i < 40; i++) {
            fixture.paint("noise " + i + " 0 0 400 400");
        }
        TimeUnit.MILLISECONDS.sleep(300);
        long updates = client.updates;
        assertThat(updates).as("only what the window lets through").isLessThan(20);
    }
}
