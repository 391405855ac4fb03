package org.bascule.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.bascule.agent.desktop.link.Link;
import org.bascule.agent.desktop.x11.DisplayTools;
import org.bascule.agent.jvm.CrashReport;
import org.bascule.session.service.DesktopRequest.Mode;
import org.bascule.wire.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The helper is ended in the middle of frames, with a key, a button and a lent key code down: it gives back everything, says how it ended and does not crash. */
@Timeout(240)
class HelperEndTest {

    private static final int ROUNDS = 4;
    private static final int EURO = 0x10020ac;
    private static final int CONTROL = 0xffe3;
    /** So many key codes one process lends at most. */
    private static final int LENT = 12;

    private Path folder;
    private DesktopFixture fixture;
    private Path home;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        fixture = new DesktopFixture(folder, 640, 480);
        fixture.startPainter();
        home = Files.createDirectory(folder.resolve("home"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    /** The process itself, with a client. */
    private final class Running implements AutoCloseable {
        final Process process;
        final CrashReport errors;
        final DesktopStream pictures = new DesktopStream();
        final Link.Writer to;
        final RfbClient client;

        Running() throws Exception {
            ProcessBuilder builder = new ProcessBuilder(Helper.programme()).directory(home.toFile());
            builder.environment().put("DISPLAY", fixture.display);
            process = builder.start();
            errors = new CrashReport(process);
            to = new Link.Writer(process.getOutputStream());
            fixture.executor.execute(this::pump);
            to.message(start());
            client = new RfbClient(pictures.received(), bytes -> {
                try {
                    to.data(bytes, 0, bytes.length);
                } catch (IOException e) {
                    // it is ending
                }
            });
            client.hello();
            client.start();
            client.encodings(DesktopFixture.usual());
            client.request(false);
            client.continuous();
        }

        private void pump() {
            try {
                Link.Reader from = new Link.Reader(process.getInputStream());
                for (Optional<Link.Arrived> next = from.next(); next.isPresent(); next = from.next()) {
                    pictures.write(from.buffer(), 0, next.get().data());
                }
            } catch (IOException e) {
                // it has ended
            }
            pictures.leave();
        }

        void pressEverything() throws Exception {
            client.key(true, CONTROL);
            fixture.awaitSeen("down Ctrl");
            client.pointer(1, 50, 50);
            fixture.awaitSeen("pressed 1 50 50");
            client.key(true, EURO);
            await("a key code is lent", () -> DisplayTools.keycode(fixture.display, EURO) != 0);
            long before = client.updates;
            fixture.tell("film 20");
            client.await("frames", () -> client.updates > before + 3);
        }

        int exit() throws InterruptedException {
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private interface Condition {
        boolean isTrue();
    }

    private static void await(String what, Condition condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.isTrue()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private static JsonObject start() {
        return Json.createObjectBuilder()
                .add(
                        "start",
                        Json.createObjectBuilder()
                                .add("toDevice", true)
                                .add("fromDevice", true)
                                .add("mode", "control")
                                .add("user", "Ada")
                                .add("row", 0)
                                .add("name", "a display")
                                .add("screen", ""))
                .build();
    }

    /** How one ends it. */
    private interface End {
        void of(Running running) throws Exception;
    }

    private void rounds(int code, End end) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (Running running = new Running()) {
                running.pressEverything();
                end.of(running);
                assertThat(running.exit())
                        .as("round %s: %s", round, running.errors.text())
                        .isEqualTo(code);
                assertThat(running.errors.text()).isEmpty();
                fixture.awaitSeen("released 1 50 50");
                fixture.awaitSeen("up Ctrl");
                assertThat(DisplayTools.keycode(fixture.display, EURO)).isZero();
                fixture.seen.clear();
            }
        }
        nothingIsLeft();
    }

    private void nothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void byASignal() throws Exception {
        rounds(143, running -> running.process.toHandle().destroy());
    }

    @Test
    void byTheEndOfItsInput() throws Exception {
        rounds(0, running -> running.process.getOutputStream().close());
    }

    /** As the kernel does when the agent is killed. */
    @Test
    void theLockOfLocalInputEndsWithItsInput() throws Exception {
        try (Running running = new Running()) {
            running.pressEverything();
            running.to.message(Json.createObjectBuilder().add("lock", true).build());
            await("it is locked", () -> !isFree());
            running.process.getOutputStream().close();
            await("it is free", this::isFree);
            assertThat(running.process.waitFor(20, TimeUnit.SECONDS)).isTrue();
            fixture.awaitSeen("up Ctrl");
        }
    }

    private boolean isFree() {
        try {
            return !DisplayTools.attached(fixture.display).containsValue(false);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** As the agent does: the signal comes when it is on its way out already. */
    @Test
    void byTheEndOfItsInputAndASignal() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (Running running = new Running()) {
                running.pressEverything();
                // more lent key codes take longer to give back: the signal comes meanwhile
                for (int symbol = EURO - 11; symbol < EURO; symbol++) {
                    running.client.key(true, symbol);
                }
                await("they are lent", () -> DisplayTools.keycode(fixture.display, EURO - 11) != 0);
                running.process.getOutputStream().close();
                LockSupport.parkNanos(round * 400_000L);
                running.process.toHandle().destroy();
                running.process.toHandle().destroy();
                assertThat(running.exit()).as(running.errors.text()).isIn(0, 143);
                fixture.awaitSeen("up Ctrl");
                assertThat(DisplayTools.keycode(fixture.display, EURO)).isZero();
            }
        }
        nothingIsLeft();
    }

    /** It can give back nothing: the next one does, and takes nothing from those that live. */
    @Test
    void byForce() throws Exception {
        try (Running living = new Running()) {
            living.client.key(true, EURO);
            await("a key code is lent", () -> DisplayTools.keycode(fixture.display, EURO) != 0);
            int lent = DisplayTools.keycode(fixture.display, EURO);
            // more often than there are key codes to lend
            for (int symbol = EURO + 1; symbol < EURO + 15; symbol++) {
                int character = symbol;
                try (Running killed = new Running()) {
                    killed.client.key(true, character);
                    await("another one is lent", () -> DisplayTools.keycode(fixture.display, character) != 0);
                    assertThat(DisplayTools.keycode(fixture.display, character - 1))
                            .as("what the one before has lent")
                            .isEqualTo(character == EURO + 1 ? lent : 0);
                    killed.process.destroyForcibly();
                    assertThat(killed.exit()).isEqualTo(137);
                }
                assertThat(DisplayTools.keycode(fixture.display, character)).isPositive();
            }
            assertThat(DisplayTools.keycode(fixture.display, EURO)).isEqualTo(lent);
        }
    }

    /** Two that started together know the same key codes: one that had none finds what the other has given back. */
    @Test
    void withEveryKeyCodeLent() throws Exception {
        DisplayTools.leaveEmpty(fixture.display, LENT);
        try (Running first = new Running();
                Running second = new Running()) {
            type(first, 'a');
            type(second, 'b');
            for (int symbol = EURO; symbol < EURO + LENT; symbol++) {
                first.client.key(true, symbol);
            }
            await("all are lent", () -> DisplayTools.keycode(fixture.display, EURO + LENT - 1) != 0);
            int other = EURO + LENT;
            second.client.key(true, other);
            type(second, 'c');
            assertThat(DisplayTools.keycode(fixture.display, other)).isZero();
            assertThat(DisplayTools.keycode(fixture.display, EURO)).isPositive();

            first.process.getOutputStream().close();
            assertThat(first.exit()).as(first.errors.text()).isZero();
            second.client.key(true, other);
            await("one is lent", () -> DisplayTools.keycode(fixture.display, other) != 0);
            for (int symbol = other + 1; symbol < other + LENT; symbol++) {
                second.client.key(true, symbol);
            }
            await("all are lent again", () -> DisplayTools.keycode(fixture.display, other + LENT - 1) != 0);
            assertThat(DisplayTools.keycode(fixture.display, other)).isPositive();
        }
    }

    /** One that lives long takes none that got a meaning since it started. */
    @Test
    void aKeyThatGotAMeaningMeanwhileIsNotLent() throws Exception {
        try (Running running = new Running()) {
            type(running, 'a');
            DisplayTools.leaveEmpty(fixture.display, 0);
            running.client.key(true, EURO);
            type(running, 'b');
            assertThat(DisplayTools.keycode(fixture.display, EURO)).isZero();
        }
    }

    /** What was sent before has been done then. */
    private void type(Running running, char letter) throws InterruptedException {
        running.client.key(true, letter);
        running.client.key(false, letter);
        fixture.awaitSeen("typed " + Integer.toHexString(letter));
    }

    @Test
    void byTheEndOfTheDisplay() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (DesktopFixture other =
                    new DesktopFixture(Files.createDirectory(folder.resolve("d" + round)), 640, 480)) {
                DesktopFixture before = fixture;
                fixture = other;
                try (Running running = new Running()) {
                    running.client.await("a picture", () -> running.client.updates > 0);
                    running.client.key(true, EURO);
                    TimeUnit.MILLISECONDS.sleep(20L * round);
                    other.killDisplay();
                    assertThat(running.exit()).as(running.errors.text()).isEqualTo(1);
                    assertThat(running.errors.text()).isEmpty();
                } finally {
                    fixture = before;
                }
            }
        }
        nothingIsLeft();
    }

    /** What a helper says at last is told to the client, though it takes nothing any more. */
    @Test
    void itsLastWordIsHeard() throws Exception {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        new Link.Writer(words)
                .message(Json.createObjectBuilder()
                        .add(
                                "error",
                                Json.createObjectBuilder()
                                        .add("code", "failed")
                                        .add("text", "The desktop has ended: the client speaks nonsense."))
                        .build());
        Path file = folder.resolve("words");
        Files.write(file, words.toByteArray());
        Path heard = folder.resolve("heard");
        DesktopStream stream = new DesktopStream();
        Future<?> use = fixture.open(
                stream,
                Mode.VIEW,
                List.of("/bin/sh", "-c", "head -c 1 >/dev/null; exec 0<&-; : > " + heard + "; sleep 0.7; cat " + file));
        await("it takes nothing any more", () -> Files.exists(heard));
        stream.send(new byte[1 << 16]);
        use.get(20, TimeUnit.SECONDS);
        assertThat(stream.events.toString()).contains("the client speaks nonsense");
    }

    /** It has the order, and follows none: what it was told before might be done at any time. */
    @Test
    void oneThatDoesNotEndControlIsEnded() throws Exception {
        DesktopStream stream = new DesktopStream();
        Future<?> use =
                fixture.open(stream, Mode.CONTROL, List.of("/bin/sh", "-c", "test \"$0\" = release || exec sleep 60"));
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(use).isNotDone();
        fixture.permitted = DesktopFixture.VIEW;
        use.get(15, TimeUnit.SECONDS);
        assertThat(stream.events.toString()).contains("could not be held back in time");
    }

    /** Control is taken away while the client is waited for, and then the client has left: nobody goes on looking. */
    @Test
    void nothingIsLookedAtWhenTheClientHasLeftMeanwhile() throws Exception {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        Link.Writer helper = new Link.Writer(words);
        for (int i = 0; i < 100; i++) {
            helper.data(new byte[8 << 10], 0, 8 << 10);
        }
        Path file = folder.resolve("words");
        Files.write(file, words.toByteArray());
        DesktopStream stream = new DesktopStream();
        Future<?> use = fixture.open(
                stream,
                Mode.CONTROL,
                List.of("/bin/sh", "-c", "test \"$0\" = release || { cat " + file + "; exec sleep 60; }"));
        await("the client is waited for", stream::isFull);
        fixture.permitted = DesktopFixture.VIEW;
        TimeUnit.MILLISECONDS.sleep(7_500);
        assertThat(use).as("it cannot say what it has done").isNotDone();
        stream.leave();
        await("the use has ended, by the end of what was written or of the helper", use::isDone);
        TimeUnit.MILLISECONDS.sleep(1_500);
        ThreadPoolExecutor executor = (ThreadPoolExecutor) fixture.executor;
        long tasks = executor.getTaskCount();
        TimeUnit.MILLISECONDS.sleep(2_500);
        assertThat(executor.getTaskCount()).isEqualTo(tasks);
    }

    /** A crash of the Java machine, as the kernel would report it. */
    @Test
    void aCrashIsReportedToTheAgentAndLeavesNoFile() throws Exception {
        try (Running running = new Running()) {
            running.client.await("a picture", () -> running.client.updates > 0);
            assertThat(new ProcessBuilder("kill", "-SEGV", Long.toString(running.process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            assertThat(running.exit()).as(running.errors.text()).isEqualTo(1);
            assertThat(running.errors.text()).contains("SIGSEGV").hasSizeLessThanOrEqualTo(6_000);
        }
        nothingIsLeft();
    }

    @Test
    void whatIsReportedIsBounded() throws Exception {
        Process loud = new ProcessBuilder("/bin/sh", "-c", "yes '\u001b[31mred' | head -c 300000 >&2").start();
        try (OutputStream in = loud.getOutputStream()) {
            in.write("x".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // it reads nothing
        }
        assertThat(new CrashReport(loud).text()).hasSizeBetween(5_900, 6_000).startsWith("?[31mred\n");
        assertThat(loud.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
}
